"""Outgoing messages to an address that someone else named: signed, to public hosts only, one try.

    check_url(url)                       # before storing it; UrlRefused says what is wrong in the user's language
    sent = post(url, body, secret=…)     # Delivered(status, text), whatever the status; or DeliveryFailed

What the receiver's name stands for is looked up once, checked, and that very address is connected to: a name that
points inside (or does so at the second look) reaches nothing. Redirects are not followed. Keeping what is to be sent,
trying again and giving up are the business of the room that sends; never call `post` inside a transaction.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SIGNATURE = "Webhook-Signature"
LONGEST_URL = 2000
ANSWER_LIMIT = 4096
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]{2,45}")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class UrlRefused(ValueError):
    """An address that nothing is sent to; `message` and `next_step` in the user's language."""

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message, self.next_step = message, next_step


class DeliveryFailed(Exception):
    """Nobody answered: name unknown, no connection, broken TLS, no answer in time. The message is for the log."""


@dataclass(frozen=True)
class Delivered:
    """What the receiver answered. `text`: the beginning of the answer, for the log."""

    status: int
    text: str
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the receiver took it (2xx)."""
        return 200 <= self.status < 300


def sign(secret: str, body: bytes, at: int) -> str:
    """`t=<unix seconds>,sha256=<hex>`: HMAC-SHA-256 of "<t>.<body>", so that an old message cannot be sent again."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},sha256={digest}"


def verify(secret: str, body: bytes, signature: str, *, now: int, tolerance: int = 300) -> bool:
    """The receiver's half of `sign`: the right secret, this body, and not older or newer than `tolerance` seconds."""
    match = re.fullmatch(r"t=([0-9]{1,12}),sha256=[0-9a-f]{64}", signature)
    return (
        match is not None
        and abs(now - int(match[1])) <= tolerance
        and hmac.compare_digest(sign(secret, body, int(match[1])), signature)
    )


def seal(secret: str) -> str:
    """A signing secret as it may lie in the database: encrypted under the installation's key; empty stays empty."""
    return _cipher().encrypt(secret.encode()).decode() if secret else ""


def open_sealed(sealed: str) -> str:
    """The secret again.

    Raises:
        DeliveryFailed: it was sealed under another key.
    """
    try:
        return _cipher().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise DeliveryFailed("the signing secret was sealed under another key: subscribe again") from error


def _cipher() -> Fernet:
    key = hashlib.sha256(b"hengjian webhooks" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be sent to, judged without a look-up.

    Raises:
        UrlRefused: no http(s) address, a user name in it, an address inside, http to a public host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _malformed() from None
    host = parts.hostname or ""
    if (
        len(url) > LONGEST_URL
        or parts.scheme not in ("http", "https")
        or not _HOST.fullmatch(host)
        or port == 0
        or re.search(r"[^\x21-\x7e]", url)
    ):
        raise _malformed()
    if "@" in parts.netloc:
        raise UrlRefused(_("接收地址中不能带用户名和密码。"), _("请用签名密钥核对来源，去掉地址中的“用户名:密码@”。"))
    literal = _literal(host)
    if literal is not None:
        _require_allowed(literal)
    if parts.scheme == "http" and not _networks():
        raise _not_encrypted()
    return parts


def post(
    url: str,
    body: bytes,
    *,
    content_type: str = "application/json",
    secret: str = "",
    signature_header: str = SIGNATURE,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
) -> Delivered:
    """Send once and return what was answered, whatever its status.

    Args:
        secret: signs the body in `signature_header`; empty: unsigned.
        timeout: seconds for everything together.

    Raises:
        UrlRefused: the address is none or points inside. DeliveryFailed: nobody answered.
    """
    started = time.monotonic()
    parts = check_url(url)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    chosen = _resolve(host, port)
    if parts.scheme == "http" and not _inside(chosen):
        raise _not_encrypted()
    sent = {
        "Content-Type": content_type,
        "User-Agent": "hengjian-webhook",
        "Accept": "*/*",
        "Connection": "close",
        **(headers or {}),
    }
    if secret:
        sent[signature_header] = sign(secret, body, int(time.time()))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _Pinned(host, port, chosen, tls=parts.scheme == "https", timeout=timeout)
    # Each read may take `timeout`; a receiver that answers a byte at a time is cut off by this clock.
    clock = threading.Timer(timeout, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", path, body=body, headers=sent)
        answer = connection.getresponse()
        text = answer.read(ANSWER_LIMIT).decode("utf-8", "replace").replace("\0", "")
        return Delivered(answer.status, text, time.monotonic() - started)
    except (OSError, HTTPException, ValueError) as error:
        raise DeliveryFailed(f"{host}:{port}: {error or type(error).__name__}"[:300]) from error
    finally:
        clock.cancel()
        connection.close()


class _Pinned(HTTPConnection):
    """Connects to one address that was checked; the host's name stays in the request and in the TLS handshake."""

    def __init__(self, host: str, port: int, address: Address, *, tls: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._tls, self._late = address, tls, False
        self._wire: socket.socket | None = None  # the connection forgets its socket while an answer is read

    def connect(self) -> None:
        self._wire = self.sock = socket.create_connection((str(self._address), self.port), self.timeout)
        if self._tls:
            context = ssl.create_default_context()
            self._wire = self.sock = context.wrap_socket(self._wire, server_hostname=self.host.rstrip("."))
        if self._late:
            raise TimeoutError("no answer in time")

    def cut(self) -> None:
        """End it from another thread: whoever waits for an answer then sees its end."""
        self._late = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)


def _resolve(host: str, port: int) -> Address:
    """The address to connect to; one bad address among those of a name refuses the name."""
    literal = _literal(host)
    if literal is not None:
        return literal
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryFailed(f"{host}: {error}") from error
    addresses = [ipaddress.ip_address(str(item[4][0]).partition("%")[0]) for item in found]
    if not addresses:
        raise DeliveryFailed(f"{host}: no address")
    for address in addresses:
        _require_allowed(address)
    return addresses[0]


def _literal(host: str) -> Address | None:
    """The address a host is written as, in any form that a connection would understand (127.1, 0x7f000001)."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _carried(address: Address) -> Iterable[Address]:
    """The address, and the IPv4 address that an IPv6 address leads to."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            yield address.ipv4_mapped
        if address.sixtofour:
            yield address.sixtofour
        if address.teredo:
            yield address.teredo[1]
        if address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _networks() -> list[Network]:
    """Networks inside which receivers may lie (HENGJIAN_WEBHOOK_NETWORKS), such as the government's own."""
    return [ipaddress.ip_network(text) for text in settings.HENGJIAN_WEBHOOK_NETWORKS]


def _inside(address: Address) -> bool:
    return any(address in network for network in _networks() if network.version == address.version)


def _require_allowed(address: Address) -> None:
    if _inside(address):
        return
    if any(not part.is_global or part.is_multicast or part.is_reserved for part in _carried(address)):
        raise UrlRefused(
            _("接收地址指向内部网络，不能使用。"),
            _("请填写公网可访问的地址；确需内网接收的，请系统管理员把网段加入 HENGJIAN_WEBHOOK_NETWORKS。"),
        )


def _malformed() -> UrlRefused:
    return UrlRefused(_("接收地址不是有效的网址。"), _("请填写完整的地址，如 https://example.com/receive 。"))


def _not_encrypted() -> UrlRefused:
    return UrlRefused(_("接收地址须使用 https。"), _("请为接收程序配置证书后，填写以 https:// 开头的地址。"))
