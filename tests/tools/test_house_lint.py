"""Every house rule fires on a small bad sample and leaves the good one beside it alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.house_lint import ROOT, House, check_source, check_tree

HOUSE = House.read(ROOT / ".importlinter")


def rules(source: str, module: str = "steward.core.customers.operations") -> list[str]:
    shown = "src/" + module.replace(".", "/") + ".py"
    return [fault.rule for fault in check_source(source, module, shown, HOUSE)]


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("Case = apps.get_model('cases', 'Case')", "steward.core.customers.queries"),
        ("Case = apps.get_model('cases.Case')", "steward.ground.files.queries"),
        ("Plan = apps.get_model('quality', 'Plan')", "steward.care.complaints.queries"),
        ("Item = apps.get_model('catalog', 'Service')", "steward.core.customers.queries"),
    ],
)
def test_h1_get_model_up_or_sideways(source: str, module: str) -> None:
    assert rules(source, module) == ["H1"]


def test_h1_leaves_the_own_app_and_lower_rooms_alone() -> None:
    assert rules("apps.get_model('access', 'Unit')", "steward.ground.access.scope") == []
    assert rules("apps.get_model('access', 'Unit')", "steward.core.cases.queries") == []
    assert rules("apps.get_model('auth', 'Permission')", "steward.core.cases.queries") == []


@pytest.mark.parametrize("kind", ["ForeignKey", "OneToOneField", "ManyToManyField"])
def test_h2_string_foreign_key_that_points_up(kind: str) -> None:
    assert rules(f"case = models.{kind}('cases.Case', on_delete=models.CASCADE)", "steward.ground.files.models") == ["H2"]
    assert rules(f"case = models.{kind}(to='cases.Case')", "steward.core.customers.models") == ["H2"]


@pytest.mark.parametrize("target", ["'self'", "settings.AUTH_USER_MODEL", "'Customer'", "'access.User'", "User"])
def test_h2_leaves_self_and_lower_rooms_alone(target: str) -> None:
    assert rules(f"x = models.ForeignKey({target}, on_delete=models.CASCADE)", "steward.core.customers.models") == []


def test_h3_import_of_another_app_inside_a_function() -> None:
    assert rules("def f():\n    from steward.core.cases.models import Case\n") == ["H3"]
    assert rules("def f():\n    from ..cases import models\n") == ["H3"]
    assert rules("def f():\n    import steward.ground.access.models\n") == ["H3"]


def test_h3_leaves_the_own_app_and_foreign_libraries_alone() -> None:
    assert rules("def f():\n    from . import events\n    from .models import Customer\n    import numpy\n") == []
    assert rules("from steward.ground.access.models import Unit") == []


def test_h3_lets_ready_register_below_but_not_above() -> None:
    up = "class A:\n    def ready(self):\n        from steward.care.complaints import guards\n"
    assert (
        rules("class A:\n    def ready(self):\n        from steward.ground.access import capabilities\n", "steward.core.cases.apps") == []
    )
    assert rules(up, "steward.core.cases.apps") == ["H3"]


@pytest.mark.parametrize(
    "call",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "timezone.now()",
        "time.time()",
        "date.today()",
        "random.choice(rows)",
        "np.random.default_rng()",
        "np.random.normal(0, 1)",
        "clock.now()",
    ],
)
def test_h4_clock_and_random_below_the_view(call: str) -> None:
    assert rules(f"x = {call}") == ["H4"]


@pytest.mark.parametrize("room", ["views", "api", "jobs", "worker_loop", "cli", "middleware"])
def test_h4_edges_may_ask_the_time(room: str) -> None:
    assert rules("x = datetime.now(UTC)", f"steward.core.customers.{room}") == []


def test_h4_leaves_given_sources_alone() -> None:
    assert rules("x = rng.choice(rows)\ny = random.Random(seed)\nz = np.random.default_rng(7)\nat.now()") == []


@pytest.mark.parametrize("call", ["case.save()", "self.save()", "case.save(using='other')"])
def test_h5_saving_whole_rows(call: str) -> None:
    assert rules(call) == ["H5"]


def test_h5_leaves_partial_and_new_rows_alone() -> None:
    good = [
        "case.save(update_fields=['state'])",
        "case.save(force_insert=True)",
        "super().save(**kwargs)",
        "form.save()",
        "image.save(out, 'PNG')",
    ]
    assert rules("\n".join(good)) == []


def test_h6_assert_false() -> None:
    assert rules("assert False, 'never'") == ["H6"]
    assert rules("assert key is not None") == []


def test_h7_print() -> None:
    assert rules("print('x')") == ["H7"]
    assert rules("click.echo('x')") == []


def test_an_excuse_needs_its_reason_and_covers_one_rule() -> None:
    assert rules("x = time.time()  # house: H4 because the lease is real time") == []
    assert rules("x = time.time()  # house: H4") == ["H4"]
    assert rules("x = time.time()  # house: H5 because of something") == ["H4"]


def test_faults_name_file_line_and_what_to_do(tmp_path: Path) -> None:
    room = tmp_path / "steward" / "core" / "cases"
    room.mkdir(parents=True)
    (room / "models.py").write_text("x = 1\nassert False\n", encoding="utf-8")
    [fault] = check_tree(tmp_path / "steward", HOUSE)
    assert str(fault).startswith(f"{(room / 'models.py').as_posix()}:2: H6 ")
    assert "Raise a named error" in str(fault)


def test_the_house_is_read_from_the_import_contracts() -> None:
    assert HOUSE.may_see("steward.core.cases", "steward.core.org")
    assert not HOUSE.may_see("steward.core.org", "steward.core.cases")
    assert not HOUSE.may_see("steward.care.complaints", "steward.care.feedback")
    assert not HOUSE.may_see("steward.ground.search", "steward.ground.delivery")
    assert HOUSE.may_see("steward.console", "steward.care.complaints")
