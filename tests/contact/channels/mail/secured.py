"""The same servers as in servers.py, as the world has them: encrypted, with a sign-in by password or XOAUTH2, and a token endpoint over https."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from .servers import Outbox, free_port

USER, PASSWORD = "service@riverside.example", "pass-word1"


@dataclass
class Certificates:
    """An authority of our own and a certificate for this machine, as files."""

    folder: Path
    authority: trustme.CA = field(default_factory=trustme.CA)

    def __post_init__(self) -> None:
        server = self.authority.issue_cert("localhost", "127.0.0.1")
        self.authority.cert_pem.write_to_path(str(self.authority_file))
        server.private_key_and_cert_chain_pem.write_to_path(str(self.server_file))
        self.server_file.chmod(0o644)

    @property
    def authority_file(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def server_file(self) -> Path:
        return self.folder / "server.pem"

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_file)
        return context


@dataclass
class Tokens:
    """A token endpoint (RFC 6749 §6) and the introspection that the IMAP server asks (RFC 7662). good: access tokens that are valid."""

    good: set[str] = field(default_factory=set)
    refresh_token: str = "refresh-1"
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    introspection_port: int = 0

    def answer(self, path: str, fields: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path.startswith("/introspect"):
            return 200, {"active": fields.get("token", "") in self.good, "username": USER}
        self.asked.append(fields)
        if fields.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant", "error_description": "the refresh token was withdrawn"}
        token = f"access-{len(self.asked)}"
        self.good.add(token)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}


@contextmanager
def token_server(certificates: Certificates) -> Iterator[Tokens]:
    tokens = Tokens()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            status, said = tokens.answer(self.path, {name: values[0] for name, values in parse_qs(body).items()})
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            return

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Answer) for _ in range(2)]
    servers[0].socket = certificates.context().wrap_socket(servers[0].socket, server_side=True)
    tokens.port, tokens.introspection_port = (int(server.server_address[1]) for server in servers)
    threads = [threading.Thread(target=server.serve_forever, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield tokens
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class Guarded(Outbox):
    """An SMTP server that takes no mail before somebody signed in."""

    tokens: Tokens | None = None

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802 - its name
        said = base64.b64decode(args[1]).decode().split("\x01")
        token = said[1].removeprefix("auth=Bearer ")
        good = said[0] == f"user={USER}" and self.tokens is not None and token in self.tokens.good
        return AuthResult(success=good, handled=False, auth_data=LoginPassword(USER.encode(), token.encode()))


def _checked(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def guarded_smtp(certificates: Certificates, tls: str, tokens: Tokens | None = None) -> Iterator[Guarded]:
    """tls: "ssl" or "starttls", as a mailbox names it."""
    outbox = Guarded(free_port())
    outbox.tokens = tokens
    encrypted: dict[str, Any] = {"tls_context": certificates.context(), "require_starttls": True}
    if tls == "ssl":
        encrypted = {"ssl_context": certificates.context(), "auth_require_tls": False}
    controller = Controller(outbox, hostname="127.0.0.1", port=outbox.port, authenticator=_checked, auth_required=True, **encrypted)
    controller.start()
    try:
        yield outbox
    finally:
        controller.stop()
