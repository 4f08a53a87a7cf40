"""A small OpenID provider on a port of this machine: discovery, keys, authorize, token. It tells whatever a test has it tell."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from steward.ground import clock

CLIENT, SECRET = "steward-here", "a-secret-of-the-service"


class Issuer:
    """told: claims that replace the right ones (None removes one); alg, key: how tokens are signed."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self.named = self.url
        self.key = self.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.alg = "RS256"
        self.told: dict[str, Any] = {}
        self.back: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[dict[str, str]] = []

    def config(self) -> dict[str, Any]:
        places = {
            name: f"{self.url}/{path}"
            for name, path in (("authorization_endpoint", "go"), ("token_endpoint", "token"), ("jwks_uri", "keys"))
        }
        return {"issuer": self.named, "token_endpoint_auth_methods_supported": ["client_secret_post"], **places}

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """The address the browser is sent back to."""
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **self.back})}"

    def token(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(sent.get("code", ""), None)
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        proved = asked and base64.urlsafe_b64encode(verifier).decode().rstrip("=") == asked.get("code_challenge")
        if not asked or not proved or sent.get("client_secret") != SECRET or sent.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.named,
            "aud": CLIENT,
            "sub": "s-1",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked.get("nonce"),
            **self.told,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key: Any = None if self.alg == "none" else b"k" * 32 if self.alg == "HS256" else self.signs_with
        return 200, {"access_token": "t", "token_type": "Bearer", "id_token": jwt.encode(claims, key, self.alg, headers={"kid": "one"})}


@contextmanager
def running() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: Any) -> None:
            """Quiet."""

        def _tell(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/go":
                self.send_response(302)
                self.send_header("Location", issuer.authorize({name: values[0] for name, values in parse_qs(parts.query).items()}))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif parts.path == "/keys":
                self._tell(200, issuer.keys())
            else:
                self._tell(200, issuer.config())

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._tell(*issuer.token({name: values[0] for name, values in parse_qs(sent).items()}))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
