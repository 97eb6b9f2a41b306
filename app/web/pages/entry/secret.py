"""New passwords and recovery codes, as several pages make them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from app.access.passwords import hash_of, require_sound, set_password
from app.access.recovery import COUNT, LENGTH, SIGNS, code_of
from app.access.signing_in import Browser
from app.audit.trail import record
from app.errors import InputError
from app.signing.visits import bucket_of
from app.web import catalogue
from app.web.posting import Faulty, Problem
from app.web.site import asked_language

NEW, AGAIN = "password_new", "password_again"
BROWSER_SAYS_MAX = 200


def new_hash(values: Mapping[str, str], username: str, name: str) -> str:
    """The hash of the password that was typed twice; takes a while, so outside of transactions.

    Raises Faulty where it is weak, or typed differently the second time.
    """
    try:
        require_sound(values.get(NEW, ""), username, name)
    except InputError as error:
        raise Faulty([Problem(NEW, str(error))]) from error
    if values.get(AGAIN, "") != values[NEW]:
        raise Faulty([Problem(AGAIN, catalogue.say(asked_language(), "secret.differs"))])
    return hash_of(values[NEW])


def keep(session: Session, officer_id: int, kept: str, now: datetime) -> None:
    """Make a hash the officer's password, and say so in the trail."""
    set_password(session, officer_id, kept, now)
    record(session, now, str(officer_id), "access:password:set", f"officer:{officer_id}")


def ten_codes() -> list[str]:
    """Ten new recovery codes, to be shown once."""
    return [code_of([secrets.randbelow(len(SIGNS)) for _ in range(LENGTH)]) for _ in range(COUNT)]


def browser() -> Browser:
    """Where this request comes from."""
    address = request.remote_addr or ""
    return Browser(request.user_agent.string[:BROWSER_SAYS_MAX], address, bucket_of(address))
