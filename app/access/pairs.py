"""Two officers of a place who confirm one change together, each with a one-time code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.scope import scope_of
from app.access.together import require_two
from app.privacy import Keyring

ROLES = ("maker", "checker", "approver")


def confirm_pair(
    session: Session,
    keyring: Keyring,
    signers: Sequence[tuple[str, str]],
    area: str,
    now: datetime,
    what: Confirmation,
) -> tuple[int, int]:
    """Two (username, code) confirm `what` about a person of this area; gives the officers' ids.

    Raises Refused for one person in both roles, Forbidden for a wrong code or a missing role,
    NotFound where the area is not theirs, Conflict for a code that was used.
    """
    require_two([username for username, _ in signers])
    found = []
    for username, code in signers:
        scope = scope_of(session, username, now, ROLES)
        scope.require(area)
        confirm(session, keyring, scope.officer_id, code, now, what)
        found.append(scope.officer_id)
    return found[0], found[1]
