"""The proofs of the whole house: the books' own, and the books against the instructions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.audit.chain import prove_trail
from app.channels.opening import adapters_that_read
from app.config import Settings
from app.disbursement.acts import prove_acts
from app.disbursement.approved import short_of_persons, unlike_their_lines
from app.disbursement.digests import rebuilt
from app.disbursement.evidence import CREDITED
from app.disbursement.expected import in_lump
from app.disbursement.money import purses
from app.disbursement.originals import prove_originals
from app.disbursement.paid import open_instructions
from app.disbursement.tables import batch, instruction, outcome
from app.payroll.approval_tables import payroll_undo
from app.payroll.digest import changed
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import payroll
from app.privacy import Keyring
from bank_adapters.contract import BankAdapter
from ledger import proof as books
from ledger.anchors import Anchor, AnchorFile
from ledger.errors import AnchorError
from ledger.items import open_items
from ledger.proofs import Proof
from ledger.schema import whole_sum
from reconciliation.matching import unjudged
from reconciliation.tables import bank_line, bank_report, inbound_file
from reconciliation.years import prove_years


@dataclass(frozen=True, slots=True)
class Evidence:
    """What lies outside the database and proves it: the signed anchors, the keys, the raw bytes
    of received files, and, to read those again, the adapters by provider."""

    anchors: AnchorFile | None = None
    keyring: Keyring | None = None
    inbound: Path | None = None
    adapters: Mapping[str, BankAdapter] | None = None


def prove_everything(
    session: Session, evidence: Evidence | None = None, *, fast: bool = False
) -> list[Proof]:
    """Every proof, the books' first; reads only. Without `evidence` what lies outside the
    database is left out; `fast` proves the books without reading every posting."""
    outside = evidence or Evidence()
    return [
        *_prove_anchored(session, outside.anchors, fast),
        *([] if fast else [prove_years(session)]),
        prove_open_instructions(session),
        prove_outcomes(session),
        prove_lumps(session),
        prove_approvals(session),
        prove_batches(session),
        prove_acts(session, outside.keyring),
        prove_bank_lines(session),
        *(
            [prove_originals(session, outside.inbound, outside.adapters)]
            if outside.inbound is not None
            else []
        ),
    ]


def prove_house(
    session: Session,
    anchors: AnchorFile,
    home: Path,
    keyring: Keyring | None,
    settings: Settings,
    *,
    fast: bool = False,
) -> list[Proof]:
    """Every proof with what lies beside the database; see `Evidence`. Files in envelopes are read
    where `settings` say where the keys for banks lie."""
    adapters = adapters_that_read(session, settings)
    evidence = Evidence(anchors, keyring, home / "inbound", adapters)
    return prove_everything(session, evidence, fast=fast)


def _prove_anchored(session: Session, anchors: AnchorFile | None, fast: bool) -> list[Proof]:
    """The books' own proofs, and that of the trail; anchors that nobody can read prove nothing,
    and that one fails."""
    lines: list[Anchor] = []
    key, unreadable = None, ""
    if anchors:
        try:
            lines, key = anchors.read(), anchors.public_key
        except (AnchorError, UnicodeDecodeError) as error:
            unreadable = str(error)
    proofs = [*books.verify(session, lines, key, fast=fast), prove_trail(session, lines)]
    if not unreadable:
        return proofs
    failed = Proof("anchors", False, {"unreadable": unreadable})
    return [failed if one.name == failed.name else one for one in proofs]


def prove_open_instructions(session: Session) -> Proof:
    """Commitment = instructions not sent, in transit = instructions on their way, per cell."""
    wanted = open_instructions(session)
    money = purses(session)
    wrong = []
    for cell in wanted.keys() | money.keys():
        before, away = wanted.get(cell, (0, 0))
        purse = money.get(cell)
        held = (purse.commitment, purse.in_transit) if purse else (0, 0)
        if held != (before, away):
            wrong.append(f"{cell.unit}/{cell.programme}/{cell.provider}")
    figures = {
        "commitment": sum(one.commitment for one in money.values()),
        "in_transit": sum(one.in_transit for one in money.values()),
        "cells": len(money),
        "wrong": sorted(wrong)[:5],
    }
    return Proof("commitment and in transit = open instructions", not wrong, figures)


_ENDED = ("settled", "rejected", "returned", "not_received", "recalled")


def prove_outcomes(session: Session) -> Proof:
    """Every settled or failed instruction has its evidence, and no obligation is paid twice."""
    on_its_word = and_(instruction.c.state == "settled", outcome.c.state == CREDITED)
    evidence = select(outcome.c.id).where(
        outcome.c.instruction_id == instruction.c.id,
        outcome.c.undone_by == 0,
        or_(outcome.c.state == instruction.c.state, on_its_word),
    )
    bare = session.scalar(
        select(func.count())
        .select_from(instruction)
        .where(instruction.c.state.in_(_ENDED), ~evidence.exists())
    )
    twice = session.scalar(
        select(func.count()).select_from(
            select(instruction.c.obligation_id)
            .where(instruction.c.state == "settled")
            .group_by(instruction.c.obligation_id)
            .having(func.count() > 1)
            .subquery()
        )
    )
    settled = session.scalar(
        select(func.count()).select_from(instruction).where(instruction.c.state == "settled")
    )
    figures = {"settled": settled, "without_evidence": bare, "paid_twice": twice}
    return Proof(
        "each outcome has evidence, nothing is paid twice", not bare and not twice, figures
    )


def prove_lumps(session: Session) -> Proof:
    """What stands of each batch that was debited as one sum is what of it is neither settled nor
    come back."""
    settled = select(outcome.c.id).where(
        outcome.c.instruction_id == instruction.c.id, outcome.c.state == "settled",
        outcome.c.undone_by == 0,
    )  # fmt: skip
    waiting = session.execute(
        select(instruction.c.batch_id, whole_sum(instruction.c.amount))
        .where(in_lump(), ~settled.exists())
        .group_by(instruction.c.batch_id)
    )
    wanted = {row[0]: int(row[1]) for row in waiting}
    held = {item: -balance for item, balance in open_items(session, "unallocated").items()}
    wrong = sorted(one for one in wanted.keys() | held.keys() if wanted.get(one) != held.get(one))
    figures = {"batches": len(held), "total": sum(held.values()), "wrong": wrong[:5]}
    return Proof("debited as one sum = payments not confirmed yet", not wrong, figures)


def prove_approvals(session: Session) -> Proof:
    """The lines of every approved payroll are still those whose digest was confirmed."""
    stands = payroll.c.state.in_((APPROVED, CLOSED))
    undone = payroll.c.id.in_(select(payroll_undo.c.payroll_id))
    rows = session.execute(select(payroll.c.id, payroll.c.digest).where(or_(stands, undone))).all()
    other = changed(session, {row.id: row.digest for row in rows})
    few = list(session.scalars(short_of_persons().where(or_(stands, undone))))
    figures: dict[str, Any] = {"payrolls": len(rows), "changed": other[:5], "few": few[:5]}
    return Proof("lines = what was approved", not other and not few, figures)


def prove_batches(session: Session) -> Proof:
    """The instructions of every batch are still those that were built, and the approved lines."""
    rows = session.execute(select(batch.c.id, batch.c.lines_digest)).all()
    changed_since = rebuilt(session, {row.id: row.lines_digest for row in rows})
    other = list(session.scalars(unlike_their_lines()))
    figures = {"batches": len(rows), "changed": changed_since[:5], "not_as_approved": other[:5]}
    return Proof("instructions = what was built", not changed_since and not other, figures)


def prove_bank_lines(session: Session) -> Proof:
    """Every bank line came in a file: as many lines as its reports brought, each judged once."""
    brought = {
        row[0]: row[1]
        for row in session.execute(
            select(bank_report.c.file_id, whole_sum(bank_report.c.lines - bank_report.c.repeated))
            .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
            .where(inbound_file.c.state != "quarantined")  # its figures are kept, not its lines
            .group_by(bank_report.c.file_id)
        )
    }  # fmt: skip
    held = {
        row[0]: row[1]
        for row in session.execute(
            select(bank_line.c.file_id, func.count()).group_by(bank_line.c.file_id)
        )
    }
    wrong = sorted(
        number
        for number in brought.keys() | held.keys()
        if brought.get(number, 0) != held.get(number, 0)
    )
    left = unjudged(session)
    figures = {"files": len(brought), "lines": sum(held.values()), "wrong": wrong[:5], "left": left}
    return Proof("bank lines = files received, each judged once", not wrong and not left, figures)
