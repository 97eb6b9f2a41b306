"""What a finished demo answers: proofs, figures, files, and one screen for people."""

from __future__ import annotations

import json
import resource
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from app.cli.demo.documents import write_documents
from app.cli.demo.explained import happenings, prove_closed_months, prove_explained
from app.cli.demo.run import Demo
from app.cli.demo.settlement import prove_settlements, settled
from app.cli.words import proof_line
from app.demo.calibration import CREDITED_PERSONS
from app.demo.province import BANK
from app.disbursement.paid import reported_balances
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.tables import instruction
from app.indicators.cashless import compute, count, evidence, evidence_until
from app.indicators.definitions import definition
from app.indicators.rates import Counts, Figure, cut_offs, no_whole_denominator
from app.tasks.answers import PROOFS, keep
from app.units.tables import contract
from ledger.balances import account_balances
from ledger.money import format_number, format_vnd
from ledger.periods import days_of
from ledger.proofs import Proof
from reconciliation.tables import closing, suspense_item


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result as written to result.json, with what the screen needs beside it."""

    result: dict[str, Any]
    proofs: list[Proof]
    figures: list[Figure]
    counts: Counts
    grounds: Mapping[str, tuple[int, int]]
    closings: list[Any]
    notes: list[str]

    @property
    def ok(self) -> bool:
        """Whether every proof holds."""
        return all(proof.ok for proof in self.proofs)


def conclude(demo: Demo, documents: bool = True) -> Outcome:
    """Prove, count, print, and write report.json and result.json."""
    began = perf_counter()
    period = demo.main_period
    as_of = demo.clock.now()
    with demo.runtime.database.view() as session:
        proofs = [*_books(demo, session), *_bank(demo, session), *_closings(demo, session)]
        proofs += _months(demo, session)
        events = happenings(session, demo.periods)
        figures = compute(session, period, as_of)
        until = evidence_until(cut_offs(period), as_of)
        counts = count(session, period, until)
        grounds = evidence(session, period, until)
        numbers = _numbers(session)
        rows = list(session.execute(_by_provider(period)))
    with demo.runtime.database.unit_of_work() as session:
        keep(session, PROOFS, [asdict(one) for one in proofs], as_of)
    _write(demo.out / "report.json", _report(demo, period, figures, counts, grounds))
    files = write_documents(demo, as_of, proofs) if documents else []
    result = {
        "scenario": demo.order.scenario,
        "period": period,
        "people": counts.listed,
        "credited_persons": counts.cashless,
        "cash_persons": counts.paid - counts.cashless,
        "unpaid_persons": counts.listed - counts.paid,
        "rate_by_amount": _rate(figures, "R2"),
        "rate_by_person": _rate(figures, "R1"),
        "proofs": [_proof(one) for one in proofs],
        **numbers,
        "happenings": events,
        "settlements": {period: settled(demo.out, period) for period in demo.periods},
        "files": [str(path.relative_to(demo.out)) for path in files],
        "seconds": round(perf_counter() - demo.began, 1),
        "seconds_by_step": _seconds(demo, perf_counter() - began),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "synthetic": True,
    }
    _write(demo.out / "result.json", result)
    return Outcome(result, proofs, figures, counts, grounds, rows, _notes(demo, counts))


def _books(demo: Demo, session: Any) -> list[Proof]:
    run = demo.runtime
    return prove_everything(session, Evidence(run.anchors, run.keyring, run.inbound))


def _bank(demo: Demo, session: Any) -> list[Proof]:
    """The sandbox's own book: each payment at most once, and the same money as ours."""
    book = demo.bank.control.book()
    executed = book["executed"]
    most = executed["references_max"]
    ours = _held(session)
    theirs = {(one["provider"], one["number"]): one["balance"] for one in book["accounts"]}
    places = {
        (row.provider, row.account): ours.get((row.unit_code, row.programme, row.provider), 0)
        for row in session.execute(select(contract))
    }
    wrong = sorted(str(key) for key, amount in places.items() if theirs.get(key, 0) != amount)
    settled = session.scalar(
        select(func.count()).select_from(instruction).where(
            instruction.c.state.in_(("settled", "returned"))
        )
    )  # fmt: skip
    stated = sum(reported_balances(session, days_of(demo.main_period)[1]).values())
    at_bank = sum(amount for (_, _, provider), amount in ours.items() if provider == BANK)
    return [
        Proof(
            "the bank executed every reference at most once",
            most <= 1 and executed["count"] == settled,
            {"executed": executed["count"], "settled": settled, "most": most},
        ),
        Proof(
            "books = the providers' own books, account by account",
            not wrong,
            {"accounts": len(places), "total": sum(ours.values()), "wrong": wrong[:5]},
        ),
        Proof(
            "books at the bank = closing balance of camt.053",
            stated == at_bank,
            {"books": at_bank, "statements": stated},
        ),
    ]


def _held(session: Any) -> dict[tuple[str, str, str], int]:
    held: dict[tuple[str, str, str], int] = {}
    for one in account_balances(session, kinds=("bank", "advance")):
        key = (one.cell.unit, one.cell.programme, one.cell.provider)
        held[key] = held.get(key, 0) - one.balance
    return held


def _closings(demo: Demo, session: Any) -> list[Proof]:
    found = []
    for period in demo.periods:
        rows = session.execute(select(closing).where(closing.c.period == period)).all()
        difference = sum(
            row.opening + row.funding + row.not_ours_in - row.credited - row.cash_paid
            - row.fees_and_not_ours_out - row.back_to_treasury - row.balance
            for row in rows
        )  # fmt: skip
        figures = {"period": period, "cells": len(rows), "difference": difference}
        ok = bool(rows) and difference == 0
        found.append(Proof("month closed, every difference 0", ok, figures))
    return found


def _months(demo: Demo, session: Any) -> list[Proof]:
    """The settlement days, the closed months as they were closed, and what is left explained."""
    return [
        prove_settlements(demo.out, demo.periods),
        prove_closed_months(session, demo.periods),
        prove_explained(session),
    ]


def _numbers(session: Any) -> dict[str, int]:
    counted = select(instruction.c.state, func.count()).group_by(instruction.c.state)
    states = {row[0]: row[1] for row in session.execute(counted)}
    again = session.scalar(
        select(func.count()).select_from(instruction).where(instruction.c.attempt > 1)
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
    parked = session.scalar(
        select(func.count()).select_from(suspense_item).where(suspense_item.c.resolved_at.is_(None))
    )
    return {
        "instructions": sum(states.values()),
        "executed_more_than_once": twice,
        "rejected": states.get("rejected", 0),
        "returned": states.get("returned", 0),
        "reissued": again,
        "in_suspense": parked,
    }


def _by_provider(period: str) -> Any:
    columns = ("funding", "opening", "credited", "cash_paid", "suspense", "unspent", "balance")
    return (
        select(
            closing.c.provider,
            func.count().label("cells"),
            *(func.sum(closing.c[name]).label(name) for name in columns),
        )
        .where(closing.c.period == period)
        .group_by(closing.c.provider)
        .order_by(closing.c.provider)
    )


def _report(
    demo: Demo,
    period: str,
    figures: list[Figure],
    counts: Counts,
    grounds: Mapping[str, tuple[int, int]],
) -> dict[str, Any]:
    return {
        "scenario": demo.order.scenario,
        "period": period,
        "people": counts.listed,
        "credited_persons": counts.cashless,
        "mixed_persons": counts.mixed,
        "paid_persons": counts.paid,
        "credited": counts.credited,
        "cash": counts.cash,
        "figures": [one.as_json() for one in figures],
        "evidence": {kind: {"lines": n, "amount": vnd} for kind, (n, vnd) in grounds.items()},
        "synthetic": True,
    }


def _rate(figures: list[Figure], code: str) -> dict[str, Any]:
    one = next(figure for figure in figures if figure.code == code)
    return {"n": one.n, "d": one.d, "percent": one.percent}


def _proof(one: Proof) -> dict[str, Any]:
    return {"name": one.name, "ok": one.ok, "figures": one.figures}


def _seconds(demo: Demo, conclusion: float) -> dict[str, float]:
    steps = {name: round(wall, 2) for name, (wall, _) in demo.costs.items()}
    return {**steps, "proofs and documents": round(conclusion, 2)}


def _write(path: Path, value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"
    path.write_text(text, encoding="utf-8")


def _notes(demo: Demo, counts: Counts) -> list[str]:
    """What must be said beside the calibrated scenario, so that nobody reads too much into it."""
    if not demo.scenario.is_calibrated:
        return []
    proof = no_whole_denominator(CREDITED_PERSONS, "80.75")
    paid = format_vnd(counts.credited + counts.cash)
    return [
        "Kịch bản này dựng lại MỘT cách đọc số liệu Cao Bằng công bố ngày 14/5/2025 (1.017 người"
        " nhận qua tài khoản; 80,75 %; hơn 3,32 tỷ đồng): tỷ lệ theo SỐ TIỀN trong một tháng.",
        f"Bản công bố không nói “theo số tiền” hay “trong một tháng”. {proof.in_words}"
        if proof
        else "",
        "Cách đọc khác: 3,32 tỷ đồng là số lũy kế, hoặc tỷ lệ tính trên một nhóm đối tượng.",
        f"Cân chỉnh là dữ liệu đầu vào ({paid}); các chứng minh mới là kết quả. Địa bàn là 56 xã"
        " từ 1/7/2025, đặt lên tháng 5/2025 khi còn cấp huyện.",
    ]


def screen(outcome: Outcome) -> str:
    """One screen for people: the rates, the providers, the proofs, the files."""
    result = outcome.result
    return "\n".join(
        (
            "",
            f"AN SINH – tháng {result['period']}, kịch bản {result['scenario']}"
            "   [DỮ LIỆU GIẢ LẬP – synthetic]",
            "",
            *_rates(outcome),
            "",
            *_people(outcome),
            "",
            *_providers(outcome),
            "",
            *(proof_line(one) for one in outcome.proofs),
            *([""] if outcome.notes else []),
            *outcome.notes,
            "",
            f"{len(result['files'])} tệp trong thư mục kết quả; {result['seconds']} giây,"
            f" bộ nhớ cao nhất {result['peak_memory_mb']} MB.",
        )
    )


def _rates(outcome: Outcome) -> list[str]:
    return [
        f"  {one.code:<4}{(one.percent or '–').replace('.', ','):>7} %"
        f"{format_number(one.n):>16} / {format_number(one.d):<16} {definition(one.code).name.vi}"
        for one in outcome.figures
    ]


GROUNDS = {
    "booked": "ngân hàng ghi sổ",
    "paid": "danh sách đã chuyển khoản",
    "paid_cash": "danh sách đã ký nhận tiền mặt",
    "status": "thông báo trạng thái",
    "lump": "ngân hàng ghi nợ cả lô, đã báo có",
}


def _people(outcome: Outcome) -> list[str]:
    result, counts = outcome.result, outcome.counts
    grounds = ", ".join(
        f"{GROUNDS[kind]} {format_number(lines)} dòng"
        for kind, (lines, _) in outcome.grounds.items()
    )
    return [
        f"  Chứng cứ của tiền đã trả: {grounds}.",
        f"  {counts.listed} người trong danh sách: {counts.cashless} qua tài khoản,"
        f" {result['cash_persons']} tiền mặt, {result['unpaid_persons']} chưa nhận.",
        f"  {result['instructions']} lệnh chi: {result['rejected']} bị từ chối hoặc chưa lĩnh,"
        f" {result['returned']} bị trả lại, {result['reissued']} chi lại,"
        f" {result['executed_more_than_once']} chi trùng,"
        f" {result['in_suspense']} khoản chờ làm rõ.",
        f"  {_happened(result['happenings'])}.",
    ]


def _happened(counts: Mapping[str, int]) -> str:
    """What happened over all months, in one sentence."""
    words = {
        "late_returns": "lần tiền về sau khi khoá tháng",
        "deaths": "người mất",
        "moves": "người chuyển đi",
        "carried_over": "khoản chuyển kỳ sau",
        "arrears": "khoản có truy lĩnh",
    }
    return "Cả kỳ: " + ", ".join(f"{counts[key]} {told}" for key, told in words.items())


def _providers(outcome: Outcome) -> list[str]:
    heads = ("đầu kỳ", "cấp trong kỳ", "qua tài khoản", "tiền mặt", "chờ rõ", "còn lại")
    lines = [f"  {'':<12}" + "".join(f"{head:>17}" for head in heads) + "  chênh lệch"]
    for row in outcome.closings:
        values = (row.opening, row.funding, row.credited, row.cash_paid, row.suspense, row.balance)
        shown = "".join(f"{format_number(int(value)):>17}" for value in values)
        lines.append(f"  {row.provider:<12}{shown}  {0:>10}")
    return lines
