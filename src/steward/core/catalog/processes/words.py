"""What findings, kinds and lanes are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from steward.ground.fields import localized
from steward.ground.ui.figures import number_words

from .checks import Finding
from .flow import Flow, Step

KINDS: Mapping[str, str | Promise] = {
    "start": pgettext_lazy("process", "Start"),
    "step": pgettext_lazy("process", "Step"),
    "decision": pgettext_lazy("process", "Decision"),
    "wait": pgettext_lazy("process", "Wait"),
    "handover": pgettext_lazy("process", "Hand-over"),
    "end": pgettext_lazy("process", "End"),
}
LANES: Mapping[str, str | Promise] = {
    "customer": gettext_lazy("The person served"),
    "front": gettext_lazy("In contact"),
    "back": gettext_lazy("Behind the scenes"),
    "support": gettext_lazy("Support and systems"),
}
FINDINGS: Mapping[str, str | Promise] = {
    "no_start": gettext_lazy("There is no start."),
    "no_end": gettext_lazy("There is no end."),
    "no_name": gettext_lazy("%(step)s: it needs a name."),
    "unreachable": gettext_lazy("%(step)s: nothing leads here."),
    "dead_end": gettext_lazy("%(step)s: from here nobody comes to an end."),
    "loop_without_exit": gettext_lazy("%(step)s: it is in a loop that nobody gets out of."),
    "no_owner": gettext_lazy("%(step)s: nobody answers for it."),
    "hidden": gettext_lazy("%(step)s: a hidden step. It is on the way, but those who wait do not know of it."),
    "no_minutes": gettext_lazy("%(step)s: it has no standard time."),
    "no_text": gettext_lazy("%(step)s: nothing says what the person served is told."),
    "document_twice": gettext_lazy("%(step)s: “%(document)s” is asked for a second time, after “%(first)s”."),
    "no_acceptance": gettext_lazy("%(step)s: nobody takes over; name the role that accepts the hand-over."),
    "leaves_end": gettext_lazy("%(step)s: an end leads nowhere."),
    "shares": gettext_lazy("%(step)s: the ways out add up to %(percent)s%%, not to 100%%."),
    "one_way_decision": gettext_lazy("%(step)s: a decision with fewer than two ways out."),
    "no_failure_path": gettext_lazy("%(step)s: something can go wrong here, but no way leads on from that."),
    "misses_target": gettext_lazy("Nine of ten need %(takes)s min or less; “%(name)s” allows %(allowed)s min."),
    "misses_middle": gettext_lazy("Half of all need %(takes)s min or more; “%(name)s” allows %(allowed)s min."),
    "long_sentence": gettext_lazy("%(step)s: a long sentence (%(length)s): “%(text)s”"),
    "jargon": gettext_lazy("%(step)s: “%(word)s” is a trade word. Say it plainly or explain it."),
}
WHOLE = gettext_lazy("No step has a second way out: the map does not say what happens when something goes wrong.")
WRONG: Mapping[str, str | Promise] = {
    "shape": gettext_lazy("This is not the content of a process."),
    "too_many": gettext_lazy("A process has at most 120 steps and 300 links. Split it."),
    "key": gettext_lazy("A step needs a short key of letters and digits: %(place)s"),
    "key_twice": gettext_lazy("Two steps have the same key: %(place)s"),
    "kind": gettext_lazy("This kind of step is not known: %(place)s"),
    "lane": gettext_lazy("This lane is not known: %(place)s"),
    "minutes": gettext_lazy("The times of a step are three numbers of minutes that do not fall: at least, mostly, at most. %(place)s"),
    "link": gettext_lazy("A link leads to a step that is not there: %(place)s"),
    "link_twice": gettext_lazy("Two links lead the same way: %(place)s"),
    "share": gettext_lazy("A share lies between 0 and 100 %%: %(place)s"),
    "too_long": gettext_lazy("A text has at most 500 characters, a list at most 20 entries: %(place)s"),
    "too_large": gettext_lazy("The file is too large."),
    "not_xml": gettext_lazy("The file cannot be read as XML."),
    "not_bpmn": gettext_lazy("The file is no BPMN 2.0 process."),
    "forbidden": gettext_lazy("The file declares entities or a document type, which are not read."),
    "not_json": gettext_lazy("The file cannot be read as JSON."),
}


def name_of(step: Step) -> str:
    return str(localized(step.name)) or str(KINDS[step.kind])


def finding_words(finding: Finding, flow: Flow) -> str:
    values = dict(finding.details)
    if finding.place:
        values["step"] = name_of(flow.step(finding.place))
    elif finding.code == "no_failure_path":
        return str(WHOLE)
    if "first" in values:
        values["first"] = name_of(flow.step(values["first"]))
    for name in ("takes", "allowed"):
        if name in values:
            values[name] = number_words(values[name])
    code = "misses_middle" if values.get("quantile") == 50 else finding.code
    return str(FINDINGS[code]) % values


def wrong_words(code: str, place: str = "") -> str:
    return str(WRONG[code]) % {"place": place}


def minutes_words(minutes: float) -> str:
    return _("%(minutes)s min") % {"minutes": number_words(minutes, digits=0 if minutes >= 10 else 1)}
