"""When a request arrived, for the codes in it: what waits for its turn is not late for that.

The server writes down when it had a request whole (`app/web/server.py`). A one-time code counts as
of that moment (`app/access/codes.py`), however many stood in line before it; the act itself bears
the moment at which it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from flask import request
from sqlalchemy.orm import Session

from app.access.codes import TYPED_AT
from app.clock import elapsed
from app.web.site import site

T = TypeVar("T")
ARRIVED = "ansinh.arrived"
"""The key of the WSGI environment: seconds as `elapsed` counts them. No header has such a name."""


def arrived() -> datetime:
    """The moment at which the server had the request, by the service's clock; now where the server
    does not say."""
    now = elapsed()
    waited = max(0.0, now - float(request.environ.get(ARRIVED, now)))
    return site().clock.now() - timedelta(seconds=waited)


def serializable(work: Callable[[Session], T]) -> T:
    """`Database.serializable`, where codes count as of the request's arrival."""
    moment = arrived()

    def timed(session: Session) -> T:
        session.info[TYPED_AT] = moment
        return work(session)

    return site().database.serializable(timed)


@contextmanager
def signed_work() -> Iterator[Session]:
    """`Database.signed_work`, where codes count as of the request's arrival."""
    with site().database.signed_work() as session:
        session.info[TYPED_AT] = arrived()
        yield session
