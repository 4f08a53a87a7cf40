"""Why two reports about the same period differ: another state of the data, another definition, other figures asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from steward.ground.ui.figures import NOTHING
from steward.ground.ui.timewords import absolute_words

from .languages import here
from .snapshot import Content

Kind = Literal["definition", "data", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not the same. before, now: in words."""

    kind: Kind
    name: str
    before: str
    now: str
    why: str


def differences(before: Content, now: Content) -> list[Difference]:
    """What the newer report says otherwise, figure by figure, in the order of the newer one."""
    known = {figure["id"]: figure for figure in before["figures"]}
    found = []
    for figure in now["figures"]:
        old = known.pop(figure["id"], None)
        if old is None:
            why = _("The older report did not ask for this figure.")
            found.append(Difference("added", here(figure["name"]), "", here(figure["now"]["full"]), why))
        elif (said := _compared(old, figure, before, now)) is not None:
            found.append(said)
    gone = _("The newer report does not ask for this figure.")
    return found + [Difference("removed", here(old["name"]), here(old["now"]["full"]), "", gone) for old in known.values()]


def _compared(old: Content, new: Content, before: Content, now: Content) -> Difference | None:
    same_definition = old["stamp"] == new["stamp"] and old["definition"] == new["definition"]
    same = all(old["now"][part] == new["now"][part] for part in ("value", "n", "numerator", "denominator", "hidden"))
    if same and same_definition:
        return None
    texts = here(new["name"]), here(old["now"]["full"]), here(new["now"]["full"])
    if not same_definition:
        return Difference(
            "definition", *texts, _("The definition changed from %(old)s to %(new)s.") % {"old": old["stamp"], "new": new["stamp"]}
        )
    states = {"old": state_words(before), "new": state_words(now)}
    return Difference("data", *texts, _("The data changed: %(old)s then, %(new)s now.") % states)


def state_words(content: Content) -> str:
    """Which state of the data a report was counted from."""
    store = content["store"]
    zone = ZoneInfo(content["spec"]["zone"])
    loaded = absolute_words(datetime.fromisoformat(store["loaded_at"]), zone=zone) if store["loaded_at"] else NOTHING
    return _("generation %(generation)s of %(loaded)s") % {"generation": store["generation"], "loaded": loaded}
