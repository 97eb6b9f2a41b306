"""What officers confirmed about roles, factors and tokens, recomputed from what stands there.

Rows that somebody wrote by hand, though no rule of the database refused them, are found here: the
two who are said to have granted have confirmed no such thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import identities
from app.access.ending import end_digest
from app.access.factor_tables import factor, token, token_file
from app.access.factors import factor_digest
from app.access.granting import Terms, grant_digest
from app.access.identity_tables import officer_identity
from app.access.link_tables import enrolment_link, enrolment_link_use
from app.access.links import GIVE, USE, link_digest, use_digest
from app.access.role_tables import DELEGATED, role_end, role_grant
from app.access.sign_in_tables import web_session
from app.access.signing_in import STEP, sign_in_digest
from app.access.switching import step_of, switch_digest
from app.access.tables import act, joint_act, officer_switch
from app.access.tokens import token_digest

Wanted = dict[tuple[int, int, str], str]
"""(act, officer, step), and the digest that act must carry."""


def access_acts(session: Session) -> Wanted:
    """Every act behind grants, loans and ends of roles, accounts switched off and on, subjects
    linked, new factors and files of tokens."""
    joint = {row.id: row for row in session.execute(select(joint_act))}
    wanted: Wanted = {}
    for number, step, digest in (
        *_grants(session),
        *_factors(session),
        *_switches(session),
        *_links(session),
        *_identities(session),
    ):
        wanted |= _both(joint[number], step, digest)
    for row in session.execute(select(role_end)):
        digest = end_digest(row.grant_id, row.reason)
        if row.joint_id is not None:
            wanted |= _both(joint[row.joint_id], "end_role", digest)
    return {**wanted, **_single(session)}


def _both(row: Any, step: str, digest: str) -> Wanted:
    signed = ((row.act_one, row.officer_one), (row.act_two, row.officer_two))
    return {(number, who, step): digest for number, who in signed}


def _grants(session: Session) -> Iterator[tuple[int, str, str]]:
    """(joint act, step, digest) of every grant but the founding ones."""
    c = role_grant.c
    for row in session.execute(select(role_grant).where(c.joint_id.is_not(None))):
        terms = Terms(row.role, row.unit_code, row.valid_from, row.valid_until, row.department,
                      row.kind)  # fmt: skip
        step = "lend" if row.kind == DELEGATED else "grant"
        yield row.joint_id, step, grant_digest(row.officer_id, terms, row.lent_id, row.cap)


def _factors(session: Session) -> Iterator[tuple[int, str, str]]:
    query = select(factor, token.c.serial).outerjoin(token, token.c.id == factor.c.token_id)
    for row in session.execute(query):
        if row.token_id is None:
            yield row.joint_id, "re_enrol", factor_digest(row.officer_id, row.reason, row.seed)
        else:
            yield row.joint_id, "assign_token", token_digest(row.officer_id, row.serial)


def _switches(session: Session) -> Iterator[tuple[int, str, str]]:
    for row in session.execute(select(officer_switch)):
        digest = switch_digest(row.officer_id, row.number, row.kind, row.reason)
        yield row.joint_id, step_of(row.kind), digest


def _links(session: Session) -> Iterator[tuple[int, str, str]]:
    given = select(enrolment_link).where(enrolment_link.c.joint_id.is_not(None))
    for row in session.execute(given):
        yield row.joint_id, GIVE, link_digest(row.officer_id, row.digest, row.valid_until)


def _identities(session: Session) -> Iterator[tuple[int, str, str]]:
    for row in session.execute(select(officer_identity)):
        digest = identities.identity_digest(row.officer_id, row.number, row.subject_key, row.reason)
        yield row.joint_id, identities.step_of(row.subject_key), digest


def _single(session: Session) -> Wanted:
    ended = select(role_end, act.c.officer_id).join(act, act.c.id == role_end.c.act_id)
    signed_in = select(web_session).where(web_session.c.act_id.is_not(None))
    used = select(enrolment_link_use, enrolment_link.c.officer_id).join(enrolment_link)
    files = select(token_file, act.c.officer_id).join(act, act.c.id == token_file.c.act_id)
    return {
        **{
            (row.act_id, row.officer_id, "end_role"): end_digest(row.grant_id, row.reason)
            for row in session.execute(ended)
        },
        **{
            (row.act_id, row.officer_id, "import_tokens"): row.sha256
            for row in session.execute(files)
        },
        **{
            (row.act_id, row.officer_id, USE): use_digest(row.officer_id, row.link_id)
            for row in session.execute(used)
        },
        **{
            (row.act_id, row.officer_id, STEP): sign_in_digest(row.officer_id, row.id_digest)
            for row in session.execute(signed_in)
        },
    }
