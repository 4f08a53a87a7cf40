"""The build hook finds every icon, skips when nothing changed, and says what to do when it cannot go on."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_icons_are_found_in_templates_and_python(hook: ModuleType) -> None:
    calls = [
        'register(NavEntry("a", _("A"), "a:b", "inbox", 10))',
        'command(PaletteCommand("x", "X", "y", icon="plus"))',
        'Status("ok", "x", "flame")',
        'other("star")',
    ]
    assert hook.icons_of_python("\n".join(calls)) == {"inbox", "plus", "flame"}
    assert hook.ICON_IN_TEMPLATE.findall("""{% icon "eye" %} <c-button icon="send"> {% icon 'x' %} <c-x icon="{{ y }}">""") == [
        "eye",
        "send",
        "x",
    ]
    assert {"search", "gavel", "user-circle"} <= hook.used_icons()


def test_the_lock_file_names_no_addresses() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_nothing_runs_while_the_stamp_fits(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = tmp_path / "stamp.txt"
    monkeypatch.setattr(hook, "STAMP", stamp)
    monkeypatch.setattr(hook, "compile_catalogues", lambda source: 0)
    monkeypatch.setattr(hook, "find_node", lambda: pytest.fail("the stamp fits"))
    stamp.write_text(hook.fingerprint(sorted(hook.used_icons())))
    assert hook.build() is False


def test_a_failed_download_says_what_to_do(hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(hook, "FRONTEND", tmp_path)
    with pytest.raises(hook.BuildError, match="could not fetch the frontend packages"):
        hook.install_packages(["/bin/false"], ["/bin/false"])


def test_only_stale_catalogues_are_compiled(hook: ModuleType, tmp_path: Path) -> None:
    po = tmp_path / "app" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Save"\nmsgstr "保存"\n', encoding="utf-8")
    assert hook.compile_catalogues(tmp_path) == 1
    assert hook.compile_catalogues(tmp_path) == 0
    assert "保存" in po.with_suffix(".mo").read_bytes().decode(errors="replace")


def test_charts_refuse_what_cannot_be_drawn() -> None:
    from steward.ground.ui.charts import Chart, Series

    wrong: Any = "pie"
    with pytest.raises(ValueError, match="pie"):
        Chart("k", wrong, "T", ["a"], [Series("s", [1])])
    with pytest.raises(ValueError, match="2 values for 1 labels"):
        Chart("k", "bar", "T", ["a"], [Series("s", [1, 2])])
    chart = Chart("k", "line", "T", ["a", "b"], [Series("s", [1.25, None], [1, 0], [2, 3], [5, 6])], unit="min")
    assert chart.rows[0] == ["a", "1.3", "1.0–2.0", "5"]
    assert chart.rows[1][1] == "—"
    assert len(chart.header) == len(chart.rows[0])
