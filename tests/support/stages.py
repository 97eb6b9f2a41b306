"""Stages of the tiny province that need more than its own acts (see `tests/factories.py`)."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert

from app import schema
from app.access.together import Signer
from app.audit.chain import seal_trail
from app.complaints.moving import WORDS, bound_to
from app.complaints.opening import EVIDENCE, evidence_bound_to
from app.complaints.tables import complaint, complaint_step
from app.disbursement.clearing import sign_comparison
from app.disbursement.comparison import compare
from app.disbursement.holds import GLOBAL, RESTORED, set_hold
from app.disbursement.journal import Handed, Journal
from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.restored import Taken, recover
from app.disbursement.settling.tables import LIST_FIGURES, MONEY_FIGURES
from app.events.tables import life_event, life_event_decision
from app.messaging.tables import message
from app.payroll.hours import Hours, set_hours
from app.payroll.limits import Limit, set_limit
from app.statements.trace import trace
from bank_adapters.contract import LineKind, ReportKind
from ledger.bulk import insert_one
from ledger.schema import metadata
from reconciliation import closing
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
    september_sent,
)
from tests.support.calling import called
from tests.support.channels import PROVEN, carried_by_hand, set_up_channel, settings_of
from tests.support.rows import about_people, by_hand, documents, sampled, scheduled, to_account
from tests.support.ways_back import send_back, take_off, undo_by_two


def september_closed(house: House) -> None:
    """A month with a row in every table of it that is written once."""
    september_sent(house)
    account = house.account(BANK)
    sent = [house.reference(number, SEPTEMBER) for number in (1, 2, 3)]
    debits = [booked(one, -500_000, "2026-09-10") for one in sent[:2]]
    stated = report(ReportKind.STATEMENT, account, *debits, opening=1_000_000, closing=0)
    house.receives(BANK, stated)
    cash = listed(LineKind.PAID_CASH, sent[2], 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))
    house.on("2026-09-30", "19:00")
    with house.work() as session:
        paid = paid_in(session, SEPTEMBER)
        reported = reported_balances(session, date(2026, 9, 30))
        cells = closing.compute(session, SEPTEMBER, paid, reported)
        assert closing.close(session, SEPTEMBER, cells, house.clock.now()) == []
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    _held_and_restored(house)
    _moved(house)


def _moved(house: House) -> None:
    """A proposal with every column filled, one commune for it and one against it."""
    now, two, three = house.later(), house.officer("finance.one"), house.officer("finance.two")
    what = {"happened_on": date(2026, 9, 5), "happened_period": SEPTEMBER, "facts": "f"}
    ends = {"enrolment_id": 1, "stop_period": SEPTEMBER}
    begins = {"programme": "pension", "group_code": "P1", "table_key": "1", "amount": 1}
    told = {"person_id": 1, "kind": "move", "known_period": OCTOBER, "source": "s"}
    born = {"digest": "d", "state": "proposed", "entered_by": 0, "recorded_at": now}
    event = {**told, **what, **ends, **begins, **born, "from_period": OCTOBER}
    with house.work() as session:
        number = insert_one(session, life_event, **event)
    said = {"event_id": number, "entered_by": 0, "decision_number": "1", "reason": "r"}
    said |= {"known_period": OCTOBER, "decided_at": now}
    yes = {**said, "side": "from", "officer_id": two, "verdict": "confirmed"}
    no = {**said, "side": "to", "officer_id": three, "verdict": "refused"}
    told = {"kind": "paid", "event_id": 1, "person_id": 1, "phone_key": "KT-CANARI", "prefix": "09"}
    sealed = {"phone_cipher": b"KT-CANARI", "text_cipher": b"KT-CANARI", "parts": 1, "cost": 1}
    when = dict.fromkeys(("queued_at", "try_at", "give_up_at", "lease_until", "ended_at"), now)
    with house.work() as session:
        session.execute(insert(life_event_decision).values([yes, no]))
        session.execute(insert(message).values({**told, **sealed, **when, "state": "queued"}))
    _complained(house, now)


def _complained(house: House, now: Any) -> None:
    """A complaint about a payment, which nobody has taken."""
    about = {"person_id": 1, "payment_id": 1, "kind": "not_received", "channel": "page"}
    whose = {"area_code": "01273", "unit_code": "01273", "due_on": date(2026, 10, 9)}
    when = dict.fromkeys(("opened_at", "answered_at", "closed_at"), now)
    with house.work() as session:
        known = json.dumps(trace(session, "instruction:1"))
        bound = evidence_bound_to(1, "not_received", 1)
        proof = {"evidence_cipher": house.keyring.encrypt(EVIDENCE, bound, known), "steps": 1,
                 "evidence_digest": hashlib.sha256(known.encode()).hexdigest()}  # fmt: skip
        row = {"id": 1, **about, **whose, **proof, "state": "received", "officer_id": 1, **when}
        session.execute(insert(complaint).values(row))
        words = house.keyring.encrypt(WORDS, bound_to(1, 1), "Tôi chưa thấy tiền")
        said = {"complaint_id": 1, "seq": 1, "words_cipher": words, "actor": "page", "at": now}
        session.execute(insert(complaint_step).values({**said, "state": "received"}))
        for name, values in sampled(now):
            session.execute(insert(metadata.tables[name]).values(values))


def _held_and_restored(house: House) -> None:
    """A restore with its hold, a surviving line, a comparison, and one officer's signature."""
    taken, now = Taken("ansinh-1", house.clock.now(), 1, None), house.later()
    gone = Handed(now, 99, "AS99.xml", "9" * 64, "AS99", BANK, 1, 1)
    with house.work() as session:
        number = set_hold(session, GLOBAL, RESTORED, "Khôi phục", "ansinh restore", now)
        recover(session, number, taken, Journal((gone,)), False, now)
        digest = compare(session, now).digest
    who = house.acting("finance.one")
    with house.work() as session:
        sign_comparison(session, house.keyring, who, digest, house.clock.now())


def _sent_back_and_undone(house: House) -> None:
    """October lost a line, was returned, approved then, and undone."""
    house.on("2026-10-01")
    ids = house.payrolls(OCTOBER, "draft")
    take_off(house, ids[0], 3)
    house.submit(ids)
    send_back(house, ids, "checker.all")
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)
    undo_by_two(house, ids[0])
    with house.work() as session:
        seal_trail(session)


def nothing_done(house: House) -> None:
    """As on the first day: officers are founded, and nobody has confirmed anything yet."""
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        for name in ("approval_rule", "joint_act", "act"):
            connection.execute(delete(metadata.tables[name]))
        schema.install_rules(connection)


def _limited(house: House) -> None:
    """A limit and hours that two have set."""
    now = house.later()
    two = [Signer(house.officer(name), house.code()) for name in ("finance.one", "finance.two")]
    with house.work() as session:
        limit = Limit("account_day", "", now.date(), 1_000_000_000, "công văn 1")
        set_limit(session, house.keyring, two, limit, now)
    now = house.later()
    two = [Signer(house.officer(name), house.code()) for name in ("finance.one", "finance.two")]
    with house.work() as session:
        hours = Hours(now.date() + timedelta(days=1), closes="19:00", reason="công văn 1")
        set_hours(session, house.keyring, two, hours, now)


def tables_filled(house: House) -> None:
    """Besides, a row in each table that no room fills in a month, as no room writes it."""
    september_closed(house)
    _sent_back_and_undone(house)
    _limited(house)
    (one, maker), (two, checker) = house.rows(
        "select id, officer_id from act where step <> 'ladder' order by id"
    )[:2]
    place = {"fund": "local", "programme": "pension", "unit": "01273", "provider": BANK}
    day, now, year = date(2026, 9, 30), house.clock.now(), {"budget_year": 2026}
    decided = {"number": "1", "decided_on": day, "officer_id": maker, "act_id": one}
    signed = {"officer_one": maker, "act_one": one, "officer_two": checker, "act_two": two}
    posted = {"amount": 1, "entry_id": 1, "joint_id": 1}
    loaded = {"digest": "d", "loaded_by": maker}
    counted = {"balance_rows": 1, "balance_total": 1, "unpaid_rows": 1, "unpaid_total": 1}
    line = {"take_over_id": 1, "line": 6, **place, "amount": 1}
    owed = {"person_id": 1, "enrolment_id": 1, "period": "2026-08", "component": "monthly"}
    file = {"name": "cu.xlsx", "balances_on": day, "act_id": one, "loaded_at": now}
    rows: dict[str, Any] = {
        "enrolment_change": {
            "enrolment_id": 1, "period": "2026-10", "field": "stop_period", "old": "",
            "new": "2026-08", "recorded_at": now,
        },
        "overpayment": {
            "programme": "pension", "person_id": 1, "component": "monthly", "month": "2026-09",
            "period": "2026-10", "amount": 1, "reason": "r",
        },
        **about_people(now, day, maker, checker),
        "heading_mapping": {
            "area_code": "01273", "found": "Số TK", "heading": "Số tài khoản",
            "recorded_at": now, "recorded_by": "r",
        },
        "check_request": {
            "id": 1, "code": "population-20260930-1", "source": "population", "area_code": "",
            "channel": "file", "people": 1, "answered": 1, "digest": "", "state": "answered",
            "made_by": "cli", "made_at": now, "moved_at": now, "fault": "",
        },
        "check_asked": {"request_id": 1, "line": 1, "person_id": 1, "subject_key": "k"},
        "check_answer": {
            "request_id": 1, "sha256": "d", "rows": 1, "received_at": now, "received_by": "cli",
        },
        "check_result": {
            "id": 1, "request_id": 1, "line": 1, "person_id": 1, "source": "population",
            "result": "dead", "details": "", "checked_at": now, "recorded_at": now,
        },
        "death_notice": {
            "id": 1, "result_id": 1, "person_id": 1, "last_period": "2026-09", "recorded_at": now,
        },
        "death_verdict": {
            "notice_id": 1, "verdict": "refuted", "evidence": "còn sống", "officer_id": maker,
            "act_id": one, "decided_at": now,
        },
        **to_account(now, day, maker, checker),
        "flag": {
            "id": 99, "payroll_id": house.ask("select max(id) from payroll"), "kind": "heirs",
            "is_blocking": 0, "people": 1, "sentence": "s",
        },
        "flag_decision": {
            "flag_id": 99, "digest": "d", "choice": "accepted",
            "reason_code": "other", "reason": "r", "officer_id": checker, "act_id": two,
            "decided_at": now,
        },
        "doubt": {
            "id": 1, "rule": "one_account", "subject": "s", "facts": "f", "area_code": "01273",
            "period": "2026-10", "people": 2, "is_exact": 1, "is_blocking": 1, "found_at": now,
        },
        "payroll_barred": {
            "payroll_id": 1, "officer_id": checker, "why": "editor", "until": now, "found_at": now,
        },
        "enquiry": {
            "batch_id": 1, "number": 1, "asked_at": now, "file_name": "f", "error": "",
        },
        "trouble": {
            "provider": BANK, "subject": "send", "error": "e", "first_at": now, "last_at": now,
            "times": 1, "ended_at": now,
        },
        "doubt_person": {"doubt_id": 1, "person_id": 2, "is_held": 1},
        "doubt_decision": {
            "doubt_id": 1, "is_exact": 1, "is_blocking": 1, "verdict": "different", "reason": "r",
            "officer_id": maker, "act_id": one, "second_id": checker, "second_act_id": two,
            "decided_at": now,
        },
        "joint_act": {"id": 99, "step": "end_role", "about": "y", "digest": "z", **signed},
        "token_file": {
            "id": 1, "sha256": "d", "name": "n", "tokens": 1, "act_id": one, "imported_at": now,
        },
        "token": {
            "id": 1, "serial": "s", "seed": b"x", "digits": 6, "period": 30, "algorithm": "SHA1",
            "file_id": 1,
        },
        "code_failure": {"officer_id": maker, "step": "x", "failed_at": now},
        "role_end": {"grant_id": 1, "ended_at": now, "reason": "r", "joint_id": 99},
        "change_limit": {
            "programme": "", "measure": "total", "from_period": "2026-10", "per_cent": 20,
            "floor": 1, "reason": "r", "joint_id": 99, "recorded_at": now,
        },
        "year_closing": {"year": 2025, "path": "bank", "balance": 1, "closed_at": now},
        "carry_over": {"id": 1, **year, **place, **decided, "amount": 1, "recorded_at": now},
        "treasury_due": {**year, **place, **posted, "recipe": "owe_treasury", "fiscal_year": 2026},
        "treasury_refund": {**year, **place, **posted, "slip": "S", "paid_on": day},
        "take_over": {"id": 1, **file, **loaded, **counted},
        "take_over_balance": {**line, "kind": "bank", "note": ""},
        "take_over_unpaid": {**line, **owed, "reason": "r"},
        **documents(now, day, maker),
        "take_over_acceptance": {
            "take_over_id": 1, **loaded, "officer_id": checker, "act_id": two, "accepted_at": now,
        },
    }  # fmt: skip
    with house.work() as session:
        for name, values in rows.items():
            session.execute(insert(metadata.tables[name]).values(values))
        for name, values in scheduled(house, now, day):
            session.execute(insert(metadata.tables[name]).values(values))
    _handed_over(house, now)
    set_up_channel(house, settings_of(house), POST, "sandbox", PROVEN)
    carried_by_hand(house)
    called(house, POST)
    _asked_the_bank(house, day, now)
    _recovered(house, day, now, posted, maker, checker)
    _settled(house, now, day)


def _recovered(
    house: House, day: date, now: Any, posted: dict[str, Any], maker: int, checker: int
) -> None:
    """What was paid too much, told, decided, laid down in instalments, paid back, written off."""
    where = {"person_id": 1, "programme": "pension", "unit_code": "01273"}
    of = {"decision_id": 1, "recorded_at": now}
    paper = {"number": "1", "decided_on": day, "signer": "s"}
    told = {"id": 1, "number": "1", "sent_on": day, "answer_by": day + timedelta(15), "way": "hand"}
    signed = {"officer_id": maker, "act_id": 1, "amount": 1, "recorded_at": now}
    shared = {"monthly": 1, "first_period": "2026-10", "income": 0, "share": 30, "joint_id": 99}
    rows = {
        "recovery_notice": {**told, **where, **signed},
        "recovery_decision": {
            "id": 1, **paper, **where, "maker_id": maker, "approver_id": checker, **posted,
            "recorded_at": now, "notice_id": 1,
        },
        "recovery_finding": {"decision_id": 1, "overpayment_id": 1, "amount": 1},
        "recovery_plan": {**of, **paper, "amount": 1, **shared},
        "recovery_receipt": {
            **of, "document": "d", "received_on": day, "provider": BANK, **posted,
        },
        "recovery_write_off": {**of, **paper, "reason": "r", **posted},
    }  # fmt: skip
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        for name, values in rows.items():
            connection.execute(insert(metadata.tables[name]).values(values))
        schema.install_rules(connection)


def _asked_the_bank(house: House, day: date, now: Any) -> None:
    """A case, a promise, and a decision that no bank's silence stands behind."""
    said = {"joint_id": 99, "recorded_at": now}
    kept = {"provider": BANK, "promise": "expires", "is_made": 1, "days": 1, "source": "s"}
    sized = {"lines": 1, "total": 1, "digest": "d", "enquiry": "e", "enquired_on": day}
    asked = {"batch_id": 1, "last_day": day, "statement_id": 1, "next_statement_id": 2, **sized}
    case = {
        "kind": "recall", "instruction_id": 1, "bank_line_id": 1, "hold_id": 1, "still_due": 1,
        "why": "w", "state": "open", "opened_by": "o", "opened_at": now, "act_id": 1,
    }  # fmt: skip
    agreed = {"contract_id": 1, "kind": "return", "amount": 1, "is_borne": 0, "valid_from": day}
    taken = {"batch_id": 1, "bank_line_id": 1, "lines": 1, "amount": 1, "booked_on": day}
    rows = {
        "provider_promise": {**kept, **said}, "horizon_decision": {**asked, **said},
        "contract_charge": {**agreed, "source": "s", **said},
        "lump": {**taken, "entry_id": 1, "recorded_at": now},
        "lump_left_out": {"instruction_id": 1, "bank_line_id": 1},
    }  # fmt: skip
    grown = {
        "case_id": 1, "bank_line_id": 1, "kind": "conflict", "why": "w", "hold_id": 1,
        "added_at": now,
    }  # fmt: skip
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        for name, values in {**rows, "bank_case": case, "bank_case_line": grown}.items():
            connection.execute(insert(metadata.tables[name]).values(values))
        schema.install_rules(connection)


def _settled(house: House, now: Any, day: date) -> None:
    """A closed day and month, a settlement, a loss made good: no one confirmed any of it."""
    place = {"fund": "local", "programme": "pension", "unit": "01273", "provider": POST}
    names = (*LIST_FIGURES, *MONEY_FIGURES, "suspense")
    posted = {"amount": 1, "joint_id": 99, "entry_id": 1, "recorded_at": now}
    told = {"period": "2026-09", "digest": "d", "joint_id": 99}
    rows: dict[str, dict[str, Any]] = {
        "bank_day": {
            "provider": BANK, "account": "a", "day": day, "since": day, "report_id": 1, "lines": 0,
            "opening": 0, "came": 0, "went": 0, "balance": 0, "act_id": 1, "closed_at": now,
        },
        "provider_settlement": {
            **place, **told, **dict.fromkeys(names, 0), "since": day, "until": day,
            "lines_digest": "d", "accepted_at": now,
        },
        "provider_loss": {"id": 1, **place, **posted, "report": "r", "lost_on": day},
        "loss_repayment": {**posted, "loss_id": 1, "document": "d", "received_on": day},
        "unspent_return": {**place, **posted, "slip": "s", "returned_on": day, "due_entry_id": 1},
        "month_close": {**told, "cells": 1, "closed_at": now},
        **by_hand(now, day),
        "closed_day": {"account_id": 1, "day": date(2026, 8, 1), "closed_at": now},
    }  # fmt: skip
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        for name, values in rows.items():
            connection.execute(insert(metadata.tables[name]).values(values))
        schema.install_rules(connection)


def _handed_over(house: House, now: Any) -> None:
    """A token that two gave to the auditor, who lost it and whose account is off."""
    acts = house.rows("select id, officer_id from act where step in ('approve', 'release')"
                      " order by id desc")[:4]  # fmt: skip
    signed, too = (
        {"officer_one": one[1], "act_one": one[0], "officer_two": two[1], "act_two": two[0]}
        for one, two in (acts[:2], acts[2:])
    )
    who = house.officer("auditor")
    given = {"officer_id": who, "number": 1, "token_id": 1, "reason": "r", "enrolled_at": now}
    lost = {"token_id": 1, "blocked_by": who, "reason": "r", "blocked_at": now}
    joint = {"id": 98, "step": "assign_token", "about": "y", "digest": "z", **signed}
    off = {"officer_id": who, "number": 1, "kind": "disable", "reason": "r", "switched_at": now}
    rows = [
        ("joint_act", joint), ("factor", {**given, "joint_id": 98}), ("token_block", lost),
        ("joint_act", {**joint, **too, "id": 97, "step": "disable_officer"}),
        ("officer_switch", {**off, "joint_id": 97}),
    ]  # fmt: skip
    with house.work() as session:
        for name, values in rows:
            session.execute(insert(metadata.tables[name]).values(values))
