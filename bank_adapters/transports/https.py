"""Requests over HTTPS to one host, where the only thing that matters is what is certain.

A request is given to nobody until the connection stands and the other side has shown who it is:
what fails before that was handed over to nobody (Unavailable). From the first byte on every
missing, broken, endless or odd answer is a doubt (InDoubt). No redirect is followed, nothing is
tried twice, no proxy, password file or cookie of the machine is used.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from threading import Timer
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, Retry
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError

from bank_adapters.errors import InDoubt, Refused, Stranger, Unavailable
from bank_adapters.formats.json_names import each_once

ANSWER_MAX = 1 << 20
_PIECE = 1 << 16
_AGENT = "AnSinh"
_STRANGERS = (ssl.SSLCertVerificationError, ssl.CertificateError, SSLError)
_FINGERPRINT = re.compile("[0-9a-f]{64}")
Body = bytes | BinaryIO | None


@dataclass(frozen=True, slots=True)
class HttpsTarget:
    """Where, and how we show who we are.

    `base` is what all paths are added to. `hosts` are the only ones that `base` may name, any
    where it is empty. `ca` is a file of the certificates that may vouch for the server, instead
    of the system's; `fingerprint` (SHA-256, 64 hex digits) pins the one certificate, and alone it
    vouches for it. `total_seconds` bounds one answer from its first byte to its last.
    `answer_max` is in bytes. `auth_header` gets `auth_prefix` and the token.
    """

    base: str
    token: str = field(repr=False)
    hosts: tuple[str, ...] = ()
    ca: Path | None = None
    fingerprint: str = ""
    connect_seconds: float = 5.0
    read_seconds: float = 40.0
    total_seconds: float = 60.0
    answer_max: int = ANSWER_MAX
    auth_header: str = "Authorization"
    auth_prefix: str = "Bearer "

    def require_known(self) -> str:
        """The host of `base`; raises Refused for what is no plain https address of a known one."""
        parts = urlsplit(self.base)
        host = parts.hostname or ""
        is_plain = parts.scheme == "https" and host and not (parts.query or parts.fragment)
        if not is_plain or "@" in parts.netloc or self.base.endswith("/"):
            raise Refused("địa chỉ của ngân hàng phải dạng https://máy/đường-dẫn, không có / cuối")
        if self.hosts and host not in self.hosts:
            raise Refused(f"máy “{host}” không có trong danh sách máy của ngân hàng này")
        return host


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer: its status, its bytes, the seconds it asks us to wait (0: none said)."""

    status: int
    body: bytes
    retry_after: int = 0

    def told(self) -> dict[str, Any]:
        """The JSON object in the body; {} for anything else, and for one with a name twice."""
        try:
            found = json.loads(self.body, object_pairs_hook=each_once, parse_constant=_no_number)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def _no_number(word: str) -> Any:
    raise ValueError(word)


class _NotConnectedError(Exception):
    """There is no connection: not one byte of a request was given to anybody."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


class _Adapter(HTTPAdapter):
    """One connection at a time to one host; tells `connected` of its socket."""

    def __init__(self, fingerprint: str, connected: Callable[[Any], None]) -> None:
        self._fingerprint, self._pool = fingerprint, _pool_class(connected)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=Retry(0, read=False))

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """As the base class, with our pool alone: nothing is sent that is not https."""
        if self._fingerprint:
            more["assert_fingerprint"] = self._fingerprint
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"https": self._pool}


def _pool_class(connected: Callable[[Any], None]) -> type[HTTPSConnectionPool]:
    class Connection(HTTPSConnection):
        """Tells what failed before it stood from what failed afterwards."""

        def connect(self) -> None:
            try:
                super().connect()
            except Exception as error:
                raise _NotConnectedError(error) from error
            connected(self.sock)

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool


class HttpsLine:
    """Requests to one host, one after the other; not shared between threads."""

    def __init__(self, target: HttpsTarget) -> None:
        self._target, self._host = target, target.require_known()
        if target.fingerprint and not _FINGERPRINT.fullmatch(target.fingerprint):
            raise Refused("dấu vân tay chứng thư phải là 64 chữ số hex của SHA-256")
        self._socket: Any = None
        self._is_cut = False
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.adapters.clear()
        self._session.mount("https://", _Adapter(target.fingerprint, self._connected))
        # A pinned certificate vouches for itself; else the given authorities do, or the system's.
        self._verify = str(target.ca) if target.ca else not target.fingerprint

    def _connected(self, sock: Any) -> None:
        self._socket = sock

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def call(
        self, method: str, path: str, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> Answered:
        """The whole answer to one request.

        Raises Unavailable (Stranger where the certificate is not the agreed one) when nothing was
        handed over, InDoubt when that cannot be known.
        """
        with self._asked(method, path, body, headers or {}, self._target.total_seconds) as response:
            found = b"".join(_pieces(response, self._target.answer_max))
            wait = response.headers.get("Retry-After", "")
            seconds = int(wait) if re.fullmatch("[0-9]{1,5}", wait) else 0
            return Answered(response.status_code, found, seconds)

    def download(self, path: str, out: BinaryIO, limit: int) -> tuple[str, int]:
        """Copy a body of at most `limit` bytes to `out`: (sha256, size); as `call` otherwise.

        Raises Unavailable for any other status than 200.
        """
        hashed, size = hashlib.sha256(), 0
        # A whole statement may take its time, as long as something comes.
        with self._asked("GET", path, None, {}, self._target.total_seconds * 30) as response:
            if response.status_code != requests.codes.ok:
                raise Unavailable(f"{self._host}: trả lời HTTP {response.status_code}")
            for piece in _pieces(response, limit):
                hashed.update(piece)
                size += len(piece)
                out.write(piece)
        return hashed.hexdigest(), size

    @contextmanager
    def _asked(
        self, method: str, path: str, body: Body, headers: Mapping[str, str], seconds: float
    ) -> Iterator[requests.Response]:
        """One request with its answer open; whoever drips for ever is cut off."""
        self._is_cut = False
        watch = Timer(seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            with self._session.request(
                method,
                self._target.base + path,
                data=body,
                headers=self._headers(headers),
                timeout=(self._target.connect_seconds, self._target.read_seconds),
                allow_redirects=False,
                stream=True,
                verify=self._verify,
            ) as response:
                yield response
                if self._is_cut:  # what ends there looks whole where no length was stated
                    raise TimeoutError("cut off")
        except _NotConnectedError as error:
            raise self._unreached(error.cause) from error.cause
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise InDoubt(
                f"{self._host}: không rõ đã nhận hay chưa ({type(error).__name__})"
            ) from error
        finally:
            watch.cancel()

    def _cut(self) -> None:
        """End the conversation for whoever waits in it, below the layer that he waits in."""
        self._is_cut = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # it had ended by itself

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        target = self._target
        return {
            "User-Agent": _AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            target.auth_header: target.auth_prefix + target.token,
            **more,
        }

    def _unreached(self, cause: Exception) -> Unavailable:
        if isinstance(cause, _STRANGERS):
            return Stranger(
                f"chứng thư của {self._host} không phải chứng thư đã thoả thuận; "
                "dừng lại và hỏi ngân hàng"
            )
        return Unavailable(f"không nối được {self._host} ({type(cause).__name__}); chưa gửi gì")


def _pieces(response: requests.Response, limit: int) -> Iterator[bytes]:
    """The body as it came; raises ValueError for one that is packed or larger than `limit`."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ValueError("the body is packed")
    left = limit
    while piece := response.raw.read(_PIECE, decode_content=False):
        left -= len(piece)
        if left < 0:
            raise ValueError("the body is too large")
        yield piece
