"""Two officers who sign together on one page: who is signed in, and another beside him."""

from __future__ import annotations

from app.access.officers import officer_named
from app.access.together import Signer
from app.errors import NotFound
from app.web.posting import Act, Faulty, Problem

SECOND, CODE_TWO = "second", "code_two"


def two_signers(act: Act) -> list[Signer]:
    """Who is signed in, with `code`, and the officer named `second`, with `code_two`. Raises Faulty
    for what is left empty and for a name that nobody has."""
    act.require(code="form.code_missing", second="two.missing", code_two="form.code_missing")
    try:
        other = officer_named(act.session, act.get(SECOND))
    except NotFound as error:
        raise Faulty([Problem(SECOND, error.on_page)]) from error
    code = "".join(act.get(CODE_TWO).split())
    return [Signer(act.officer.officer_id, act.code), Signer(other, code)]
