"""The payout bank behind a session of `requests`: `session.mount(url, InProcess(api))`, no sockets.

A client of the real wire runs unchanged; what the wire would do to it (no answer, a broken
connection) it gets as the same exceptions of `requests`, at once and in the same thread.
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse

from .answers import Answer, Reset, Timeout
from .api import Api


class InProcess(BaseAdapter):
    """Answers every request of its session by calling the API."""

    def __init__(self, api: Api) -> None:
        super().__init__()
        self._api = api

    def send(
        self, request: requests.PreparedRequest, *_unused: Any, **_ignored: Any
    ) -> requests.Response:
        """Raises requests.ReadTimeout and requests.ConnectionError as a socket would."""
        path = urlsplit(request.url or "").path
        body = request.body or b""
        raw = body.encode() if isinstance(body, str) else _whole(body)
        try:
            answer = self._api.handle(request.method or "", path, dict(request.headers), raw)
        except Timeout as error:
            raise requests.ReadTimeout("no answer in time", request=request) from error
        except Reset as error:
            raise requests.ConnectionError("connection reset", request=request) from error
        return _response(answer, request)

    def close(self) -> None:
        """Nothing to let go of: the institution belongs to whoever opened it."""


def _whole(body: Any) -> bytes:
    """A body as one piece, also when it is a file or a generator."""
    if isinstance(body, bytes):
        return body
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)


def _response(answer: Answer, request: requests.PreparedRequest) -> requests.Response:
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response.headers["Content-Length"] = str(len(answer.body))
    response.url = request.url or ""
    response.request = request
    response.encoding = "utf-8"
    response.raw = HTTPResponse(
        io.BytesIO(answer.body),
        headers=dict(response.headers),
        status=answer.status,
        preload_content=False,
    )
    return response
