"""Work for one provider, kept apart from the others': what fails is written down and goes no
further."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError

from app.disbursement import troubles
from app.jobs.runtime import Runtime
from app.jobs.turn import LostTurn

T = TypeVar("T")

OURS = (OperationalError, InterfaceError, LostTurn)
"""The database does not answer, its disk is full, or the turn is another's: no provider's fault."""


def apart(
    runtime: Runtime,
    provider: str,
    subject: str,
    work: Callable[[], T],
    passing: tuple[type[Exception], ...] = (),
) -> T | Exception:
    """What `work` gives, or the error it ended with, which then stands as a trouble.

    What is `passing` goes through, and so do what is `OURS`.
    """
    try:
        return work()
    except OURS + passing:
        raise
    except Exception as error:  # whatever it is, it stands in the list of tasks
        note(runtime, provider, subject, troubles.told(error))
        return error


def ended(runtime: Runtime, provider: str, subject: str) -> None:
    """The trouble is over, if there was one."""
    with runtime.database.unit_of_work() as session:
        troubles.end(session, provider, subject, runtime.clock.now())


def note(runtime: Runtime, provider: str, subject: str, error: str) -> None:
    """Write a trouble down, in a unit of work of its own."""
    with runtime.database.unit_of_work() as session:
        troubles.note(session, provider, subject, error, runtime.clock.now())
