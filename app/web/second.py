"""A second officer at the same form: his name and his code stand beside the first one's code."""

from __future__ import annotations

from app.access.officers import officer_named
from app.access.together import Signer
from app.errors import NotFound
from app.web.posting import Act, Faulty, Problem

USER, CODE = "user_two", "code_two"


def me(act: Act) -> Signer:
    """The officer who is signed in, with the code he typed. Raises Faulty without one."""
    act.require(code="form.code_missing")
    return Signer(act.officer.officer_id, act.code)


def names_and_codes(act: Act) -> list[tuple[str, str]]:
    """The user names of both officers with their codes. Raises Faulty where one is missing."""
    act.require(code="form.code_missing", user_two="second.user_missing",
                code_two="second.code_missing")  # fmt: skip
    return [(act.officer.username, act.code), (act.get(USER), "".join(act.get(CODE).split()))]


def both(act: Act) -> list[Signer]:
    """The officer who is signed in and the second one. Raises Faulty for a name nobody has."""
    _, (name, code) = names_and_codes(act)
    try:
        return [me(act), Signer(officer_named(act.session, name), code)]
    except NotFound:
        raise Faulty([Problem(USER, act.say("second.unknown"))]) from None


def one_or_both(act: Act) -> list[Signer]:
    """The officer who is signed in, and the second one where he is named."""
    return both(act) if act.get(USER) or act.get(CODE) else [me(act)]
