"""One play's stage: a copy of the house with a released batch, the nasty bank, and the wire."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.channels import inbound
from app.channels.inbound import Call
from app.cli.conform.bank import Bank, Taken
from app.cli.conform.month import DUE, at
from app.cli.conform.setting import PROVIDER
from app.cli.conform.wire import Wire
from app.disbursement import doubts
from app.disbursement.cases import cases
from app.disbursement.tables import batch, instruction
from app.jobs import collecting, enquiring, packing, resending, sending
from app.jobs.runtime import Runtime
from bank_adapters.answering.facts import Fact, Word
from bank_adapters.contract import PaymentInstruction
from reconciliation.tables import inbound_file

BATCH = 1
Payments = tuple[PaymentInstruction, ...]


@dataclass
class Scene:
    """What a play acts upon. `faults` collects what went wrong on the way, `notes` what could
    not be tried.

    `wanted` says in which state each payment must end, for those that do not end settled;
    `disputed` are payments on which the bank contradicted itself: they need an open case or a
    hold, whatever their state.
    """

    runtime: Runtime
    bank: Bank
    wire: Wire
    wanted: dict[str, str] = field(default_factory=dict)
    disputed: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Let go of the wire, the database and its folder."""
        self.wire.close()
        self.runtime.database.close()
        shutil.rmtree(self.runtime.home)

    # ------------------------------------------------------------------ time and jobs
    def on(self, day: date, clock: str) -> None:
        """Move on to a moment."""
        moved: Any = self.runtime.clock
        moved.move_to(at(day, clock))

    def morning(self, days: int = 0, clock: str = "08:30") -> None:
        """So many days after the due day."""
        self.on(DUE + timedelta(days=days), clock)

    def send(self) -> Taken | None:
        """The job of sending; the bank takes what arrived. Gives the last file it accepted."""
        sending.send_batches(self.runtime)
        return self._taken()

    def resend(self) -> Taken | None:
        """The job of sending again: evidence first, as every day."""
        self.collect()
        resending.resend_in_doubt(self.runtime)
        return self._taken()

    def _taken(self) -> Taken | None:
        fresh = self.bank.take()
        return fresh[-1] if fresh else None

    def sent(self) -> Payments:
        """Send on the due morning; the payments as the bank read them."""
        self.morning()
        return self.handed_over()

    def handed_over(self) -> Payments:
        """The same at this moment."""
        taken = self.send()
        if taken is None:
            self.require(
                False, "lô đã giải ngân không đến được ngân hàng: xem write, strict_reader"
            )
            return ()
        here = {item.reference for item in taken.payments}
        # What the bank never had must stay open, unless the play finds a reason why not.
        self.wanted |= {one: "ready" for one in self.planned() if one not in here}
        return taken.payments

    def planned(self) -> list[str]:
        """The references of the batch, in order."""
        return sorted(self.states())

    def afterwards(self) -> None:
        """The jobs of one more day: nothing may leave again, nothing may be left undone."""
        self.wire.answers = True
        moved: Any = self.runtime.clock
        moved.advance(timedelta(days=1))
        before = self.wire.delivered
        self.send()
        self.resend()
        self.require(self.wire.delivered == before, "hôm sau nhà gửi thêm một tệp nữa")

    def enquire(self, minutes: int) -> str:
        """The job of enquiries, so much later, and what came of its answers; what the job says."""
        moved: Any = self.runtime.clock
        moved.advance(timedelta(minutes=minutes))
        told = enquiring.enquire(self.runtime)
        self.collect()
        return told

    def collect(self) -> None:
        """The job of collecting, a minute later."""
        moved: Any = self.runtime.clock
        moved.advance(timedelta(minutes=1))
        self._hear()
        collecting.collect_and_apply(self.runtime)

    def _hear(self) -> None:
        """What the bank called to say, kept as the receiver keeps a call that is signed."""
        calls, self.bank.calls = self.bank.calls, []
        now = self.runtime.clock.now()
        with self.runtime.database.unit_of_work() as session:
            for number, body in calls:
                inbound.keep(
                    session, self.runtime.keyring, Call(PROVIDER, number, "0", "", body), now
                )
        if calls:
            packing.pack_events(self.runtime)

    # ------------------------------------------------------------------ what the bank tells
    def proves(self, facts: Iterable[Fact], *, cut: bool = False) -> None:
        """What settles payments: the next statement, or a list of these lines."""
        bank = self.bank
        told = bank.settlement(facts) if bank.lists else bank.statement()
        bank.hand_out(told, cut=cut)
        self.collect()

    def lines(
        self, word: Word, items: Iterable[PaymentInstruction], reason: str = ""
    ) -> list[Fact]:
        """Words on payments, one each."""
        return [self.bank.word(word, item, reason) for item in items]

    def refused(self, items: Iterable[PaymentInstruction], reason: str = "AC04") -> list[Fact]:
        """The bank does not execute these; they must end rejected."""
        told = self.lines(Word.REJECTED, items, reason)
        self.expect("rejected", [fact.payment for fact in told if fact.payment])
        return told

    # ------------------------------------------------------------------ what the house shows
    def expect(self, state: str, items: Iterable[PaymentInstruction]) -> None:
        """These payments must end in a state other than settled."""
        self.wanted |= {item.reference: state for item in items}

    def require(self, is_so: bool, otherwise: str) -> None:
        """Something that must hold at this moment of the play."""
        if not is_so:
            self.faults.append(otherwise)

    def states(self) -> dict[str, str]:
        """The state of each payment by its reference."""
        with self.runtime.database.view() as session:
            rows = session.execute(select(instruction.c.reference, instruction.c.state))
            return {row.reference: row.state for row in rows}

    def settled(self) -> int:
        """How many payments are settled."""
        return Counter(self.states().values())["settled"]

    def batch_state(self) -> str:
        """The state of the batch."""
        with self.runtime.database.view() as session:
            return str(session.scalar(select(batch.c.state).where(batch.c.id == BATCH)))

    def quarantined(self) -> int:
        """How many files are kept apart."""
        query = select(func.count()).select_from(inbound_file)
        with self.runtime.database.view() as session:
            return int(session.scalar(query.where(inbound_file.c.state == "quarantined")) or 0)

    def open_cases(self) -> int:
        """How many contradictions stand as a case."""
        with self.runtime.database.view() as session:
            return len(cases(session))

    def steps(self) -> list[doubts.Step]:
        """The next step of everything in doubt."""
        declared = {PROVIDER: self.runtime.adapters[PROVIDER].capabilities}
        with self.runtime.database.view() as session:
            return doubts.next_steps(session, declared, self.runtime.clock.now())

    def in_doubt(self) -> None:
        """The batch must be in doubt, with a next step."""
        self.require(
            self.batch_state() == "in_doubt", "lô gửi chưa rõ kết quả mà không ở “chưa rõ”"
        )
        self.require(len(self.steps()) == 1, "lô chưa rõ kết quả mà không có bước tiếp theo")
