"""Rows of the authorisation matrix: the set-up. The manager of the hotel sees and changes the hotel's, never the bank's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Of = Callable[[Any], dict[str, Any]]
STEER = "MAO"


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def given(**data: Any) -> Of:
    return lambda scene: data


LIST = "姓名,登录名,机构,角色\n何新,he.xin,,一线员工"
# address, who, method, its parts, form data
SETUP_ROWS: list[tuple[str, str, str, Of, Of]] = [
    ("console:setup", STEER, "GET", nothing, nothing),
    # An organisation exists, so the first step is over, for everybody.
    ("console:setup_organisation", "", "GET", nothing, nothing),
    (
        "console:setup_organisation",
        "",
        "POST",
        nothing,
        given(name_zh="另一家", person="某人", username="someone", password="a-long-password"),
    ),
    ("console:setup_units", STEER, "GET", nothing, nothing),
    ("console:setup_units", STEER, "POST", nothing, given(text="东区支行\n  柜面组", action="save")),
    ("console:setup_worktime", STEER, "GET", nothing, nothing),
    ("console:setup_worktime", STEER, "POST", nothing, given(day_0="9-12", country="")),
    ("console:setup_services", STEER, "GET", nothing, nothing),
    ("console:setup_services", STEER, "POST", nothing, given(more_services="保管箱", more_categories="")),
    ("console:setup_people", STEER, "GET", nothing, nothing),
    ("console:people_file", STEER, "GET", nothing, nothing),
    ("console:people_file", STEER, "POST", nothing, given(text=LIST, action="save")),
    ("console:people_file_export", STEER, "GET", nothing, nothing),
    ("console:setup_people", STEER, "POST", nothing, given(text=LIST, action="save")),
    ("console:setup_sample", STEER, "GET", nothing, nothing),
    ("console:setup_done", STEER, "GET", nothing, nothing),
]
