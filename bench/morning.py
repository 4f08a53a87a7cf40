"""A morning at the demo's hotel and contact centre: five people in five browsers at once, against a running `bin/demo`.

    bin/demo --port 8000 &
    python bench/morning.py http://127.0.0.1:8000 [--rounds 6]

Three at the hotel and two at the contact centre. In each round two and two press "Take it" on one case at the same instant; who has it writes half
an answer, leaves the page, comes back, and sends it, while the hotel's supervisor watches the board of people. Prints one JSON object and ends with
1 when a case was given to two people, a draft was lost, an answer is there twice or not at all, or the board took longer than a second (the median).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

PASSWORD = "steward-demo-2026"
WORKERS = ("hotel.front", "hotel.front2", "centre.front", "centre.front2")
WATCHER = "hotel.super"
HOTEL_WORDS = ("房间空调不制冷", "要加一床被子", "发票抬头开错了", "行李还没送到", "想延迟退房")
BUDGET_SECONDS = 1.0
WATCH = """() => { window.__changes = []; const board = () => document.getElementById('board');
  let last = board().innerText;
  new MutationObserver(() => { const now = board()?.innerText ?? ''; if (now && now !== last) { last = now; window.__changes.push(Date.now()); } })
    .observe(document.querySelector('main'), {childList: true, subtree: true, characterData: true}); }"""


@dataclass
class Morning:
    taken: list[str] = field(default_factory=list)
    drafts: list[bool] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    moments: list[tuple[str, float]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


async def signed_in(browser: Browser, address: str, name: str) -> Page:
    context = await browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    page = await context.new_page()
    await page.goto("/")
    await page.fill("input[name=login]", name)
    await page.fill("input[name=password]", PASSWORD)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_load_state("networkidle")
    return page


async def sent_in(page: Page, team: str, title: str) -> str:
    """A case of a team that nobody has yet; its address."""
    await page.goto("/cases/new/")
    unit = await page.locator("main select[name=unit] option", has_text=team).first.get_attribute("value")
    token = next(cookie["value"] for cookie in await page.context.cookies() if cookie["name"] == "csrftoken")
    sent: dict[str, Any] = {"unit": unit, "kind": "request", "channel": "counter", "priority": "normal", "csrfmiddlewaretoken": token}
    sent |= {"title": title, "body": "客人在等。", "key": f"morning-{time.time_ns()}"}
    answer = await page.context.request.post("/cases/new/", form=sent, headers={"Referer": page.url}, max_redirects=0)
    if answer.status != 302:
        sys.exit(f"A case could not be opened: {answer.status}")
    return str(answer.headers["location"])


async def race(page: Page, name: str, case: str, morning: Morning, start: asyncio.Event) -> None:
    """One round of one person: take the case at the same instant as somebody else; who has it writes half, leaves, comes back and sends."""
    await page.goto(case)
    button = page.locator("form[action$='/claim/'] button").first
    await button.wait_for()
    await start.wait()
    async with page.expect_response(lambda response: "/claim/" in response.url) as answered:
        await button.click()
    status = (await answered.value).status
    if status >= 400:
        morning.refused.append(status)
        return
    morning.moments.append((name, time.time() * 1000))
    morning.taken.append(case)
    await page.locator("form[action$='/claim/']").wait_for(state="detached")  # the page draws itself anew
    words = f"{name} 在办，{time.time_ns()}"
    await page.wait_for_load_state("networkidle")
    await page.locator(".composer textarea").first.fill(words)
    await page.wait_for_timeout(1500)
    await page.goto("/todo/")
    await page.goto(case)
    await page.wait_for_load_state("networkidle")
    morning.drafts.append(await page.locator(".composer textarea").first.input_value() == words)
    await page.locator(".composer button[type=submit]").first.click()
    await page.locator("#conversation", has_text=words).wait_for()
    await page.reload()
    morning.answers.append((await page.locator("#conversation").inner_text()).count(words))


async def play(address: str, rounds: int) -> dict[str, Any]:
    morning = Morning()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        pages = {name: await signed_in(browser, address, name) for name in (*WORKERS, WATCHER)}
        watcher = pages[WATCHER]
        await watcher.goto("/board/")
        await watcher.evaluate(WATCH)
        for number in range(rounds):
            hotel = await sent_in(pages["hotel.front"], "前厅部", f"{number + 1}02 {HOTEL_WORDS[number % len(HOTEL_WORDS)]}")
            centre = await sent_in(pages["centre.front"], "热线组", f"套餐资费 {number + 1}")
            start = asyncio.Event()
            work = [
                asyncio.create_task(race(pages[name], name, hotel if name.startswith("hotel") else centre, morning, start))
                for name in WORKERS
            ]
            await asyncio.sleep(3)
            start.set()
            await asyncio.gather(*work)
        await asyncio.sleep(2)
        changes = await watcher.evaluate("window.__changes")
        await browser.close()
    return figures(morning, changes)


def figures(morning: Morning, changes: list[float]) -> dict[str, Any]:
    """delays: from the moment a hotel case was taken until the board next changed, in seconds."""
    hotel = [moment for name, moment in morning.moments if name.startswith("hotel")]
    delays = [
        min((change - moment) / 1000 for change in changes if change > moment - 500) for moment in hotel if changes and changes[-1] > moment
    ]
    cases = morning.taken
    result: dict[str, Any] = {
        "people": len(WORKERS) + 1,
        "cases_taken": len(cases),
        "refused_because_somebody_was_first": morning.refused.count(409),
        "other_refusals": [status for status in morning.refused if status != 409],
        "given_to_two": len(cases) - len(set(cases)),
        "drafts": len(morning.drafts),
        "drafts_lost": morning.drafts.count(False),
        "answers": len(morning.answers),
        "answers_missing_or_twice": sum(count != 1 for count in morning.answers),
        "board_seconds_p50": round(statistics.median(delays), 2) if delays else None,
        "board_seconds_worst": round(max(delays), 2) if delays else None,
        "budget_board_seconds": BUDGET_SECONDS,
    }
    good = not (result["given_to_two"] or result["drafts_lost"] or result["answers_missing_or_twice"])
    result["within_budget"] = bool(good and cases and delays and result["board_seconds_p50"] <= BUDGET_SECONDS)
    return result


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("address")
    arguments.add_argument("--rounds", type=int, default=6)
    chosen = arguments.parse_args()
    result = asyncio.run(play(chosen.address, chosen.rounds))
    print(json.dumps(result, indent=1, ensure_ascii=False))
    sys.exit(0 if result["within_budget"] else 1)


if __name__ == "__main__":
    main()
