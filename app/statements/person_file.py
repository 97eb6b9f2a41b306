"""Everything the register holds about one person, as plain values for a screen or a file.

Numbers are masked and a group has its neutral name. Nothing here decrypts.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import (
    decision,
    destination_check,
    destination_order,
    disability,
    household,
    household_poverty,
    payee,
)
from app.beneficiaries.history_tables import citizen_change, field_source, person_change
from app.beneficiaries.masks import masked_account, masked_citizen
from app.beneficiaries.still_cash import REASONS
from app.beneficiaries.tables import destination, enrolment, enrolment_change, person
from app.benefits.groups import public_name
from app.errors import NotFound
from app.reference.areas import commune
from app.reference.money_providers import keeper_name
from app.statements.person_statement import person_code

FIELDS = ("name", "birth", "sex", "ethnicity", "citizen_id", "phone", "phone_owner", "vneid_level",
          "hamlet", "household", "account")  # fmt: skip
"""What a source is told of, field by field."""


def person_file(session: Session, person_id: int) -> dict[str, Any]:
    """Identity, household, disability, lines, payee, destinations, sources and history.

    Raises NotFound for an unknown person, and for one who was merged, with the number to ask for.
    """
    who = session.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if who is None:
        raise NotFound(
            f"Không có người hưởng số {person_id}.", "Tìm bằng `ansinh register search`."
        )
    if who.merged_into_id is not None:
        raise NotFound(
            f"Người hưởng số {person_id} đã gộp vào số {who.merged_into_id}.",
            f"Xem người hưởng {person_code(who.merged_into_id)}.",
        )
    return {
        "person": person_code(who.id),
        "area_code": who.area_code,
        "identity": _identity(who),
        "household": _household(session, who),
        "disability": _disability(session, who.id),
        "enrolments": _enrolments(session, who.id),
        "payee": _payee(session, who.id),
        "destinations": _destinations(session, who),
        "sources": _sources(session, who),
        "history": _history(session, who.id),
    }


def _identity(who: Row[Any]) -> dict[str, Any]:
    area = commune(who.area_code)
    return {
        "name": who.name,
        "birth": who.birth,
        "birth_precision": "day" if len(who.birth) == len("1950-01-01") else "year",
        "sex": who.sex,
        "ethnicity": who.ethnicity,
        "area": area.name if area else who.area_code,
        "hamlet": who.hamlet,
        "citizen_id": masked_citizen(who.citizen_tail),
        "phone": f"*******{who.phone_tail}" if who.phone_tail else "",
        "phone_owner": who.phone_owner,
        "vneid_level": who.vneid_level,
        "still_cash": REASONS.get(who.still_cash, ""),
        "died_on": _day(who.died_on),
        "erased_at": _day(who.erased_at),
    }


def _household(session: Session, who: Row[Any]) -> dict[str, Any] | None:
    if who.household_id is None:
        return None
    home = session.execute(select(household).where(household.c.id == who.household_id)).one()
    levels = session.execute(
        select(household_poverty)
        .where(household_poverty.c.household_id == home.id)
        .order_by(household_poverty.c.from_period, household_poverty.c.id)
    )
    return {
        "number": home.number,
        "is_head": bool(who.is_head),
        "poverty": [
            {"from": row.from_period, "level": row.level, "decision": row.decision_number,
             "decided_on": _day(row.decided_on)}
            for row in levels
        ],
    }  # fmt: skip


def _disability(session: Session, person_id: int) -> list[dict[str, Any]]:
    rows = session.execute(
        select(disability).where(disability.c.person_id == person_id).order_by(disability.c.id)
    )
    return [
        {"kind": row.kind, "degree": row.degree, "certificate": row.certificate,
         "certified_on": _day(row.certified_on)}
        for row in rows
    ]  # fmt: skip


def _enrolments(session: Session, person_id: int) -> list[dict[str, Any]]:
    """Each line with the decision behind it; signer and document where the decision is known."""
    paper = and_(
        decision.c.area_code == enrolment.c.area_code,
        decision.c.number == enrolment.c.decision_number,
        decision.c.decided_on == enrolment.c.decision_on,
    )
    rows = session.execute(
        select(enrolment, decision.c.signer, decision.c.signer_title, decision.c.document_name)
        .outerjoin(decision, paper)
        .where(enrolment.c.person_id == person_id)
        .order_by(enrolment.c.start_period, enrolment.c.id)
    )
    return [
        {
            "programme": row.programme,
            "group": public_name(row.group_code),
            "start": row.start_period,
            "stop": row.stop_period or "",
            "stop_cause": row.stop_cause,
            "decision": row.decision_number,
            "decided_on": _day(row.decision_on),
            "signer": row.signer or "",
            "signer_title": row.signer_title or "",
            "document": row.document_name or "",
        }
        for row in rows
    ]


def _payee(session: Session, person_id: int) -> dict[str, Any] | None:
    row = session.execute(
        select(payee)
        .where(payee.c.person_id == person_id)
        .order_by(payee.c.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.kind == "self":
        return None
    return {
        "kind": row.kind,
        "name": row.name,
        "citizen_id": masked_citizen(row.citizen_tail) if row.citizen_tail else "",
        "relation": row.relation,
        "document": row.document,
        "signed_on": _day(row.signed_on),
        "valid_until": _day(row.valid_until),
    }


def _destinations(session: Session, who: Row[Any]) -> list[dict[str, Any]]:
    """In their order of use; without an order the one in force."""
    ordered = session.execute(
        select(destination_order)
        .where(destination_order.c.person_id == who.id)
        .order_by(destination_order.c.version.desc(), destination_order.c.rank)
    ).all()
    ids = [one.destination_id for one in ordered if one.version == ordered[0].version]
    ids = ids or ([who.destination_id] if who.destination_id else [])
    found = {
        row.id: row for row in session.execute(select(destination).where(destination.c.id.in_(ids)))
    }
    checks = session.execute(
        select(destination_check)
        .where(destination_check.c.destination_id.in_(ids))
        .order_by(destination_check.c.id)
    )
    verified = {row.destination_id: row for row in checks}
    return [_destination(found[one], verified.get(one)) for one in ids]


def _destination(row: Row[Any], check: Row[Any] | None) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "bank": keeper_name(row.bank_bin),
        "account": masked_account(row.account_tail),
        "holder": row.holder,
        "since": _day(row.recorded_at),
        "verified": check.result if check else "",
        "verified_on": _day(check.checked_at) if check else "",
    }


def _sources(session: Session, who: Row[Any]) -> dict[str, dict[str, str]]:
    """Who vouches for each field; what nobody confirmed since is as the commune's list gave it."""
    rows = session.execute(select(field_source).where(field_source.c.person_id == who.id))
    known = {
        row.field: {"source": row.source, "on": _day(row.confirmed_at), "reference": row.reference}
        for row in rows
    }
    account = {"account": {"source": _account_source(session, who)}}
    return {field: {"source": "import"} for field in FIELDS} | account | known


# A return is the bank's word; an order or a repair an officer's.
_TOLD_BY = {"import": "import", "bank-answer": "bank", "follow-up": "bank"}


def _account_source(session: Session, who: Row[Any]) -> str:
    """Who told where the money goes: the version of the destination that is in use says it."""
    told = session.scalar(
        select(destination.c.source).where(destination.c.id == who.destination_id)
    )
    kind = (told or "import").partition(":")[0]
    return _TOLD_BY.get(kind, "officer")


def _history(session: Session, person_id: int) -> list[dict[str, Any]]:
    """What changed, the oldest first: fields, IDs, lines."""
    fields = select(person_change).where(person_change.c.person_id == person_id)
    ids = select(citizen_change).where(citizen_change.c.person_id == person_id)
    lines = (
        select(enrolment_change)
        .join(enrolment, enrolment.c.id == enrolment_change.c.enrolment_id)
        .where(enrolment.c.person_id == person_id)
    )
    told = [
        *(_change(row, row.field, row.old, row.new, row.source) for row in session.execute(fields)),
        *(
            _change(row, "citizen_id", masked_citizen(row.old_tail), masked_citizen(row.new_tail),
                    f"{row.reason}: {row.document}")
            for row in session.execute(ids)
        ),
        *(
            _change(row, row.field, row.old, row.new, f"list {row.period}")
            for row in session.execute(lines)
        ),
    ]  # fmt: skip
    return sorted(told, key=lambda one: (one["at"], one["field"]))


def _change(row: Row[Any], field: str, old: str, new: str, source: str) -> dict[str, Any]:
    return {"at": row.recorded_at.isoformat(), "field": field, "old": old, "new": new,
            "source": source, "by": getattr(row, "recorded_by", "")}  # fmt: skip


def _day(value: Any) -> str:
    return "" if value is None else value.isoformat()[:10]
