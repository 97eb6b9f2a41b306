"""What a person wishes of messages, kept by an officer on a ground that he names."""

from __future__ import annotations

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.changes import Actor, note, person_in
from app.messaging.wishes import set_wish, wishes

_SAID = {False: "không", True: "có"}


def keep_wish(session: Session, actor: Actor, person_id: int, wish: str, is_on: bool) -> bool:
    """Keep that a person wishes so, or no more; False when it is so already.

    `wish` is one of `app.messaging.wishes.WISHES`. Raises NotFound, Refused as `person_in`.
    """
    person_in(session, actor.scope, person_id)
    before = bool(session.scalar(select(wishes(literal(person_id), wish))))
    if before == is_on:
        return False
    set_wish(session, [person_id], wish, is_on, actor.scope.username, actor.now)
    note(session, actor, person_id, wish, _SAID[before], _SAID[is_on])
    return True
