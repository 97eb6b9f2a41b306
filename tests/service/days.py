"""Rules of the machine: the clock goes forwards, and a day ends with the bank's statement."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import strategies as st

from app.clock import TIME_ZONE
from app.schedule.calendar import calendar_of
from tests.service.bank import doctored
from tests.service.doing import doing
from tests.service.held import HeldWorld

STATEMENTS = ("whole", "whole", "twice", "missing", "doctored")
"""What may become of a statement on its way to us."""
OPENS, ENDS = time(8, 30), time(16)


class Days(HeldWorld):
    """Time, and statements."""

    @doing(minutes=st.sampled_from([2, 15, 60, 180]))
    def later(self, _: st.DataObject, minutes: int) -> None:
        self.world.house.clock.advance(timedelta(minutes=minutes))
        self.to_office_hours()

    @doing(statement=st.sampled_from(STATEMENTS))
    def next_day(self, _: st.DataObject, statement: str) -> None:
        self.a_day(statement)

    @doing(when=lambda self: self.world.bank.late)
    def catch_up(self, _: st.DataObject) -> None:
        self.nothing_is_late()

    def a_day(self, statement: str = "whole") -> None:
        """The next day of banks; what was booked until then is stated."""
        self._day_after()
        self.states_it(statement)

    def nothing_is_late(self) -> None:
        """What was late arrives."""
        bank = self.world.bank
        for content in bank.late:
            bank.tray.lay(content)
        bank.late = []

    def after_the_month(self) -> None:
        """The first day of banks of the next month; nothing is missing any more."""
        clock = self.world.house.clock
        first = (clock.now().replace(day=1) + timedelta(days=32)).replace(day=1)
        clock.move_to(first.replace(hour=8, minute=30))
        self.to_office_hours()
        self.states_it("whole")
        self.nothing_is_late()

    def states_it(self, how: str) -> None:
        """The bank lays out the statement of everything up to yesterday."""
        bank, yesterday = self.world.bank, self.world.today() - timedelta(days=1)
        content = bank.statement(yesterday)
        if how == "missing":
            bank.late.append(content)
        if how == "doctored":
            bank.tray.lay(doctored(content))
        for _ in range({"missing": 0, "twice": 2}.get(how, 1)):
            bank.tray.lay(content)
        self.happens("fault", "statement", how)

    def to_office_hours(self) -> None:
        """Out of hours nothing happens: it is the next morning of banks."""
        now = self.world.house.clock.now()
        if now.time() > ENDS or not self._is_banking_day(now):
            self._day_after()

    def _day_after(self) -> None:
        house = self.world.house
        with house.database.view() as session:
            day = calendar_of(session).next_banking_day(self.world.today())
        house.clock.move_to(datetime.combine(day, OPENS, TIME_ZONE))

    def _is_banking_day(self, now: datetime) -> bool:
        with self.world.house.database.view() as session:
            return calendar_of(session).roll_forward(now.date()) == now.date()

    def payments(self, *states: str) -> list[str]:
        """References of payments in these states, as evidence finds them; none: of all."""
        found = self.world.rows("select id, reference from instruction order by id")
        return [one for number, one in found if not states or self.states.get(number) in states]
