"""What the pages cost with many cases: list, next pages, filters, detail, search, brief, board; the 95th percentile in ms and the queries of each.

    python bench/pages.py [--cases 100000]         on SQLite in a folder of its own, or on STEWARD_DATABASE (an empty database)

Rows are made inside the database, because a million through the operations would take hours; what the pages read is the same. The peer in
the same run is one primary-key look-up, so that machines compare.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

BUDGET_MS, BUDGET_QUERIES = 100, 12
TITLES = [
    "取款排队时间太长", "信用卡账单有误", "转账没有到账", "柜员态度不好", "短信验证码收不到", "开户需要什么材料", "自助机吞卡", "贷款利率咨询",
    "理财产品到期", "密码忘了", "网银登录不上", "存折补登", "外币兑换", "养老金没有发", "公积金提取", "账户被冻结", "挂失后补卡", "大额取现预约",
]  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=30)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(STEWARD_HOME=folder, STEWARD_KEYS=f"{folder}/keys", DJANGO_SETTINGS_MODULE="steward.config.settings")
        os.environ["STEWARD_NOW"] = "2026-03-02T09:00:00+08:00"
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(measure(chosen.cases, chosen.rounds), indent=1, ensure_ascii=False))


def measure(count: int, rounds: int) -> dict[str, Any]:
    from django.db import connection
    from django.test import Client
    from tests.cast import build_world

    from steward.core.cases.models import Case

    world = build_world()
    started = time.perf_counter()
    fill(world, count)
    filled = time.perf_counter() - started
    results: dict[str, Any] = {}
    for name in ("manager", "supervisor"):
        client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
        client.force_login(getattr(world.cast, name))
        for page, address in addresses(client).items():
            results[f"{name}: {page}"] = timed(lambda client=client, address=address: client.get(address), rounds)
    pk = Case.objects.order_by("pk").values_list("pk", flat=True)[count // 2]
    peer = [_milliseconds(lambda: Case.objects.get(pk=pk)) for _ in range(200)]
    slow = [page for page, result in results.items() if result["p95_ms"] > BUDGET_MS or result["queries"] > BUDGET_QUERIES]
    return {
        "database": connection.vendor,
        "cases": Case.objects.count(),
        "filled_seconds": round(filled, 1),
        "budget": {"p95_ms": BUDGET_MS, "queries": BUDGET_QUERIES},
        "peer_one_row_by_key_ms": round(statistics.median(peer), 3),
        "pages": results,
        "over_budget": slow,
    }


def addresses(client: Any) -> dict[str, str]:
    import re

    deep = "/cases/?state=any&sort=newest"
    for _ in range(5):
        html = client.get(deep).content.decode()
        after = re.search(r'href="([^"]*after=[^"]+)"', html)
        if not after:
            break
        deep = "/cases/" + after[1].replace("&amp;", "&")
    case = re.search(r'data-open href="(/cases/[0-9a-f-]+/)"', client.get("/cases/").content.decode())
    assert case
    return {
        "list": "/cases/",
        "list, all by newest": "/cases/?state=any&sort=newest",
        "list, sixth page": deep,
        "list, closed complaints": "/cases/?state=closed&kind=complaint&sort=newest",
        "list, overdue": "/cases/?due=over",
        "list, nobody's": "/cases/?assignee=nobody",
        "list, words": "/cases/?q=冻结&state=any&sort=newest",
        "list, number": "/cases/?q=2025-000123&state=any",
        "detail": case[1],
        "detail, what stands beside": case[1] + "beside/",
        "detail, dialogs": case[1] + "dialogs/",
        "detail, history": case[1] + "history/",
        "search, common word": "/search/?q=账户",
        "search, rare word": "/search/?q=琥珀",
        "today": "/",
        "today, people": "/today/people/",
        "due next": "/cases/due/",
        "to do": "/todo/",
        "board": "/board/",
    }


def timed(ask: Callable[[], Any], rounds: int) -> dict[str, Any]:
    from django.core.signals import request_started
    from django.db import connection, reset_queries

    request_started.disconnect(reset_queries)
    connection.force_debug_cursor = True
    queries = []
    for _ in range(2):  # the first after a change of settings reads what is then kept by its revision
        connection.queries_log.clear()
        response = ask()
        queries.append(len(connection.queries_log))
    connection.force_debug_cursor = False
    assert response.status_code == 200, response.status_code
    times = sorted(_milliseconds(ask) for _ in range(rounds))
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(0.95 * (rounds - 1))], 1),
        "queries": queries[1],
        "queries_first": queries[0],
    }


def _milliseconds(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def fill(world: Any, count: int) -> None:
    """Cases of three years, a hundredth of them unfinished, two clocks and a message each, and their words in the index."""
    from django.core.management.color import no_style
    from django.db import connection

    from steward.core.cases.models import Case, Message, Promise, StateSpan

    with connection.cursor() as cursor:
        for statement in statements(world, count, connection.vendor, take_on(world)):
            cursor.execute(statement)
        for statement in connection.ops.sequence_reset_sql(no_style(), [Case, Message, Promise, StateSpan]):
            cursor.execute(statement)
        cursor.execute("INSERT INTO cases_casecounter (organisation_id, year, latest) VALUES (%s, 2026, %s)", [world.bank.pk, count])
        cursor.execute("ANALYZE")


def take_on(world: Any) -> list[int]:
    """Two hundred colleagues of other branches, so that nobody has thousands of cases at once."""
    from tests.cast import AT

    from steward.core.org.models import Staff
    from steward.ground.access.models import Grant, Role, User

    users = User.objects.bulk_create([User(username=f"clerk{at}", name=f"柜员{at}", organisation=world.bank) for at in range(200)])
    role = Role.objects.get(organisation=world.bank, code="front_line")
    Grant.objects.bulk_create([Grant(user=user, role=role, unit=world.other_branch, starts_at=AT) for user in users])
    rows = [Staff(user=user, unit=world.other_branch, started_date=AT.date()) for user in users]
    return [row.pk for row in Staff.objects.bulk_create(rows)]


def statements(world: Any, count: int, vendor: str, clerks: list[int]) -> list[str]:
    """INSERT … SELECT over the numbers 1 … count, in the dialect of the database. Newest first: case 1 came a minute ago."""
    from tests.cast import AT

    from steward.ground.search.tokens import tokens

    lite = vendor == "sqlite"
    step = max(1, int(timedelta(days=1095).total_seconds() / count))
    base = AT.strftime("%Y-%m-%d %H:%M:%S")

    def uuid(number: str) -> str:
        return f"printf('%032x', {number})" if lite else f"lpad(to_hex(({number})::bigint), 32, '0')::uuid"

    def when(seconds: str) -> str:
        return (
            f"datetime('{base}', (-({seconds})) || ' seconds')" if lite else f"timestamptz '{base}+00' - ({seconds}) * interval '1 second'"
        )

    def pick(values: list[str], number: str) -> str:
        cases = " ".join(f"WHEN {at} THEN '{value}'" for at, value in enumerate(values))
        return f"CASE ({number}) % {len(values)} {cases} END"

    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
    unfinished = "(i < 200 OR i % 100 = 0)"
    units = [world.counter_team.pk, world.lobby_team.pk, world.other_branch.pk]
    unit = f"CASE i % 3 WHEN 0 THEN {units[0]} WHEN 1 THEN {units[1]} ELSE {units[2]} END"
    people = max(2, count // 20)
    customer = f"(1000 + i % {people})"
    staff = f"(CASE WHEN i % 7 = 0 THEN {world.staff('front_line').pk} ELSE {min(clerks)} + i % {len(clerks)} END)"
    no, null = ("0", "NULL") if lite else ("false", "NULL")
    words = [" ".join(tokens(title)) for title in TITLES]
    title = f"CASE WHEN i % 50000 = 7 THEN '琥珀项链丢失' ELSE {pick(TITLES, 'i')} END"
    found = f"CASE WHEN i % 50000 = 7 THEN '{' '.join(tokens('琥珀项链丢失'))}' ELSE {pick(words, 'i')} END"
    scope = f"'#kcase #o{world.bank.pk} #u{world.bank.pk} #u' || ({unit}) || ' #s' || ({unit})"
    milliseconds = int(AT.timestamp() * 1000)
    due = when(f"i * {step} - 14400 * (i % 9) + 7200")
    number = f"(2026 - i * {step} / 31536000) || '-' || " + ("printf('%06d', i)" if lite else "lpad(i::text, 6, '0')")
    return [
        f"""WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {people}) INSERT INTO customers_customer (id, public_id,
        organisation_id, unit_id, kind, number, name, language, needs, created_at, erased_at) SELECT 1000 + i, {uuid("i + 1000000000")},
        {world.bank.pk}, {units[0]}, 'person', '', '客户' || i, '', '', {when("0")}, {null} FROM n""",
        f"""{numbers} INSERT INTO cases_case (id, public_id, organisation_id, number, unit_id, kind, channel, service_id, category_id, priority,
        title, customer_id, state, hold_reason, resolution, assignee_id, merged_into_id, confidential, opened_at, closed_at, changed_at,
        next_due_at, version) SELECT i, {uuid("i")}, {world.bank.pk}, {number}, {unit}, {pick(["complaint", "request", "enquiry"], "i / 3")},
        {pick(["counter", "phone", "web"], "i")}, {world.service.pk}, {null}, {pick(["normal", "high"], "i / 7")}, {title}, {customer},
        CASE WHEN {unfinished} THEN 'open' ELSE 'closed' END, '', CASE WHEN {unfinished} THEN '' ELSE 'answered' END,
        CASE WHEN i < 200 AND i % 5 = 0 THEN NULL ELSE {staff} END, {null}, {no}, {when(f"i * {step}")},
        CASE WHEN {unfinished} THEN NULL ELSE {when(f"i * {step} - 3600")} END, {when(f"i * {step} - 3600")},
        CASE WHEN {unfinished} THEN {due} ELSE NULL END, 1 FROM n""",
        f"""{numbers} INSERT INTO cases_message (id, public_id, case_id, direction, channel, author_id, customer_id, body, automatic, at, blanked_at)
        SELECT i, {uuid("i")}, i, 'in', 'counter', {null}, {customer}, {title}, {no}, {when(f"i * {step}")}, {null} FROM n""",
        f"""{numbers} INSERT INTO cases_promise (id, public_id, case_id, basis, kind, clock, words, made_by_id, started_at, fixed_due_at, due_at,
        extended_due_at, remaining_seconds, met_at, missed_at, cancelled_at) SELECT i, {uuid("i")}, i, 'policy', 'first_response', 'operational', '',
        {null}, {when(f"i * {step}")}, {null}, {due}, {null}, {null}, CASE WHEN {unfinished} THEN NULL ELSE {when(f"i * {step} - 3600")} END,
        {null}, {null} FROM n""",
        f"""{numbers} INSERT INTO cases_statespan (id, case_id, state, reason, started_at, ended_at, set_by_id)
        SELECT i, i, CASE WHEN {unfinished} THEN 'open' ELSE 'closed' END, '', {when(f"i * {step}")}, {null}, {null} FROM n""",
        f"""{numbers} INSERT INTO search_document (id, kind, object_type, object_id, unit_id, confidential, occurred_at, title_size, tokens, scope)
        SELECT ({milliseconds} - CAST(i AS bigint) * {step} * 1000) * 1048576 + i % 1048576, 'case', 'cases.case', i, {unit}, {no},
        {when(f"i * {step}")}, 0, {found}, {scope} FROM n""",
    ]


if __name__ == "__main__":
    main()
