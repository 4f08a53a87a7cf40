"""Whole installations in folders of their own, driven through the command line as an operator would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        self.database = database
        home.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "STEWARD_HOME": str(self.home),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "STEWARD_NOW": "2026-03-02T09:00:00+08:00",
        }
        if self.database:
            own["STEWARD_DATABASE"] = self.database
        kept = {key: value for key, value in os.environ.items() if not key.startswith("STEWARD_") and key != "DJANGO_SETTINGS_MODULE"}
        return {**kept, **own}

    def steward(self, *arguments: str, fails: bool = False) -> str:
        """Run the command; return what it printed. Fails the test when it did not end as expected."""
        done = self._run([sys.executable, "-m", "steward", *arguments])
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def python(self, code: str) -> str:
        """Run code inside the installation, after django.setup()."""
        start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'steward.config.settings'; django.setup()\n"
        done = self._run([sys.executable, "-c", start + code])
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def start(self, code: str) -> subprocess.Popen[str]:
        """The same, left running; for tests that kill it."""
        start = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'steward.config.settings'; django.setup()\n"
        return subprocess.Popen([sys.executable, "-c", start + code], env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)


@contextmanager
def installation(home: Path, like: Installation | None = None) -> Iterator[Installation]:
    """An installation on the kind of database this test run uses: empty, or a copy of another one."""
    if like is not None:
        shutil.copytree(like.home, home)
    place = settings.DATABASES["default"]
    if place["ENGINE"].endswith("sqlite3"):
        yield Installation(home)
        return
    import psycopg

    name = f"steward_test_{uuid.uuid4().hex[:12]}"
    access = {
        "host": place["HOST"] or None,
        "port": place["PORT"] or None,
        "user": place["USER"] or None,
        "password": place["PASSWORD"] or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **access) as connection:
        template = f' TEMPLATE "{like.database.rsplit("/", 1)[1]}"' if like else ""
        connection.execute(f'CREATE DATABASE "{name}"{template}')
    user = f"{place['USER']}@" if place["USER"] else ""
    try:
        yield Installation(home, f"postgresql://{user}{place['HOST'] or '127.0.0.1'}:{place['PORT'] or 5432}/{name}")
    finally:
        with psycopg.connect(dbname="postgres", autocommit=True, **access) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
