"""Rules of the machine: what the house does by itself, and what officers do."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from app.audit.chain import seal_trail
from app.beneficiaries.destinations import repair_destination
from app.beneficiaries.kinds import NewAccount
from app.disbursement.cases import close_case
from app.disbursement.clearing import stop
from app.disbursement.evidence import PROMISES
from app.disbursement.horizon import Enquiry, confirm_not_received, horizon_of
from app.disbursement.recall import Request, ask_recall, recall_answered
from app.errors import AnSinhError
from app.jobs.month_end import close_month
from app.reference.banks import TEST_BANK_A
from ledger.chain import seal_all
from tests.app.disbursement.evidence_office import office_promises, signer, two
from tests.factories import BANK, COMMUNE, OCTOBER, POST
from tests.service import acts
from tests.service.days import Days
from tests.service.doing import doing
from tests.service.starts import PEOPLE
from tests.service.wire import FATES
from tests.support.ways_back import send_back, take_back, take_off, undo_by_two

fates = st.sampled_from(FATES)
deaths: st.SearchStrategy[int] = st.sampled_from([0] * 40 + [2, 3, 5, 6, 8, 11])
"""Where a job is killed: at which begin or commit of its transactions; mostly nowhere."""


class Office(Days):
    """Lists, approvals, money, batches, holds, doubts, and what is put right afterwards."""

    # ------------------------------------------------------------------ lists
    @doing(when=lambda self: not self.world.rows(_OCTOBER))
    def next_list(self, _: st.DataObject) -> None:
        """The next month's list of the same people."""
        house = self.world.house
        house.register(OCTOBER, *PEOPLE)
        self.may(lambda: house.list_month(OCTOBER))

    @doing(4, lambda self: self._waiting())
    def paper(self, data: st.DataObject) -> None:
        """One act on one payroll, forwards or back."""
        number, state = data.draw(st.sampled_from(self._waiting()))
        house, ids = self.world.house, [number]
        ways = {
            "draft": [lambda: house.submit(ids)] * 3 + [lambda: take_off(house, number, 1)],
            "submitted": [lambda: house.approve("check", ids)] * 3
            + [lambda: take_back(house, ids), lambda: send_back(house, ids, "checker.all")],
            "checked": [lambda: house.approve("approve", ids)] * 3
            + [lambda: send_back(house, ids, f"approver.{COMMUNE}")],
        }[state]
        self.may(data.draw(st.sampled_from(ways)))

    @doing(5, lambda self: self._waiting(), fate=st.none() | fates)
    def whole_way(self, _: st.DataObject, fate: str | None) -> None:
        """Everything that waits is approved and its money comes; with a fate it is sent."""
        house = self.world.house
        for number, state in self._waiting():
            if state == "draft":
                self.may(lambda one=number: house.submit([one]))
            self.may(lambda one=number: house.approve("check", [one]))
            self.may(lambda one=number: house.approve("approve", [one]))
        self._money_comes()
        if fate:
            acts.collect(self.world)
            acts.build(self.world)
            self.may(lambda: acts.release(self.world))
            self.sends(fate, BANK)

    @doing(1, lambda self: self.world.rows(_APPROVED))
    def undo(self, data: st.DataObject) -> None:
        """Two undo an approved payroll, as long as nothing of it was sent."""
        number, _ = data.draw(st.sampled_from(self.world.rows(_APPROVED)))
        self.may(lambda: undo_by_two(self.world.house, number))

    # ------------------------------------------------------------------ money and batches
    @doing(2, lambda self: self.world.rows(_APPROVED))
    def money(self, _: st.DataObject) -> None:
        self._money_comes()

    def _money_comes(self) -> None:
        for (period,) in self.world.rows(
            "select distinct period from payroll where state = 'approved'"
        ):
            acts.money_comes(self.world, period)

    @doing(3, lambda self: self.world.rows(_APPROVED), dies=deaths)
    def build(self, _: st.DataObject, dies: int) -> None:
        self.build_dies(dies)

    def build_dies(self, dies: int) -> None:
        self._job("build", acts.build(self.world, dies))

    @doing(6, lambda self: acts.batches(self.world, "built"))
    def release(self, _: st.DataObject) -> None:
        self.may(lambda: acts.release(self.world))

    @doing(
        8,
        lambda self: acts.batches(self.world, "released", "in_doubt", "sending"),
        fate=fates,
        provider=st.sampled_from([BANK, BANK, POST]),
        dies=deaths,
    )
    def send(self, _: st.DataObject, fate: str, provider: str, dies: int) -> None:
        self.sends(fate, provider, dies)

    def sends(self, fate: str, provider: str, dies: int = 0) -> None:
        wire = self.world.wires[provider]
        before = len(wire.carried)
        self._job("send", self.may(lambda: acts.send(self.world, fate, provider, dies)))
        for one in wire.carried[before:]:
            self.happens("fault", "wire", one)

    @doing(4, lambda self: self.payments(*FAILED), dies=deaths)
    def follow_up(self, _: st.DataObject, dies: int) -> None:
        self.follow_up_dies(dies)

    def follow_up_dies(self, dies: int) -> None:
        self._job("follow up", acts.follow_up(self.world, dies))

    @doing(12, lambda self: self.world.has_news(), dies=deaths)
    def collect(self, _: st.DataObject, dies: int) -> None:
        self.collect_dies(dies)

    def collect_dies(self, dies: int) -> None:
        self._job("collect", acts.collect(self.world, dies))

    # ------------------------------------------------------------------ holds and cases
    @doing(1)
    def hold(self, data: st.DataObject) -> None:
        """One officer stops something."""
        people = [f"{one}" for (one,) in self.world.rows("select id from person")]
        payments = [f"{one}" for (one,) in self.world.rows("select id from instruction")]
        places = [("global", ""), ("provider", BANK), ("unit", COMMUNE), ("programme", "pension")]
        places += [("person", one) for one in people] + [("instruction", one) for one in payments]
        self.stops(*data.draw(st.sampled_from(places)))

    def stops(self, scope: str, key: str) -> None:
        """One finance officer sets a hold."""
        house, who = self.world.house, self.world.house.acting("finance.one")

        def act() -> None:
            with house.work() as session:
                stop(session, house.keyring, who, scope, key, "xem lại", house.clock.now())

        self.may(act)
        self.happens("fault", "hold", scope)

    @doing(6, lambda self: self.world.rows("select 1 from hold where cleared_at is null"))
    def clear(self, _: st.DataObject) -> None:
        acts.clear_holds(self.world)

    @doing(1, lambda self: self.world.rows("select 1 from hold where cleared_at is null"))
    def clears_alone(self, _: st.DataObject) -> None:
        """One who signs twice clears nothing."""
        ((number,), *_rest) = self.world.rows("select id from hold where cleared_at is null")
        signed = [self.world.house.clear_hold(number, "finance.one").cleared for _ in range(2)]
        assert signed == [False, False], "one person cleared a hold"
        self.happens("fault", "alone")

    @doing(3, lambda self: self.world.rows(_CASES))
    def end_cases(self, _: st.DataObject) -> None:
        """Finance looks at every case; of recalls it hears that they were refused."""
        house = self.world.house
        for number, kind in self.world.rows(_CASES):
            end = recall_answered if kind == "recall" else close_case
            who = signer(house)
            with house.work() as session:
                end(session, house.keyring, who, number, "đã hỏi", house.clock.now())
            self.happens("case", kind)

    @doing(3, lambda self: self.payments("settled"), still_due=st.booleans())
    def recall(self, data: st.DataObject, still_due: bool) -> None:
        house = self.world.house
        wanted = Request(data.draw(st.sampled_from(self.payments("settled"))), "nhầm", still_due)
        who = signer(house)

        def act() -> None:
            with house.work() as session:
                ask_recall(session, house.keyring, who, wanted, house.clock.now())

        self.may(act)

    # ------------------------------------------------------------------ what never came, repairs
    @doing(when=lambda self: acts.batches(self.world, "sent", "in_doubt", "answered"))
    def never_came(self, data: st.DataObject) -> None:
        wanted = acts.batches(self.world, "sent", "in_doubt", "answered")
        self.decides_at_the_horizon(data.draw(st.sampled_from(wanted)))

    def decides_at_the_horizon(self, number: int) -> None:
        """Two statements later the bank is asked, and two decide; never before.

        What it pays after the days of these, and says it has not, it pays wrongly.
        """
        for _ in range(4):
            with self.world.house.database.view() as session:
                found = horizon_of(session, number)
            if not found.missing and found.next_day and found.next_day < self.world.today():
                break
            self._refuses(lambda: self._decide(number))
            self.a_day()
            acts.collect(self.world)
        before = self.world.rows(_NEVER_CAME)
        self.may(lambda: self._decide(number))
        gone = set(self.world.rows(_NEVER_CAME)) - set(before)
        self.world.errors.update(
            entry["reference"]
            for entry in self.world.bank.entries
            if entry["kind"] == "payment" and entry["booking_date"] > f"{found.next_day}"
            and (entry["reference"],) in gone
        )  # fmt: skip

    def _decide(self, number: int) -> None:
        house, signers = self.world.house, two(self.world.house)
        paper = Enquiry("trả lời hỏi lệnh: không có", self.world.today())
        with house.work() as session:
            confirm_not_received(session, house.keyring, signers, number, paper, house.clock.now())

    @doing(5, lambda self: self._people_to_repair())
    def repair(self, data: st.DataObject) -> None:
        """Another account for somebody whose payment failed, by two."""
        house, person = self.world.house, data.draw(st.sampled_from(self._people_to_repair()))
        new = NewAccount(TEST_BANK_A, house.later().strftime("%y%m%d%H%M") + f"{person:03}",
                         "NONG THI NGUOI")  # fmt: skip
        by = house.officer("admin.one"), house.officer("admin.two")

        def act() -> None:
            with house.work() as session:
                repair_destination(session, house.keyring, person, new, "giấy", *by, house.later())

        self.may(act)

    @doing(1, promise=st.sampled_from(PROMISES[:2]), is_made=st.booleans())
    def promise(self, _: st.DataObject, promise: str, is_made: bool) -> None:
        """The bank declares more, or takes it back."""
        office_promises(self.world.house, BANK, promise, is_made=is_made)

    # ------------------------------------------------------------------ closing
    @doing(1, lambda self: self.world.today().month == 9)
    def close(self, _: st.DataObject) -> None:
        """The month is closed when it is over, if everything is explained."""
        period = f"{self.world.today():%Y-%m}"
        self.after_the_month()
        acts.collect(self.world)
        if self.may(lambda: close_month(self.world.runtime, period)):
            self.happens("closed", "month")

    @doing(1)
    def seal(self, _: st.DataObject) -> None:
        with self.world.house.work() as session:
            seal_all(session)
            seal_trail(session)

    # ------------------------------------------------------------------ what nobody may alone
    @doing(1)
    def alone(self, data: st.DataObject) -> None:
        """One person in two roles, or one code for two acts: refused, every time."""
        house, tries = self.world.house, []
        if acts.batches(self.world, "built"):
            tries.append(lambda: acts.release(self.world, ("finance.one", "finance.one")))
        for number, state in self._waiting():
            if state == "submitted":
                tries.append(lambda one=number: house.approve("check", [one], f"maker.{COMMUNE}"))
            if state == "checked":
                tries.append(lambda one=number: house.approve("approve", [one], f"maker.{COMMUNE}"))
        if tries:
            self._refuses(data.draw(st.sampled_from(tries)))
            self.happens("fault", "alone")

    def _refuses(self, act: Any) -> None:
        try:
            act()
        except AnSinhError:
            return
        raise AssertionError("one person did what takes two, or too early")

    # ------------------------------------------------------------------ how
    def _job(self, name: str, came_to_its_end: bool | None) -> None:
        if came_to_its_end is False:
            self.happens("fault", "killed", name)
            acts.a_while(self.world, 11)  # whoever was killed is not waited for longer

    def _waiting(self) -> list[Any]:
        return self.world.rows(
            "select id, state from payroll where state in ('draft', 'submitted', 'checked')"
            " order by id"
        )

    def _people_to_repair(self) -> list[int]:
        return [one for (one,) in self.world.rows(_FAILED)]


FAILED = ("rejected", "returned", "not_received", "recalled")
_NEVER_CAME = "select reference from instruction where state = 'not_received'"
_OCTOBER = f"select 1 from payroll where period = '{OCTOBER}' and kind = 'monthly'"
_APPROVED = "select id, state from payroll where state = 'approved' order by id"
_CASES = "select id, kind from bank_case where state = 'open' order by id"
_FAILED = """select distinct o.person_id from instruction i
    join obligation o on o.id = i.obligation_id
    where i.method = 'account' and i.state in ('rejected', 'returned', 'recalled') order by 1"""
