"""The peer's half of bench/peers.py: django-helpdesk in an environment of its own, with the same texts, asked through its own pages.

    <python of that environment> bench/peers_helpdesk.py FOLDER DATABASE TICKETS ROUNDS CREATES

DATABASE: "sqlite" or a postgresql:// address of an empty database. Prints one JSON object; imports nothing of Steward.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TITLES: list[str] = json.loads(sys.argv[6]) if len(sys.argv) > 6 else []
NEWEST = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def configure(folder: str, database: str) -> None:
    """The smallest project its documentation describes: settings, addresses, its migrations."""
    import django
    from django.conf import settings

    if database == "sqlite":
        connected: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/helpdesk.sqlite3"}
    else:
        at = urlsplit(database)
        connected = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": at.path[1:],
            "USER": at.username,
            "HOST": at.hostname,
            "PORT": at.port,
        }
    apps = ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "sites", "humanize"]
    kept = ["security.SecurityMiddleware", "common.CommonMiddleware", "csrf.CsrfViewMiddleware", "clickjacking.XFrameOptionsMiddleware"]
    middleware = [f"django.middleware.{name}" for name in kept]
    middleware[1:1] = ["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.locale.LocaleMiddleware"]
    middleware += ["django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware"]
    processors = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
    processors += ["django.contrib.messages.context_processors.messages"]
    settings.configure(
        SECRET_KEY="only for this measurement",
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": connected},
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in apps), "rest_framework", "helpdesk"],
        MIDDLEWARE=middleware,
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": processors}}
        ],
        ROOT_URLCONF="helpdesk_urls",
        STATIC_URL="/static/",
        SITE_ID=1,
        USE_TZ=True,
        LANGUAGE_CODE="zh-hans",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        HELPDESK_TEAMS_MODE_ENABLED=False,
    )
    sys.path.insert(0, folder)
    addresses = "from django.urls import include, path\nurlpatterns = [path('', include('helpdesk.urls', namespace='helpdesk'))]\n"
    Path(folder, "helpdesk_urls.py").write_text(addresses, encoding="utf-8")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(count: int) -> Any:
    """Tickets and one follow-up each, over three years, a hundredth of them open; the first words of a customer only in the follow-up."""
    from django.contrib.auth import get_user_model
    from django.db import connection
    from helpdesk.models import FollowUp, Queue, Ticket

    staff = get_user_model().objects.create_superuser("lead", "lead@bank.example", "not-used-here")
    queues = [Queue.objects.create(title=f"队列{number}", slug=f"q{number}") for number in range(3)]
    step = timedelta(days=1095) / count
    for start in range(0, count, 10_000):
        numbers = range(start, min(count, start + 10_000))
        tickets = [
            Ticket(
                title=TITLES[number % len(TITLES)],
                description=TITLES[number % len(TITLES)],
                queue=queues[number % 3],
                submitter_email=f"c{number % 5000}@example.com",
                status=1 if number < 200 or number % 100 == 0 else 4,
                created=NEWEST - number * step,
                modified=NEWEST - number * step,
            )
            for number in numbers
        ]
        made = Ticket.objects.bulk_create(tickets)
        FollowUp.objects.bulk_create(
            FollowUp(ticket=ticket, date=ticket.created, title="来信", comment=_words_of(number), public=True)
            for number, ticket in zip(numbers, made, strict=True)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return staff


def _words_of(number: int) -> str:
    return "琥珀项链丢失" if number % 50_000 == 7 else TITLES[number % len(TITLES)]


def timed(ask: Callable[[], object], rounds: int) -> dict[str, float]:
    ask()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return {"p50_ms": round(times[len(times) // 2], 1), "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1), "rounds": rounds}


def measure(staff: Any, count: int, rounds: int, creates: int) -> dict[str, Any]:
    from django.test import Client
    from helpdesk.models import Queue, Ticket
    from helpdesk.query import query_to_base64

    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(staff)
    queue = Queue.objects.get(slug="q0")

    def rows(search: str, length: int = 25) -> Any:
        query = query_to_base64({"filtering": {}, "filtering_null": {}, "sorting": "created", "sortreverse": True, "search_string": search})
        response = client.get(f"/datatables_ticket_list/{query}", {"start": 0, "length": length, "draw": 1})
        assert response.status_code == 200, (response.status_code, response.content[:300])
        return response.json()

    def listed(search: str) -> Any:
        """What its list costs until rows are there: the page, then the rows, which the page asks for."""
        page = client.get("/tickets/", {"q": search, "search_type": "header"} if search else {})
        assert page.status_code == 200, page.status_code
        return rows(search)

    def create(number: int) -> None:
        sent = {
            "queue": queue.pk,
            "title": f"换零钱 {number}",
            "body": "想换一百元零钱",
            "priority": 3,
            "submitter_email": "c1@example.com",
        }
        response = client.post("/tickets/submit/", sent)
        assert response.status_code == 302, (response.status_code, response.content[:2000])

    few = max(3, rounds // 6)
    result: dict[str, Any] = {
        "list": timed(lambda: listed(""), few),
        "search": timed(lambda: listed("冻结"), few),
        "detail": timed(lambda: client.get(f"/tickets/{Ticket.objects.values_list('pk', flat=True)[count // 2]}/"), rounds),
        "all_rows_for_an_export": timed(lambda: rows("", count), 1),
        "found": {word: rows(word)["recordsFiltered"] for word in ("冻结", "琥珀", "ORDER")},
    }
    before = Ticket.objects.count()
    numbers = iter(range(creates + 1))
    result["create"] = timed(lambda: create(next(numbers)), creates)
    result["create_wrote"] = {"tickets": Ticket.objects.count() - before}
    return result


def main() -> None:
    from importlib.metadata import version

    folder, database, tickets, rounds, creates = sys.argv[1:6]
    configure(folder, database)
    started = time.perf_counter()
    staff = fill(int(tickets))
    filled = time.perf_counter() - started
    figures = measure(staff, int(tickets), int(rounds), int(creates))
    print(
        json.dumps(
            {"product": f"django-helpdesk {version('django-helpdesk')}", "filled_seconds": round(filled, 1), **figures}, ensure_ascii=False
        )
    )


if __name__ == "__main__":
    main()
