"""Writing down what was called: in turn, and put off where the database is busy or away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import ServiceUnavailable

from app.db import Database
from app.errors import Conflict

PATIENCE = 0.1
"""Seconds that a call waits for its turn to write, before it is told to come again."""
LOG = logging.getLogger("app.hooks")


@contextmanager
def put_off() -> Iterator[None]:
    """Whoever calls while the database is busy or away is told to call again."""
    try:
        yield
    except (SQLAlchemyError, Conflict) as error:
        # Never the message: it may hold what stood in the statement.
        LOG.warning("a call was put off: %s", type(error).__name__)
        raise ServiceUnavailable from error


class Pen:
    """SQLite has one pen: threads queue for it in order, so that none is overtaken for ever."""

    def __init__(self, database: Database) -> None:
        self._database, self._turn = database, Lock()

    def write(self, work: Callable[[Session], object]) -> None:
        """Do this as one unit of work. Raises ServiceUnavailable where its turn does not come."""
        if not self._database.is_sqlite:
            self._do(work)
        elif self._turn.acquire(timeout=PATIENCE):
            try:
                self._do(work)
            finally:
                self._turn.release()
        else:
            raise ServiceUnavailable

    def _do(self, work: Callable[[Session], object]) -> None:
        with self._database.unit_of_work() as session:
            work(session)
