"""Rows of the authorisation matrix: automation."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, World

from steward.contact.automation import operations as automation
from steward.contact.automation.models import AutomationRule, AutomationVersion, DryRun, Macro, MacroUse, Webhook, WebhookDelivery
from steward.contact.automation.sending import seal_secret
from steward.core.cases.models import Case
from steward.ground.fields import localized


def build_automation_rows(world: World, case: Case) -> None:
    """A rule of the branch that was tried, a macro that the supervisor used on the case, a webhook with a delivery that failed."""
    lead = world.actor("supervisor")
    version = automation.save_rule(
        unit=world.branch, name=localized("先办"), triggers=["opened"], conditions={}, actions={"priority": "high"}, by=lead, at=AT
    )
    automation.try_version(version=version, by=lead, at=AT)
    macro = automation.save_macro(unit=world.branch, name=localized("先办"), actions={"priority": "low"}, by=lead, at=AT)
    automation.use_macro(macro=macro, chosen=[Case.objects.select_related("unit").get(pk=case.pk)], by=lead, at=AT)
    hook = Webhook(unit=world.bank, name="推送", url="https://203.0.113.7/x", created_at=AT, changed_at=AT)
    hook.secret = seal_secret(hook, "s")
    hook.save(force_insert=True)
    WebhookDelivery.objects.create(webhook=hook, case=case, entry_seq=1, code="cases.case_opened", state="failed", created_at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _of(model: Any) -> Any:
    return lambda scene: {"public_id": model.objects.earliest("pk").public_id}


def _written(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "name_zh": "新的", "triggers": "opened", "priority": "high"}


HOOK = {"name": "新的", "url": "https://8.8.8.8/hook", "codes": "cases.case_opened", "active": "on"}
RULE, VERSION, MACRO, HOOKED = _of(AutomationRule), _of(AutomationVersion), _of(Macro), _of(Webhook)

AUTOMATION_ROWS: list[tuple[Any, ...]] = [
    ("automation:rules", "SBMO", "GET", nothing),
    ("automation:rule_new", "SBMO", "GET", nothing),
    ("automation:rule_new", "SM", "POST", nothing, _written),
    ("automation:rule", "SM", "GET", RULE),
    ("automation:rule_edit", "SM", "GET", RULE),
    ("automation:rule_edit", "SM", "POST", RULE, _written),
    ("automation:rule_close", "SM", "POST", RULE),
    ("automation:runs", "SM", "GET", RULE),
    ("automation:version_try", "SM", "POST", VERSION),
    ("automation:version_on", "SM", "POST", VERSION),
    ("automation:version_off", "SM", "POST", VERSION),  # it is not on, which only they are told
    ("automation:trial", "SM", "GET", _of(DryRun)),
    ("automation:macros", "SBMO", "GET", nothing),
    ("automation:macro_new", "SBMO", "GET", nothing),
    ("automation:macro_new", "SM", "POST", nothing, _written),
    ("automation:macro", "SM", "GET", MACRO),
    ("automation:macro", "SM", "POST", MACRO, _written),
    ("automation:macro_close", "SM", "POST", MACRO),
    ("automation:macro_bar", "FTSBMO", "GET", nothing),
    ("automation:macro_use", "FSM", "POST", nothing, lambda scene: {"macro": Macro.objects.get().public_id, "case": scene.case.public_id}),
    ("automation:macro_undo", "S", "POST", _of(MacroUse)),
    ("automation:webhooks", "A", "GET", nothing),
    ("automation:webhook_new", "A", "GET", nothing),
    ("automation:webhook_new", "A", "POST", nothing, HOOK),
    ("automation:webhook", "A", "GET", HOOKED),
    ("automation:webhook_edit", "A", "GET", HOOKED),
    ("automation:webhook_edit", "A", "POST", HOOKED, HOOK),
    ("automation:webhook_close", "A", "POST", HOOKED),
    ("automation:delivery_again", "A", "POST", _of(WebhookDelivery)),
]
