"""Virtual days between the house and its bank: calls, files, questions, officers at their desks."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select

from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.benefits.tables import obligation
from app.clock import local_date
from app.disbursement.doubts import in_doubt, next_steps
from app.disbursement.horizon import Enquiry, confirm_not_received, horizon_of
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.selects import open_again
from app.disbursement.states import DONE, READY
from app.disbursement.tables import batch, instruction
from app.disbursement.tasks import tasks
from app.jobs.collecting import collect_and_apply
from app.jobs.enquiring import enquire
from app.jobs.packing import pack_events
from app.jobs.payrolls import open_follow_ups
from app.jobs.runtime import Runtime
from app.jobs.sending import build_batches, send_batches
from app.reference.banks import TEST_BANK_A
from bank_adapters.sandbox.payout import Institution
from reconciliation.intake import stored_path
from reconciliation.tables import inbound_file
from tests.app.disbursement.evidence_office import two
from tests.factories import SEPTEMBER, House
from tests.flows.seeded_house import Bell

AFTER = (1, 5, 15, 60, 120)
"""Minutes after the sending at which the first day is looked at; then in the evening."""
AGAIN_AFTER = (1, 60)
"""The same for what is sent again."""
EVENING = "18:00"
ROUNDS_OF_QUESTIONS = 12


@dataclass
class SeededRun:
    """One seed: the house, its bank, what joins them, and what was counted on the way."""

    house: House
    bank: Institution
    runtime: Runtime
    ring: Bell
    counts: Counter[str] = field(default_factory=Counter)

    # ------------------------------------------------------------------ machines
    def turn(self) -> None:
        """What the scheduler does every few minutes; afterwards nothing is without a next step."""
        self.calls()
        pack_events(self.runtime)
        collect_and_apply(self.runtime)
        enquire(self.runtime)
        collect_and_apply(self.runtime)
        send_batches(self.runtime)
        self.every_doubt_has_a_next_step()

    def calls(self) -> None:
        """The bank calls out all that is due; what is not taken comes again later."""
        while due := self.bank.callbacks():
            answers = [(one["webhook-id"], self.ring(one, body)) for one, body in due]
            self.counts.update(f"call {answer}" for _, answer in answers)
            self.bank.confirmed([name for name, answer in answers if answer == 200])

    def every_doubt_has_a_next_step(self) -> None:
        """Nothing in doubt waits for nobody; no provider is in trouble or held, no file is odd."""
        now = self.house.clock.now()
        declared = {code: one.capabilities for code, one in self.runtime.adapters.items()}
        with self.house.database.view() as session:
            doubtful = {row.id for row in in_doubt(session)}
            steps = next_steps(session, declared, now)
            waiting = tasks(session, declared, now)
        assert {one.batch_id for one in steps if one.what and one.owner} == doubtful
        # The month's settlement is finance's, and waits until everybody has been settled.
        about = {one.about for one in waiting if not one.about.startswith("quyết toán ")}
        assert about <= {f"lô {number}" for number in self.sent_ids()}, about

    def sent_ids(self) -> set[int]:
        """Batches that are not done."""
        return {one for (one,) in self.house.rows(select(batch.c.id).where(batch.c.state != DONE))}

    def at(self, moment: datetime) -> None:
        """A turn at a moment, or now when that is past."""
        self.house.clock.move_to(max(moment, self.house.clock.now()))
        self.turn()

    # ------------------------------------------------------------------ a payment round
    def pay(self) -> int:
        """Build, release by two, send; then the first day. Gives how many payments."""
        day = local_date(self.house.clock.now())
        build_batches(self.runtime, SEPTEMBER, day)
        ids = [
            one for (one,) in self.house.rows(select(batch.c.id).where(batch.c.state == "built"))
        ]
        if not ids:
            return 0
        self.house.release(ids)
        began = self.house.clock.now()
        self.counts["sent"] += self._lines(ids)
        send_batches(self.runtime)
        for minutes in AGAIN_AFTER if self.counts["rounds"] else AFTER:
            self.at(began + timedelta(minutes=minutes))
        self.evening(day)
        return self._lines(ids)

    def _lines(self, ids: list[int]) -> int:
        return int(self.house.ask(select(func.sum(batch.c.lines)).where(batch.c.id.in_(ids))))

    def evening_of(self, day: str) -> None:
        """The same for a day as text."""
        self.evening(date.fromisoformat(day))

    def evening(self, day: date) -> None:
        """The statement of a day is there."""
        self.at(datetime.fromisoformat(f"{day}T{EVENING}:00+07:00"))

    def close_what_is_lost(self) -> int:
        """By the horizon: the term, two whole statements, a question, two officers."""
        closed = 0
        for (number,) in self.house.rows(self._unfinished()):
            with self.house.database.view() as session:
                found = horizon_of(session, number)
            assert (found.missing, bool(found.next_day)) == ((), True), found.missing
            self._ask_until_not_found(number)
            today = local_date(self.house.clock.now())
            signers = two(self.house)
            with self.house.work() as session:
                paper = Enquiry("trả lời hỏi lệnh: không có", today)
                confirm_not_received(session, self.house.keyring, signers, number, paper,
                                     self.house.clock.now())  # fmt: skip
            closed += found.lines
        self.counts["lost"] += closed
        return closed

    def _unfinished(self) -> Any:
        return select(batch.c.id).where(batch.c.state != DONE).order_by(batch.c.id)

    def _ask_until_not_found(self, number: int) -> None:
        """The bank says of every open payment today that it does not know it."""
        today = self.house.clock.now().replace(hour=0, minute=0)
        for _ in range(ROUNDS_OF_QUESTIONS):
            if not self._unasked(number, today):
                return
            self.at(self.house.clock.now() + timedelta(hours=1))
        raise AssertionError(f"{self._unasked(number, today)} payments are never asked about")

    def _unasked(self, number: int, since: datetime) -> int:
        """Open payments of which no answer since then says that they are not known."""
        files = select(inbound_file.c.sha256).where(
            inbound_file.c.received_at >= since, inbound_file.c.name.like("%.enquiry-%")
        )
        told = {
            one["reference"]
            for (sha256,) in self.house.rows(files)
            for one in _words(stored_path(self.runtime.inbound, sha256).read_bytes())
            if one.get("status") == "NOTF"
        }
        open_ones = select(instruction.c.reference).where(
            instruction.c.batch_id == number, instruction.c.state == READY
        )
        return len({one for (one,) in self.house.rows(open_ones)} - told)

    # ------------------------------------------------------------------ paying again
    def owed_again(self) -> int:
        """Every obligation whose payment failed is owed again, and no other one."""
        failed = self._states("rejected", "returned", "not_received")
        with self.house.database.view() as session:
            again = sorted(set(session.scalars(open_again())))
        assert again == failed
        return len(again)

    def _states(self, *states: str) -> list[int]:
        """Obligations whose last attempt stands there."""
        later = instruction.alias("later")
        newer = select(later.c.id).where(
            later.c.obligation_id == instruction.c.obligation_id,
            later.c.attempt > instruction.c.attempt,
        )
        query = select(instruction.c.obligation_id).where(
            instruction.c.state.in_(states), ~newer.exists()
        )
        return sorted(one for (one,) in self.house.rows(query))

    def repair(self) -> None:
        """People whose account was refused or sent money back bring another one."""
        maker, checker = (self.house.officer(f"admin.{one}") for one in ("one", "two"))
        ids = self._states("rejected", "returned")
        query = select(obligation.c.person_id).where(obligation.c.id.in_(ids))
        tries = int(self.counts["rounds"])
        for (person_id,) in self.house.rows(query):
            account = NewAccount(TEST_BANK_A, f"3{tries}{person_id:010}", "NONG THI NGUOI")
            with self.house.work() as session:
                repair_destination(session, self.house.keyring, person_id, account,
                                   "giấy báo số tài khoản", maker, checker,
                                   self.house.clock.now())  # fmt: skip

    def list_again(self) -> int:
        """A follow-up list with an approval of its own; gives how many stand on it."""
        self.counts["rounds"] += 1
        self.repair()
        self.house.later()
        open_follow_ups(self.runtime, SEPTEMBER)
        ids = self.house.payrolls(SEPTEMBER, "draft")
        self.house.submit(ids)
        self.house.approve("check", ids)
        self.house.approve("approve", ids)
        listed = self.house.ask(f"select sum(lines) from payroll where id in {_listed(ids)}")
        self.counts["again"] += int(listed)
        return int(listed)

    # ------------------------------------------------------------------ the end
    def wrong_proofs(self) -> list[Any]:
        """Every proof that does not hold, the raw bytes of every file included."""
        evidence = Evidence(None, self.house.keyring, self.runtime.inbound, self.runtime.adapters)
        with self.house.database.view() as session:
            return [one for one in prove_everything(session, evidence) if not one.ok]

    def unlinked(self) -> int:
        """Later attempts that replace nothing, or nothing that failed."""
        before = instruction.alias("before")
        query = (
            select(func.count())
            .select_from(instruction)
            .outerjoin(before, and_(
                before.c.id == instruction.c.replaces_id,
                before.c.obligation_id == instruction.c.obligation_id,
                before.c.state.in_(("rejected", "returned", "not_received")),
            ))
            .where(instruction.c.attempt > 1, before.c.id.is_(None))
        )  # fmt: skip
        return int(self.house.ask(query))


def _words(content: bytes) -> list[dict[str, Any]]:
    """The words of a file of an answer, without its head."""
    return [json.loads(line) for line in content.splitlines()[1:]]


def _listed(ids: list[int]) -> str:
    return f"({', '.join(map(str, ids))})"
