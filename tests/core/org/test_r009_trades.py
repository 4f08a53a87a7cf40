"""R-009: one code base speaks bank, hotel and clinic; switching the industry of a unit changes the words and nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.customers.models import Customer
from steward.ground.journal import sealing
from steward.ground.rules import files, operations, screens
from steward.ground.ui import terms

pytestmark = pytest.mark.django_db
BANK_WORDS, CLINIC_WORDS = re.compile(r"客户|[Cc]ustomers?(?![\w/-])"), re.compile(r"患者|[Pp]atients?\b")


@pytest.fixture(autouse=True)
def own_words() -> None:
    terms.set_term_source(screens.words_of)


def shown(page: bytes) -> str:
    """What a reader sees: the text between tags and the labels, without code and addresses."""
    text = re.sub(r"<(script|style|noscript)\b.*?</\1>", " ", page.decode(), flags=re.DOTALL)
    labels = " ".join(re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', text))
    return f"{re.sub(r'<[^>]+>', ' ', text)} {labels}"


def pages(world: World, case: Case) -> list[str]:
    return [
        reverse("customers:list"), reverse("customers:register"), reverse("customers:find"), reverse("cases:list"), reverse("cases:todo"),
        reverse("customers:detail", args=[world.customer.public_id]), reverse("cases:detail", args=[case.public_id]), reverse("cases:open"),
        reverse("org:settings"), reverse("org:unit", args=[world.bank.public_id]),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_r009_switching_the_industry_changes_every_word(
    signed_in: Any, world: World, django_capture_on_commit_callbacks: Any, language: str
) -> None:
    files.load_builtin_rules(AT)
    case = cases.open_case(
        unit=world.counter_team,
        kind="complaint",
        channel="counter",
        title="排队太久",
        customer=world.customer,
        by=world.actor("supervisor"),
        at=AT,
    )
    before = (list(Case.objects.values()), list(Customer.objects.values()), list(case.promises.values()))
    client = signed_in("manager")
    client.cookies["django_language"] = language
    said = " ".join(shown(client.get(address).content) for address in pages(world, case))
    assert BANK_WORDS.search(said)
    assert not CLINIC_WORDS.search(said)
    data = {"name_zh": "滨海门诊", "name_en": "Coast Clinic", "industry": "clinic", "zone": "Asia/Shanghai"}
    assert client.post(reverse("org:unit", args=[world.bank.public_id]), data).status_code == 302
    answers = [client.get(address) for address in pages(world, case)]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    said = " ".join(shown(answer.content) for answer in answers)
    assert CLINIC_WORDS.search(said)
    assert not BANK_WORDS.search(said), BANK_WORDS.findall(said)
    # Existing records stay valid: nothing was rewritten, and work goes on with them.
    assert before == (list(Case.objects.values()), list(Customer.objects.values()), list(case.promises.values()))
    client.post(reverse("cases:claim", args=[case.public_id]))
    case.refresh_from_db()
    assert case.assignee is not None
    with django_capture_on_commit_callbacks(execute=True):
        sealing.seal_entries(at=AT)
    assert sealing.verify().fault is None


def test_r009_a_branch_speaks_its_own_pack(signed_in: Any, world: World) -> None:
    body = {"base": "bank", "name": {"zh-hans": "私人银行"}, "terms": {"customer": {"zh-hans": "贵宾", "one": "client", "many": "clients"}}}
    operations.publish_rule(
        kind="industry_pack", key="private_bank", unit=world.bank, body=body, source="行内用语规范", valid_from=date(2026, 1, 1),
        by=world.actor("manager"), at=AT,
    )  # fmt: skip
    client, address = signed_in("manager"), reverse("org:unit", args=[world.branch.public_id])
    assert "私人银行" in client.get(address).content.decode()
    assert client.post(address, {"name_zh": "滨江支行", "industry": "private_bank", "zone": ""}).status_code == 302
    assert "贵宾" in client.get(address).content.decode()
    assert "贵宾" in client.get(reverse("org:unit", args=[world.counter_team.public_id])).content.decode()
    assert "贵宾" not in client.get(reverse("org:unit", args=[world.other_branch.public_id])).content.decode()
    # An edited pack speaks at once.
    body["terms"]["customer"]["zh-hans"] = "尊客"
    operations.publish_rule(
        kind="industry_pack", key="private_bank", unit=world.bank, body=body, source="行内用语规范", valid_from=date(2026, 3, 1),
        by=world.actor("manager"), at=AT,
    )  # fmt: skip
    assert "尊客" in client.get(address).content.decode()
