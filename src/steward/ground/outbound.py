"""Requests to addresses that somebody entered: https, only to machines on the public internet, without following anything.

The name is looked up once, every address it has must be public, and the connection goes to the address that was checked: a name that changes
its mind in between (DNS rebinding) gains nothing. `STEWARD_WEBHOOK_ALLOW` lists host:port pairs of the own network that may be reached
nevertheless, also without TLS.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 10.0  # seconds for connecting and for each read
WHOLE = 20.0  # seconds for everything: a machine that answers a byte at a time is cut off
READ = 2048
NAME = re.compile(r"(?=.{1,253}\Z)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
# Forms in which programs read numbers as addresses: 2130706433, 0x7f.1, 0177.0.0.1.
NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")
TUNNELS = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "fec0::/10"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """Why nothing is sent: a code (not_a_url, not_https, credentials, bad_host, unknown_host, private_address)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Target:
    """Where a request goes: the checked address for the connection, the name for TLS and the Host header."""

    host: str
    port: int
    address: str
    tls: bool
    path: str


def target_of(url: str) -> Target:
    """Check an address and look its host up. Raises Unreachable."""
    parts, host, port = _parts(url)
    allowed = f"{host}:{port}" in settings.STEWARD_WEBHOOK_ALLOW
    if parts.scheme != "https" and not (allowed and parts.scheme == "http"):
        raise Unreachable("not_https")
    found = _looked_up(host, port)
    if not allowed and not all(is_public(address) for address in found):
        raise Unreachable("private_address")
    path = parts.path or "/"
    return Target(host, port, str(found[0]), parts.scheme == "https", f"{path}?{parts.query}" if parts.query else path)


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet: nothing private, shared, local, multicast or reserved, nor a tunnel to such."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in net for net in TUNNELS):
            return False
    closed = (
        address.is_private, address.is_loopback, address.is_link_local, address.is_multicast, address.is_reserved, address.is_unspecified,
    )  # fmt: skip
    return address.is_global and not any(closed)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send it and return the status of the answer; what it says is not kept, and a redirection is an answer like any other.

    Raises Unreachable, and OSError or http.client.HTTPException where the other machine does not answer.
    """
    return exchange(url, body, headers)[0]


def exchange(url: str, body: bytes, headers: Mapping[str, str], *, limit: int = READ) -> tuple[int, bytes]:
    """Send it and return the status and the beginning of the answer, at most `limit` bytes. Raises as `post` does."""
    return ask("POST", url, body, headers, limit=limit)


def ask(method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, limit: int = READ) -> tuple[int, bytes]:
    """Any method; the rest as `exchange`."""
    target = target_of(url)
    connection = _Checked(target)
    alarm = threading.Timer(WHOLE, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(method, target.path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read(limit)
    finally:
        alarm.cancel()
        connection.close()


class _Checked(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name says by now."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self._target = target

    def connect(self) -> None:
        raw = socket.create_connection((self._target.address, self._target.port), timeout=TIMEOUT)
        try:
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self._target.host) if self._target.tls else raw
        except BaseException:
            raw.close()
            raise

    def cut(self) -> None:
        if self.sock is not None:
            self.sock.close()


def _parts(url: str) -> tuple[SplitResult, str, int]:
    if not url.isascii() or not url.isprintable() or any(sign in url for sign in ' \\"<>^`{|}'):
        raise Unreachable("not_a_url")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Unreachable("not_a_url") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment or port == 0:
        raise Unreachable("not_a_url")
    if "@" in parts.netloc:
        raise Unreachable("credentials")
    return parts, parts.hostname.lower().removesuffix("."), port or (443 if parts.scheme == "https" else 80)


def _looked_up(host: str, port: int) -> list[Address]:
    if (literal := _literal(host)) is not None:
        return [literal]
    if NUMBER.match(host.rpartition(".")[2]) or not NAME.match(host):
        raise Unreachable("bad_host")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("unknown_host") from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses:
        raise Unreachable("unknown_host")
    return addresses


def _literal(host: str) -> Address | None:
    """An address written out in its one plain form; other spellings of numbers are no names either."""
    if "%" in host:
        raise Unreachable("bad_host")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
