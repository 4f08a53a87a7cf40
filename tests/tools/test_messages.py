"""Strings are found in Python, templates, partials and cotton attributes; bad translations are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tools import messages


def found(tmp_path: Path, name: str, text: str) -> dict[tuple[str, str], messages.Use]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return {use.key: use for use in messages.uses_of(path)}


def test_python_calls(tmp_path: Path) -> None:
    source = (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        "a = _('Take')\nb = ngettext('%(n)s row', '%(n)s rows', n)\n# Translators: as in today\nc = pgettext('day', 'today')\nd = _(name)\n"
    )
    uses = found(tmp_path, "views.py", source)
    assert set(uses) == {("", "Take"), ("", "%(n)s row"), ("day", "today")}
    assert uses["", "%(n)s row"].id == ("%(n)s row", "%(n)s rows")
    assert uses["day", "today"].comments == ["Translators: as in today"]


def test_templates_partials_and_cotton(tmp_path: Path) -> None:
    source = """
      {% partialdef rows %}
          <c-button label="{% translate "Take over" %}" :title="_('Hand on')">
            {% blocktranslate with n=count trimmed %}
                {{ n }} cases
                wait
            {% endblocktranslate %}
          </c-button>
        {{ _("Close")|upper }}
      {% endpartialdef %}
    {% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}
    {% translate "May" context "month" %} it's "quoted" (open
    """
    uses = found(tmp_path, "list.html", source)
    assert set(uses) == {
        ("", "Take over"),
        ("", "Hand on"),
        ("", "%(n)s cases wait"),
        ("", "Close"),
        ("", "%(n)s row"),
        ("month", "May"),
    }


@pytest.mark.parametrize(
    ("identifier", "string", "fault"),
    [
        ("%(name)s took it", "有人受理", "placeholders"),
        ("Saved, go on", "已保存,继续", "full-width"),
        ("Rows (all)", "行(全部)", "full-width"),
        ("Done", "完成！", "exclamation"),
        ("Done", "完成!", "exclamation"),
        ("Done", "", "no translation"),
    ],
)
def test_bad_translations_are_named(identifier: str, string: str, fault: str) -> None:
    [message] = list(messages.faults_of(Message(identifier, string)))
    assert fault in message


@pytest.mark.parametrize(
    ("identifier", "string"),
    [
        ("%(span)s left (%(moment)s)", "还剩 %(span)s（%(moment)s）"),
        ("Time %(time)s", "时间：%(time)s"),
        ("%(n)s row", "%(n)s 行"),
        ("Size: 3.5 MB", "大小：3.5 MB"),
    ],
)
def test_good_translations_pass(identifier: str, string: str) -> None:
    assert list(messages.faults_of(Message(identifier, string))) == []


def test_fuzzy_is_a_fault() -> None:
    assert any("fuzzy" in fault for fault in messages.faults_of(Message("Take", "受理", flags={"fuzzy"})))


def test_hard_wired_chinese() -> None:
    assert messages.hard_wired("x = '受理'\n", "src/steward/core/cases/views.py")
    assert messages.hard_wired("<p>受理</p>", "src/steward/core/cases/templates/cases/list.html")


@pytest.mark.parametrize(
    "source",
    [
        '"""受理 in a docstring."""\n',
        "x = localized('受理', en='Take')\n",
        "x = {'zh-hans': '受理', 'en': 'Take'}\n",
        "command(key, words='xinjian 新建')\n",
        "x = '一'  # house: Chinese because it is a numeral that people type\n",
    ],
)
def test_chinese_that_is_data(source: str) -> None:
    assert messages.hard_wired(source, "src/steward/core/cases/views.py") == []
    assert messages.hard_wired("{# 受理 #}{% comment %}\n受理{% endcomment %}", "src/steward/core/cases/templates/a.html") == []
    assert messages.hard_wired("x = '受理'", "src/steward/core/cases/demo.py") == []


def test_extract_keeps_translations_and_drops_what_is_unused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    src = tmp_path / "src" / "steward"
    for label, text in {"one": "_('Take')\n_('Shared')\n", "two": "_('Shared')\n_('New')\n"}.items():
        app = src / label
        app.mkdir(parents=True)
        (app / "apps.py").write_text("", encoding="utf-8")
        (app / "views.py").write_text(text, encoding="utf-8")
    po = src / "one" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "Shared"\nmsgstr "共用"\n\nmsgid "Gone"\nmsgstr "不用"\n', encoding="utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SRC", src)
    messages.extract(set())
    one, two = (messages.read(app.catalogue) for app in messages.apps())
    assert {messages.key_of(m)[1]: m.string for m in one if m.id} == {"Shared": "共用", "Take": ""}
    assert {messages.key_of(m)[1] for m in two if m.id} == {"New"}
    assert messages.main(["check"]) == 1
    two_po = messages.apps()[1].catalogue
    before = two_po.read_text(encoding="utf-8")
    two_po.write_text(before + '\nmsgid "Shared"\nmsgstr "另译"\n', encoding="utf-8")
    assert any("agree, or give one a context" in fault for fault in messages.check({"two"}))
    two_po.write_text(before, encoding="utf-8")
    for app in messages.apps():
        app.catalogue.write_text(app.catalogue.read_text(encoding="utf-8").replace('msgstr ""\n\n', 'msgstr "好"\n\n'), encoding="utf-8")
    assert messages.main(["nonsense"]) == 2
    assert messages.compile_all() == 2
    assert po.with_suffix(".mo").stat().st_size > 0
