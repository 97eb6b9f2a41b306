"""Payments that never came: three pieces of evidence and two officers, and never before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.disbursement import horizon
from app.disbursement.collection import process
from app.disbursement.horizon import Enquiry, confirm_not_received, horizon_of
from app.disbursement.proofs import prove_everything
from app.errors import Forbidden, InputError, Refused
from app.jobs.payrolls import open_follow_ups
from bank_adapters.contract import ReportKind
from reconciliation import intake, lines
from reconciliation.tables import bank_report
from tests.app.disbursement.evidence_office import office_promises, said, two
from tests.factories import (
    BANK,
    OCTOBER,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    report,
    row,
    september_sent,
)
from tests.reconciliation.desk import unmatch

pytestmark = pytest.mark.stage(of=september_sent)
SENT, OPENING = 500_000, 1_000_000
ASKED = Enquiry("công văn 12/NH: không có lệnh này", date(2026, 9, 15))


def stated(
    house: House, day: str, opening: int, closing: int, *paid: str, name: str = "S", to: str = ""
) -> None:
    """The bank's statement of a day, or up to another, with the debits of these references."""
    lines = [booked(one, -SENT, day, bank_reference=f"FT-{one}") for one in paid]
    one = report(
        ReportKind.STATEMENT, house.account(BANK), *lines, opening=opening, closing=closing,
        from_day=date.fromisoformat(day), to_day=date.fromisoformat(to or day),
        report_id=f"{name}{day}",
    )  # fmt: skip
    house.receives(BANK, one)


def missing(house: House) -> str:
    with house.database.view() as session:
        return "; ".join(horizon_of(session, 1).missing)


def confirm(house: House, asked: Enquiry = ASKED, batch_id: int = 1) -> None:
    signers = two(house)
    with house.work() as session:
        confirm_not_received(session, house.keyring, signers, batch_id, asked, house.clock.now())


def test_nothing_is_lost_before_the_horizon(house: House) -> None:
    """Each piece of evidence is asked for; with all of them the money is owed again."""
    house.on("2026-09-16")
    one = house.reference(1, SEPTEMBER)
    assert "chưa cam kết hạn" in missing(house)
    office_promises(house, BANK, "expires", days=1)  # sent on Thursday the 10th
    assert "11/09/2026" in missing(house)
    assert "14/09/2026" in missing(house)
    stated(house, "2026-09-11", OPENING, OPENING)
    assert missing(house) == "chưa có sao kê ngày 14/09/2026 của tài khoản chi"
    with pytest.raises(Refused, match="Chưa đủ chứng cứ"):
        confirm(house)
    stated(house, "2026-09-14", OPENING - 1, OPENING - 1)
    assert missing(house) == "hai sao kê không nối số dư với nhau"
    stated(
        house, "2026-09-14", OPENING, OPENING
    )  # of the same name with other balances: kept apart
    assert missing(house) == "hai sao kê không nối số dư với nhau"
    stated(house, "2026-09-14", OPENING, OPENING, name="corrected")
    assert missing(house) == ""
    for early in (date(2026, 9, 14), date(2026, 9, 11)):
        with pytest.raises(Refused, match="sau ngày của sao kê thứ hai"):
            confirm(house, Enquiry(ASKED.said, early))
    with pytest.raises(InputError, match="tương lai"):
        confirm(house, Enquiry(ASKED.said, date(2026, 9, 17)))
    with pytest.raises(InputError, match="câu trả lời"):
        confirm(house, Enquiry("", ASKED.on))
    confirm(house)
    assert (house.state(one), house.batch_state(1)) == ("not_received", "done")
    assert house.rows("select source, word, state from outcome order by id") == [
        ("horizon", "absent", "not_received")
    ] * 2  # fmt: skip
    with house.work() as session:
        assert [one for one in prove_everything(session) if not one.ok] == []
    with pytest.raises(Refused, match="không có lệnh nào"):
        confirm(house)


def proven(house: House) -> None:
    """All the evidence there is that September's bank batch never came."""
    house.on("2026-09-16")
    office_promises(house, BANK, "expires", days=1)
    for day in ("2026-09-11", "2026-09-14"):
        stated(house, day, OPENING, OPENING)


@pytest.mark.parametrize("days", [
    (("2026-09-11", "2026-09-13"), ("2026-09-14", "")),  # Friday to Sunday, then Monday
    (("2026-09-09", "2026-09-11"), ("2026-09-12", "2026-09-14")),
    (("2026-09-11", ""), ("2026-09-12", "2026-09-14")),
    (("2026-09-07", "2026-09-14"),),
    (("2026-09-11", "2026-09-14"), ("2026-09-14", "")),
])  # fmt: skip
def test_statements_over_several_days(house: House, days: tuple[tuple[str, str], ...]) -> None:
    """What covers the two days is the evidence, however many others it covers."""
    house.on("2026-09-16")
    office_promises(house, BANK, "expires", days=1)
    for first, last in days:
        stated(house, first, OPENING, OPENING, to=last)
    confirm(house)
    assert house.state(house.reference(1, SEPTEMBER)) == "not_received"


def test_a_statement_that_begins_too_late_or_ends_after_the_enquiry(house: House) -> None:
    house.on("2026-09-16")
    office_promises(house, BANK, "expires", days=1)
    stated(house, "2026-09-12", OPENING, OPENING, to="2026-09-13")
    stated(house, "2026-09-14", OPENING, OPENING, to="2026-09-15")
    assert missing(house) == "chưa có sao kê ngày 11/09/2026 của tài khoản chi"
    stated(house, "2026-09-10", OPENING, OPENING, to="2026-09-13", name="whole")
    assert missing(house) == ""
    with pytest.raises(Refused, match="Hỏi lại sau ngày 15/09/2026"):
        confirm(house)
    confirm(house, Enquiry(ASKED.said, date(2026, 9, 16)))


@pytest.mark.parametrize("wrong", [(0, 1), (1, 1), (2, 2), (1, 2)])
def test_the_database_asks_what_they_cover(
    house: House, wrong: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that begins too late, one for both that does not cover the second day or the first,
    and one that does not begin with what the other left."""
    house.on("2026-09-16")
    office_promises(house, BANK, "expires", days=1)
    stated(house, "2026-09-12", OPENING, OPENING, to="2026-09-13")
    stated(house, "2026-09-11", OPENING, OPENING)
    stated(house, "2026-09-14", OPENING - (wrong == (1, 2)), OPENING)
    with house.work() as session:
        found = session.execute(select(bank_report, bank_report.c.to_day.label("ends"))).all()
    chosen = tuple(found[number] for number in wrong)
    monkeypatch.setattr(horizon, "_one_for_both", lambda *_: chosen)
    monkeypatch.setattr(horizon, "_missing", lambda *_: [])
    with pytest.raises(DBAPIError, match="two statements"):
        confirm(house)


def test_a_statement_that_is_read_but_not_applied_proves_nothing(house: House) -> None:
    """It shows the debit; the books have not followed it yet, be it that they refuse to."""
    house.on("2026-09-16")
    office_promises(house, BANK, "expires", days=1)
    day, now = date(2026, 9, 11), house.later()
    debit = booked(house.reference(1, SEPTEMBER), -SENT, "2026-09-11", bank_reference="FT")
    one = report(
        ReportKind.STATEMENT, house.account(BANK), debit, opening=OPENING, closing=OPENING - SENT,
        from_day=day, to_day=day, report_id="S",
    )  # fmt: skip
    with house.work() as session:
        intake.receive(session, BANK, "s", "5" * 64, 1, now)
        ((file_id, *_),) = intake.waiting(session, "received")
    stated(house, "2026-09-14", OPENING - SENT, OPENING - SENT)
    assert "còn 1 tệp" in missing(house)
    with house.work() as session:
        assert lines.read_reports(session, file_id, BANK, iter([one]), now.date()) == ""
    assert missing(house) == f"còn 1 tệp của {BANK} chưa ghi sổ"
    with pytest.raises(Refused, match="chưa ghi sổ"):
        confirm(house)
    with house.work() as session:
        process(session, file_id, house.later())
    assert missing(house) == ""


def half_came(house: House) -> tuple[str, str]:
    """One payment of September's bank batch was executed; the other, two decide, never came."""
    house.on("2026-09-16")
    office_promises(house, BANK, "expires", days=1)
    one, other = (house.reference(number, SEPTEMBER) for number in (1, 2))
    stated(house, "2026-09-11", OPENING, OPENING - SENT, one)
    stated(house, "2026-09-14", OPENING - SENT, OPENING - SENT)
    confirm(house)
    return one, other


def take_back(house: House) -> None:
    """The debit that proved the one of them was placed by mistake: it is open again."""
    ((line,),) = house.rows("select id from bank_line where amount < 0")
    unmatch(house, line)


def test_only_what_is_still_open_never_came(house: House) -> None:
    """Half a file was executed: that half stays paid."""
    assert [house.state(one) for one in half_came(house)] == ["settled", "not_received"]


def test_a_proof_taken_back_after_the_decision(house: House) -> None:
    """Half a file was executed, so it seemed: that half is open again, and decided on by itself."""
    one, _ = half_came(house)
    take_back(house)
    assert house.state(one) == "ready"
    confirm(house)
    assert house.state(one) == "not_received"
    assert house.rows("select lines, total from horizon_decision order by id") == [(1, SENT)] * 2
    with house.work() as session:
        assert [one for one in prove_everything(session) if not one.ok] == []


def test_what_never_came_is_paid_again_by_a_list_of_its_own(house: House) -> None:
    """Its account was never wrong, so nobody has to put it right; it is listed once."""
    proven(house)
    open_follow_ups(house.runtime, SEPTEMBER)
    assert house.payrolls(SEPTEMBER, "draft") == []
    confirm(house)
    for _ in range(2):
        house.later()
        open_follow_ups(house.runtime, SEPTEMBER)
    ids = house.payrolls(SEPTEMBER, "draft")
    assert house.rows("select lines, total from payroll where kind = 'follow_up'") == [
        (2, 2 * SENT)
    ]
    house.submit(ids)
    house.approve("check", ids)
    house.approve("approve", ids)
    house.build(SEPTEMBER)
    assert house.rows("select attempt, replaces_id, state from instruction where attempt > 1") == [
        (2, 1, "ready"), (2, 2, "ready"),
    ]  # fmt: skip


def test_a_debit_after_the_horizon_is_a_late_settlement(house: House) -> None:
    """Should it be executed after all, the money is followed and a case holds the payment."""
    proven(house)
    confirm(house)
    one = house.reference(1, SEPTEMBER)
    said(house, one, "booked_debit")
    assert (house.state(one), house.verdicts()[-1]) == ("not_received", "debit_unknown")
    assert house.rows("select kind, instruction_id from bank_case") == [("late_settlement", 1)]
    assert house.rows("select scope, key from hold") == [("instruction", "1")]


def test_who_confirms(house: House) -> None:
    """Two finance officers; one of them alone, or a checker, is refused."""
    proven(house)
    signers = two(house)
    for pair, error in (
        ([signers[0]], Refused),
        ([signers[0], signers[0]], Refused),
        ([signers[0], signers[1]._replace(officer_id=house.officer("checker.all"))], Forbidden),
    ):
        with pytest.raises(error), house.work() as session:
            confirm_not_received(session, house.keyring, pair, 1, ASKED, house.clock.now())


def test_of_two_pairs_who_decide_at_once_one_does(house: House) -> None:
    """The second waits for the first, and is told that nothing is open."""
    proven(house)
    pairs = [(two(house), house.clock.now()) for _ in range(2)]

    def decide(session: Session, number: int) -> None:
        signers, now = pairs[number]
        confirm_not_received(session, house.keyring, signers, 1, ASKED, now)

    def other() -> None:
        with house.work() as session:
            decide(session, 1)

    with ThreadPoolExecutor(1) as beside:
        with house.work() as session:
            decide(session, 0)
            second = beside.submit(other)
            assert not wait([second], timeout=0.5).done
        with pytest.raises(Refused, match=horizon.NOTHING_WAITS):
            second.result(timeout=30)
    assert house.rows("select lines, total from horizon_decision") == [(2, 2 * SENT)]


@pytest.mark.parametrize("changed", [
    {"batch_id": "batch_id + 1"},
    {"statement_id": "next_statement_id", "next_statement_id": "statement_id"},
    {"enquired_on": "last_day"},
    {"lines": "lines + 1"},
    {"total": "total + 1"},
    {},
], ids=lambda changed: ",".join(changed) or "nothing")  # fmt: skip
def test_the_database_asks_for_the_evidence(house: House, changed: dict[str, str]) -> None:
    """A decision by two over statements that do not join, on another batch, before the enquiry, or
    on other payments than are open; where nothing is changed it is the officers' word again."""
    half_came(house)
    take_back(house)
    values = ", ".join(changed.get(name, name) for name in _COLUMNS)
    with pytest.raises(DBAPIError) as refused:
        house.tamper(
            f"insert into horizon_decision ({', '.join(_COLUMNS)}) select {values}"
            " from horizon_decision"
        )
    assert ("two statements" in str(refused.value)) == bool(changed)


_COLUMNS = (
    "batch_id", "last_day", "statement_id", "next_statement_id", "enquiry", "enquired_on",
    "lines", "total", "digest", "joint_id", "recorded_at",
)  # fmt: skip


def test_a_statement_that_was_not_applied_decides_nothing(house: House) -> None:
    """Its debits are not in the books yet; the database refuses what the room would."""
    proven(house)
    house.tamper("update inbound_file set state = 'read'")
    with pytest.raises(Refused, match="chưa"):
        confirm(house)


def test_what_never_came_is_paid_by_a_new_linked_instruction(house: House) -> None:
    """It is owed again: the next list carries it, with an approval of its own."""
    proven(house)
    confirm(house)
    old = house.reference(1, SEPTEMBER)
    house.on("2026-09-20")
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    assert house.ask(
        "select count(*) from payroll_line l join payroll p on p.id = l.payroll_id"
        " join obligation o on o.id = l.obligation_id"
        " where p.period = '2026-10' and o.period = '2026-09'"
    ) == 2  # fmt: skip
    house.on("2026-10-08")
    house.paid_out(OCTOBER)
    new = house.reference(1, SEPTEMBER)
    assert new != old
    assert house.rows(
        "select n.attempt, o.reference, n.state from instruction n"
        f" join instruction o on o.id = n.replaces_id where n.reference = '{new}'"
    ) == [(2, old, "ready")]  # fmt: skip
