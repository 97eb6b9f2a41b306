"""What the pages about one person share: finding him, and who acts on what ground."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.access.scope import scope_of
from app.beneficiaries.changes import Actor
from app.beneficiaries.revealing import ROLES
from app.errors import NotFound
from app.web.posting import Act, Done
from app.web.reading import people as reading
from app.web.site import Page

EDITORS = ROLES
"""Who changes what the register says of a person."""
REASON_MAX = 500


def found(page: Page, person_id: int) -> Any:
    """The person, if he lives where this officer looks after people. Raises NotFound."""
    row = reading.one(page.session, person_id)
    if row is None:
        raise NotFound(page.say("people.none"))
    page.officer.require_area(row.area_code)
    return row


def actor(act: Act, ground: str = "reference") -> Actor:
    """Who changes something, and the ground he typed. Raises Faulty without one."""
    act.require(**{ground: "editing.ground_missing"})
    scope = scope_of(act.session, act.officer.username, act.now, ROLES)
    return Actor(scope, act.now, act.get(ground))


def back(act: Act, person_id: int, said: str) -> Done:
    """To the person's file, where it is told what was done."""
    return Done(url_for("register.show", person_id=person_id), act.say(said))
