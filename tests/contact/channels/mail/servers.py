"""A real IMAP server (Dovecot) and a real SMTP server (aiosmtpd) for one test, on free ports of this machine."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

DOVECOT = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
CONF = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
{ssl}
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/Maildir
mail_debug = no
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
{sign_in}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}
}}
"""

BY_PASSWORD = "passdb {\n  driver = static\n  args = password=pass-word1\n}"
BY_TOKEN = "auth_mechanisms = xoauth2\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {home}/oauth2\n}}"
ASK_FOR_TOKEN = (
    "introspection_mode = post\nintrospection_url = {url}\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n"
)


@dataclass
class Outbox:
    """What the SMTP server took. refuses: addresses it says 550 to."""

    port: int = 0
    mails: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - its name
        if address in self.refuses:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), mail))
        return "250 OK"


@dataclass
class Imap:
    port: int
    home: Path
    password: str = "pass-word1"
    owner: tuple[int, int] = (0, 0)
    count: int = 0

    def drop(self, content: bytes) -> None:
        """Put a mail into the mailbox, as the server's own delivery does."""
        self.count += 1
        name = f"{1770000000 + self.count}.M{self.count}P1.host"
        for folder in ("", "cur", "new", "tmp"):
            (self.home / "Maildir" / folder).mkdir(parents=True, exist_ok=True)
            os.chown(self.home / "Maildir" / folder, *self.owner)
        (self.home / "Maildir" / "tmp" / name).write_bytes(content)
        os.chown(self.home / "Maildir" / "tmp" / name, *self.owner)
        (self.home / "Maildir" / "tmp" / name).rename(self.home / "Maildir" / "new" / name)


@contextmanager
def smtp_server() -> Iterator[Outbox]:
    outbox = Outbox(free_port())
    controller = Controller(outbox, hostname="127.0.0.1", port=outbox.port)
    controller.start()
    try:
        yield outbox
    finally:
        controller.stop()


@contextmanager
def imap_server(*, certificate: Path | None = None, tls: str = "none", introspection: str = "") -> Iterator[Imap]:
    """As root its parts run as the users its package made, which must be able to reach its folder; otherwise all of it runs as this user.

    certificate: key and chain in one file, for tls "ssl" or "starttls". introspection: where tokens are asked about; then only they sign in.
    """
    port = free_port()
    home = Path(tempfile.mkdtemp(prefix="steward-imap-"))
    home.chmod(0o755)
    me = pwd.getpwuid(os.getuid())
    root = me.pw_uid == 0
    owner = pwd.getpwnam("dovecot") if root else me
    user, login = ("dovecot", "dovenull") if root else (me.pw_name, me.pw_name)
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    plain, encrypted = (0, port) if tls == "ssl" else (port, 0)
    ways = (
        f"ssl = {'yes' if tls == 'ssl' else 'required'}\nssl_cert = <{certificate}\nssl_key = <{certificate}" if certificate else "ssl = no"
    )
    sign_in = BY_TOKEN.format(home=home) if introspection else BY_PASSWORD
    (home / "oauth2").write_text(ASK_FOR_TOKEN.format(url=introspection))
    text = CONF.format(
        home=home,
        port=plain,
        imaps=encrypted,
        ssl=ways,
        sign_in=sign_in,
        user=user,
        login=login,
        group=group,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
    )
    (home / "dovecot.conf").write_text(text)
    server = Imap(port, home, owner=(owner.pw_uid, owner.pw_gid))
    server.drop(b"From: spam@x.example\r\nPrecedence: bulk\r\nSubject: first\r\n\r\nx\r\n")
    process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(home / "dovecot.conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait(port, process, home)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = process.stdout.read().decode() if process.stdout and process.poll() is not None else ""
    log = (home / "log").read_text() if (home / "log").exists() else ""
    raise RuntimeError(f"Dovecot did not start: {said} {log}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
