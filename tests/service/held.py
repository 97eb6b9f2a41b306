"""A world, and what must hold in it after every step: by the database, and against the bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.disbursement.states import AFTER_ALL, INSTRUCTION_MOVES, TAKEN_BACK
from app.errors import Conflict, Held, NotFound, Refused
from app.payroll.states import PAYROLL_MOVES
from bank_adapters.sandbox.account_report import bank_reference
from reconciliation.evidence import SOURCE_SQL, WORD_SQL
from tests.factories import BANK
from tests.service.doing import doings_of
from tests.service.invariants import APPENDED, BROKEN, MARKED, STATE
from tests.service.starts import Moulds
from tests.service.world import World

NO = (Refused, Conflict, Held, NotFound)
_PAYMENTS = f"select i.id, i.reference, i.obligation_id, i.amount, {STATE} from instruction i"
_NEWS = f"""select l.id, l.reference, m.target_id, {SOURCE_SQL.format(line="l")},
    {WORD_SQL.format(line="l")}, m.verdict
    from bank_line l join line_match m on m.bank_line_id = l.id where l.id > ?"""
_WHOLE = """select id, instruction_id, source, word, state from outcome
    where id > ? and bank_line_id is null"""
_PLAIN = {"credited": "settled"}
Move = tuple[str, str]


def _ways(moves: Iterable[Move]) -> dict[Move, tuple[Move, ...]]:
    """From where one comes where by listed moves, and by which: the shortest way."""
    moves = sorted(moves)
    ways: dict[Move, tuple[Move, ...]] = {one: (one,) for one in moves}
    for _ in moves:
        for (first, middle), way in list(ways.items()):
            for begin, end in moves:
                if begin == middle and end != first:
                    ways.setdefault((first, end), (*way, (begin, end)))
    return ways


# What officers do at their desk is one move a step, and no part of a longer way.
_BY_HAND = TAKEN_BACK | AFTER_ALL
_PAYMENT_WAYS = _ways(INSTRUCTION_MOVES - _BY_HAND) | {one: (one,) for one in _BY_HAND}
_PAYROLL_WAYS = _ways(PAYROLL_MOVES)


class HeldWorld(RuleBasedStateMachine):
    """`seen` counts what happened in all examples, so that a test can insist on the rare things."""

    moulds: Moulds
    seen: Counter[tuple[str, ...]]

    # ------------------------------------------------------------------ begin, end
    @initialize(start=st.sampled_from(["sent", "sent", "approved", "listed"]))
    def begin(self, start: str) -> None:
        self.open = ExitStack()
        self.world: World = self.open.enter_context(self.moulds.world_at(start))
        self.states: dict[int, str] = {}
        self.payrolls: dict[int, str] = {}
        self.events: dict[int, int] = {}
        self.kept: dict[str, set[Any]] = {name: set() for name in APPENDED}
        self.frozen: dict[tuple[int, int], frozenset[Any]] = {}
        self.last_line = self.last_outcome = 0
        self._remember()

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """One of the things that may happen."""
        able = {one.name: one for one in doings_of(type(self)) if one.when(self)}
        names = [name for name, one in able.items() for _ in range(one.weight)]
        one = able[data.draw(st.sampled_from(names), label="step")]
        drawn = {name: data.draw(how, label=name) for name, how in one.drawn.items()}
        getattr(self, one.name)(data, **drawn)
        self.happens("step", one.name)

    def teardown(self) -> None:
        if hasattr(self, "open"):
            self.open.close()

    # ------------------------------------------------------------------ for the rules
    def happens(self, *what: str) -> None:
        """Count something that the test insists on."""
        self.seen[what] += 1

    def may(self, act: Callable[[], Any]) -> Any:
        """Do what the house may refuse; None where it does."""
        try:
            return act()
        except NO as error:
            self.happens("refused", type(error).__name__)
            return None

    # ------------------------------------------------------------------ what must hold
    @invariant()
    def all_holds(self) -> None:
        self.nothing_is_broken()
        self.what_is_written_stays()
        self.moves_are_listed()
        self.books_are_the_banks()
        self.nobody_is_paid_twice()

    def nothing_is_broken(self) -> None:
        for name, query in BROKEN.items():
            found = self.world.rows(query)
            assert not found, f"{name}: {found[:3]}"

    def what_is_written_stays(self) -> None:
        """I2, and I12 for the lines of what was submitted."""
        for name, kept in self.kept.items():
            found = set(self.world.rows(f"select {self._columns(name)} from {name}"))
            assert kept <= found, f"I2 {name} was changed: {list(kept - found)[:2]}"
            self.kept[name] = found
        lines: dict[tuple[int, int], set[Any]] = {}
        for number, turn, *line in self.world.rows(_FROZEN):
            lines.setdefault((number, turn), set()).add(tuple(line))
        for place, found in lines.items():
            assert self.frozen.setdefault(place, frozenset(found)) == found, f"I12 {place}"

    def _columns(self, name: str) -> str:
        told = self.world.rows(f"select name from pragma_table_info('{name}')")
        return ", ".join(one for (one,) in told if one not in MARKED)

    def moves_are_listed(self) -> None:
        """I8; and what was seen is counted."""
        before = dict(self.states)
        news, whole = (
            self.world.rows(_NEWS, self.last_line),
            self.world.rows(_WHOLE, self.last_outcome),
        )
        payrolls = dict(self.payrolls)
        events = self._remember()
        for number, state in self.states.items():
            self._moved("payment", before.get(number, state), state, _PAYMENT_WAYS)
        for number, state in self.payrolls.items():
            self._moved("payroll", payrolls.get(number, state), state, _PAYROLL_WAYS)
        for move in events:
            self.happens("batch", *move)
        self._count_evidence(before, news, whole)

    def books_are_the_banks(self) -> None:
        """What the bank's lines say is what the bank did, and our books hold exactly that."""
        bank = self.world.bank
        did = {bank_reference(one["id"]): one["amount"] for one in bank.entries}
        lines = self.world.rows(_BOOKED, BANK)
        for reference, amount, _ in lines:
            assert did[reference] == amount, f"{reference} is not what the bank booked"
        held = self.world.rows(_HELD, BANK)[0][0]
        assert held == sum(amount for _, amount, state in lines if state == "applied")
        assert max(bank.arrived.values(), default=0) <= 1, "I7 a payment was handed over twice"

    def nobody_is_paid_twice(self) -> None:
        """What a person has of an obligation is its amount at most, but for the bank's errors."""
        orders = {**self.world.bank.orders, **self.world.post.orders}
        got: Counter[int] = Counter()
        most: Counter[int] = Counter()
        for _, reference, obligation, amount, state in self.world.rows(_PAYMENTS):
            most[obligation] = max(most[obligation], amount)
            if reference in orders:
                wrong = self.world.errors[reference]
                got[obligation] += orders[reference].received - wrong * amount
                if state in ("settled", "credited") and not wrong:
                    assert orders[reference].paid, f"{reference} is settled, and was never paid"
        over = {one: (got[one], most[one]) for one in got if got[one] > most[one]}
        assert not over, f"paid twice: {over}"

    # ------------------------------------------------------------------ how
    def _remember(self) -> list[Move]:
        """Take down where everything stands; gives the moves of batches since the last time."""
        rows = self.world.rows
        self.states = {number: state for number, _, _, _, state in rows(_PAYMENTS)}
        self.payrolls = dict(rows("select id, state from payroll"))
        self.last_line = rows("select coalesce(max(id), 0) from bank_line")[0][0]
        self.last_outcome = rows("select coalesce(max(id), 0) from outcome")[0][0]
        moves = []
        for number, seq, before, state in rows(_EVENTS):
            if seq > self.events.get(number, 0) and before is not None:
                moves.append((before, state))
            self.events[number] = max(seq, self.events.get(number, 0))
        return moves

    def _moved(self, what: str, old: str, new: str, ways: dict[Move, tuple[Move, ...]]) -> None:
        begin, end = _PLAIN.get(old, old), _PLAIN.get(new, new)
        if begin != end:
            assert (begin, end) in ways, f"I8 a {what} went from {old} to {new}"
            for move in ways[begin, end]:
                self.happens(what, *move)

    def _count_evidence(self, before: dict[int, str], news: list[Any], whole: list[Any]) -> None:
        """Which rule of evidence was at work; of a payment with two lines at once nobody knows."""
        about = Counter(reference for _, reference, *_ in news)
        for _, reference, target, source, word, verdict in news:
            if target in before and about[reference] == 1 and source is not None:
                self.happens("evidence", source, word, before[target], verdict)
        for _, target, source, word, state in whole:
            self.happens("evidence", source, word, before[target], state)


_FROZEN = """select p.id, p.round, l.line, l.obligation_id, l.person_id, l.destination_id, l.method,
    l.amount from payroll p join payroll_line l on l.payroll_id = p.id
    where p.state in ('submitted', 'checked', 'approved', 'closed')"""
_BOOKED = """select l.bank_reference, l.amount, f.state from bank_line l
    join inbound_file f on f.id = l.file_id where l.kind = 'booked' and l.provider = ?"""
_HELD = """select coalesce(sum(p.debit - p.credit), 0) from posting p
    join account a on a.id = p.account_id where a.kind = 'bank' and a.provider = ?"""
_EVENTS = """select batch_id, seq, lag(state) over (partition by batch_id order by seq), state
    from batch_event order by batch_id, seq"""
