"""Proofs of cash as documents: which there are in a month, and each with who issues it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.errors import InputError, NotFound, Refused
from app.printing.documents.cash_figures import CashFigures
from app.printing.documents.proof_of_cash import ProofOfCash, render_proof_of_cash
from app.printing.values import DocumentError, Letterhead, Signature, month
from app.statements.cash_lines import Place
from app.statements.cash_proof import compute
from app.statements.letterheads import letterhead
from app.statements.signing import paper_code
from app.units.tables import contract, fund, paying_unit, programme, provider
from ledger.chain import Head, head
from ledger.periods import days_of

PREPARED, CHECKED, BY_HAND = "Người lập", "Người kiểm tra", "Ký, ghi rõ họ tên"


@dataclass(frozen=True, slots=True)
class Signers:
    """Usernames of who prepared and who checked; empty leaves the name to a pen."""

    prepared_by: str = ""
    checked_by: str = ""


def places(session: Session, provider_code: str = "", programme_code: str = "") -> list[Place]:
    """Every provider and programme with a contract, or those asked for; NotFound when none."""
    query = (
        select(contract.c.provider, contract.c.programme, provider.c.holds_advance)
        .join(provider, provider.c.code == contract.c.provider)
        .distinct()
    )
    if provider_code:
        query = query.where(contract.c.provider == provider_code)
    if programme_code:
        query = query.where(contract.c.programme == programme_code)
    found = [Place(row[0], row[1], bool(row[2])) for row in session.execute(query)]
    if not found:
        raise NotFound(
            "Không có hợp đồng nào với tổ chức chi trả và chương trình này.",
            "Kiểm tra --provider và --programme.",
        )
    return sorted(found, key=lambda one: (one.provider, one.programme))


def write_proof_of_cash(
    session: Session,
    place: Place,
    period: str,
    out: BinaryIO,
    *,
    issued_on: date,
    synthetic: bool,
    signers: Signers | None = None,
) -> ProofOfCash:
    """Write the proof of a month as PDF and give it back; a difference is printed, not hidden.

    Raises InputError when the period is no calendar month, NotFound for an unknown officer,
    Refused for a month that is not over.
    """
    try:
        month(period)
    except DocumentError as error:
        raise InputError(f"{period!r} không phải là tháng.", "Viết như 2026-10.") from error
    if (last_day := days_of(period)[1]) > issued_on:
        raise Refused(
            f"Tháng {period} chưa hết, chưa đối chiếu được.",
            f"Chạy lại từ ngày {last_day:%d/%m/%Y}, khi có sao kê của tháng.",
        )
    signatures = _signatures(session, signers or Signers())
    figures, last = compute(session, place, period), head(session)
    names = session.execute(
        select(provider.c.name, programme.c.name, fund.c.name)
        .select_from(programme)
        .join(fund, fund.c.code == programme.c.fund)
        .join(provider, provider.c.code == place.provider)
        .where(programme.c.code == place.programme)
    ).one()
    proof = ProofOfCash(
        letterhead=_issuer(session, place, issued_on),
        provider=names[0],
        programme=names[1],
        fund=names[2],
        period=period,
        figures=figures,
        head_position=last.position,
        head_link=last.link,
        digest=paper_code(_digest(place, period, figures, last)),
        synthetic=synthetic,
        signatures=signatures,
    )
    render_proof_of_cash(proof, out)
    return proof


def _issuer(session: Session, place: Place, issued_on: date) -> Letterhead:
    """The only paying unit, or the department when there are several, or else the first."""
    rows: Sequence[Any] = session.execute(
        select(paying_unit.c.name, paying_unit.c.area_code, paying_unit.c.kind)
        .join(contract, contract.c.unit_code == paying_unit.c.code)
        .where(contract.c.provider == place.provider, contract.c.programme == place.programme)
        .order_by(paying_unit.c.sort_key, paying_unit.c.code)
    ).all()
    if len({row.name for row in rows}) > 1:
        of_province = select(paying_unit.c.name, paying_unit.c.area_code).where(
            paying_unit.c.kind == "department"
        )
        rows = session.execute(of_province.order_by(paying_unit.c.code)).all() or rows
    return letterhead(rows[0].name, rows[0].area_code, issued_on)


def _signatures(session: Session, signers: Signers) -> tuple[Signature, ...]:
    """Two persons: who prepared it and who checked it."""
    if signers.prepared_by and signers.prepared_by == signers.checked_by:
        raise InputError("Một người không tự kiểm tra bản mình lập.", "Ghi hai người khác nhau.")
    return (
        Signature(PREPARED, BY_HAND, _name(session, signers.prepared_by)),
        Signature(CHECKED, BY_HAND, _name(session, signers.checked_by)),
    )


def _name(session: Session, username: str) -> str:
    if not username:
        return ""
    name = session.scalar(select(officer.c.name).where(officer.c.username == username))
    if name is None:
        raise NotFound(f"Không có cán bộ {username!r}.", "Ghi tên đăng nhập của cán bộ.")
    return str(name)


def _digest(place: Place, period: str, figures: CashFigures, last: Head) -> str:
    """SHA-256 over every figure and the head of the chain: binds the paper to both."""
    told = (asdict(place), period, asdict(figures), last.position, last.link)
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
