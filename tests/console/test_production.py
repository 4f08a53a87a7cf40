"""What a real installation refuses to start with, and who on its machine can read what it writes."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from .installation import ROOT, Installation

SECRET = "a-secret-of-a-real-installation-of-forty-characters"


def steward(home: Path, *arguments: str, variables: dict[str, str] | None = None, umask: int = -1) -> subprocess.CompletedProcess[str]:
    environment = {**Installation(home).environment, **(variables or {})}
    command = [sys.executable, "-m", "steward", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, umask=umask)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "STEWARD_SECRET_KEY"),
        ({"STEWARD_SECRET_KEY": "short"}, "STEWARD_SECRET_KEY"),
        ({"STEWARD_SECRET_KEY": SECRET, "STEWARD_DEBUG": "1"}, "STEWARD_DEBUG"),
    ],
)
def test_production_refuses_what_only_development_may_have(tmp_path: Path, variables: dict[str, str], says: str) -> None:
    done = steward(tmp_path, "check", variables={"STEWARD_PRODUCTION": "1", **variables})
    assert done.returncode != 0
    assert says in done.stderr


def test_the_demo_with_its_known_password_is_not_told_in_production(tmp_path: Path) -> None:
    done = steward(tmp_path, "demo", variables={"STEWARD_PRODUCTION": "1", "STEWARD_SECRET_KEY": SECRET})
    assert done.returncode != 0
    assert "password" in done.stderr
    assert not (tmp_path / "steward.sqlite3").exists()


def test_a_wrong_database_address_is_not_repeated_with_its_password(tmp_path: Path) -> None:
    done = steward(tmp_path, "check", variables={"STEWARD_DATABASE": "mysql://steward:hidden-word@db/steward"})
    assert done.returncode != 0
    assert "hidden-word" not in done.stdout + done.stderr
    assert "mysql" in done.stderr


def test_nobody_else_on_the_machine_reads_what_steward_writes(tmp_path: Path) -> None:
    """Database, backups and exports hold everybody's data; a usual umask let every account read them."""
    home = tmp_path / "home"
    loose = 0o022
    created = steward(home, "migrate", umask=loose)
    assert created.returncode == 0, created.stderr
    for command in (
        ("backup", str(tmp_path / "all.tar.gz"), "--keys", str(tmp_path / "keys.tar.gz")),
        ("export", str(tmp_path / "rows.tar.gz")),
    ):
        done = steward(home, *command, umask=loose)
        assert done.returncode == 0, done.stderr
    assert steward(home, "restore", str(tmp_path / "all.tar.gz"), umask=loose).returncode == 0
    written = [path for path in (*home.rglob("*"), *tmp_path.glob("*.tar.gz")) if path.is_file()]
    assert {"all.tar.gz", "keys.tar.gz", "rows.tar.gz"} <= {path.name for path in written}
    assert [str(path) for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
