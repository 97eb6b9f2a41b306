"""Short histories written by hand: what random ones come to so rarely that a few would miss it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from app.disbursement.recall import Request, ask_recall
from app.jobs.payrolls import open_follow_ups
from tests.app.disbursement.evidence_office import office_promises, signer
from tests.factories import BANK, COMMUNE, POST, SEPTEMBER
from tests.service import acts
from tests.service.machine import Machine
from tests.service.wire import DIED_AFTER, DIED_BEFORE, LOST, SLOW, TIMED_OUT, TURNED_AWAY
from tests.support.province import PENSION
from tests.support.returned import put_right
from tests.support.ways_back import send_back, take_back, undo_by_two


@contextmanager
def history(machine: type[Machine], start: str) -> Iterator[Machine]:
    """A history that begins there; at its end everything is explained."""
    one = machine()
    try:
        one.begin(start=start)
        one.all_holds()
        yield one
        one.all_holds()
    finally:
        one.teardown()


def _released(one: Machine) -> None:
    acts.build(one.world)
    acts.release(one.world)
    one.all_holds()


def _hears(one: Machine, *contents: bytes) -> None:
    """The bank lays files out, and each is read before the next one."""
    for content in contents:
        one.world.bank.tray.lay(content)
        acts.collect(one.world)
        one.all_holds()


def _says(one: Machine, status: str, reason: str = "") -> None:
    """A status of every payment, each in a file of its own."""
    bank = one.world.bank
    for order in bank.orders.values():
        order.refused |= status == "RJCT"
    _hears(one, *(bank.word(reference, status, reason) for reference in bank.orders))


def too_slow(one: Machine) -> None:
    """The hand-over takes so long that another worker gives it up; then it arrives after all."""
    _released(one)
    one.sends(SLOW, BANK)


def killed_and_booked(one: Machine) -> None:
    """The process dies with the file handed over; the debits are there before anyone looks."""
    _released(one)
    one.sends(DIED_AFTER, BANK)
    _hears(one, *(one.world.bank.advice([one.world.bank.pays(reference, one.world.today())])
                  for reference in list(one.world.bank.orders)))  # fmt: skip


def doubted_and_refused(one: Machine) -> None:
    """Nobody answers; then each payment is refused."""
    _released(one)
    one.sends(TIMED_OUT, BANK)
    _says(one, "RJCT", "AC04")


def turned_away(one: Machine) -> None:
    """What was certainly not taken goes again, under a new claim."""
    _released(one)
    one.sends(TURNED_AWAY, BANK)
    one.all_holds()
    one.sends(LOST, BANK)


def killed_before(one: Machine) -> None:
    """The process dies before the first byte; so does one that builds and one that collects."""
    one.build_dies(2)
    one.collect_dies(3)
    _released(one)
    one.sends(DIED_BEFORE, BANK)


def never_came(one: Machine) -> None:
    """Lost on the wire: beyond the horizon two decide, and with the next file the batch is over."""
    _released(one)
    one.sends(LOST, BANK)
    one.decides_at_the_horizon(acts.batches(one.world, "in_doubt")[0])
    one.all_holds()
    one.a_day()
    acts.collect(one.world)


def acknowledged_and_refused(one: Machine) -> None:
    """A receipt for the file, then its refusal without a word on the payments: a doubt."""
    ((message,),) = one.world.rows(_MESSAGE, BANK)
    bank = one.world.bank
    _hears(one, bank.answer(message, "ACTC"), bank.answer(message, "RJCT"))


def refused_whole(one: Machine) -> None:
    """The same from a bank that takes all or nothing: every payment is refused."""
    office_promises(one.world.house, BANK, "all_or_nothing")
    ((message,),) = one.world.rows(_MESSAGE, BANK)
    for order in one.world.bank.orders.values():
        order.refused = True
    _hears(one, one.world.bank.answer(message, "RJCT"))


def lapsed_and_undone(one: Machine) -> None:
    """A release grows old, is made anew, and the list is undone."""
    _released(one)
    for _ in range(5):
        one.a_day()
    one.sends(LOST, POST)
    one.all_holds()
    acts.release(one.world)
    undo_by_two(one.world.house, 1)


def refused_and_paid(one: Machine) -> None:
    """The bank refuses every payment, and carries one of them out all the same."""
    _says(one, "RJCT", "AC04")
    first, *_ = one.world.bank.orders
    entry = one.world.bank.pays(first, one.world.today())
    one.is_late_if_closed(first)
    _hears(one, one.world.bank.advice([entry]))


def sent_back_after_the_check(one: Machine) -> None:
    """The maker takes a list back; then the one who approves sends it back, checked as it is."""
    house, ids = one.world.house, [1]
    house.submit(ids)
    one.all_holds()
    take_back(house, ids)
    one.all_holds()
    house.submit(ids)
    house.approve("check", ids)
    one.all_holds()
    send_back(house, ids, f"approver.{COMMUNE}")


def recalled(one: Machine) -> None:
    """Paid, asked back, and the money comes."""
    bank, house = one.world.bank, one.world.house
    first, *_ = bank.orders
    _hears(one, bank.advice([bank.pays(first, one.world.today())]))
    who = signer(house)
    with house.work() as session:
        ask_recall(session, house.keyring, who, Request(first, "nhầm", True), house.clock.now())
    _hears(one, bank.advice([bank.gives_back(first, one.world.today())]))


def stopped(one: Machine) -> None:
    """Every kind of hold, one after the other."""
    for scope, key in (("global", ""), ("provider", BANK), ("unit", COMMUNE), ("person", "1"),
                       ("programme", PENSION), ("instruction", "1")):  # fmt: skip
        one.stops(scope, key)
        one.all_holds()
        acts.clear_holds(one.world)


def back_and_again(one: Machine) -> None:
    """Money that comes back: before its debit is told, whole, twice, in part; one is paid twice."""
    first, second, third, *_ = one.world.bank.orders
    _hears(one, one.world.bank.advice([one.world.bank.pays(second, one.world.today())]))
    for what, about in (("back early", first), ("back", second), ("back again", second),
                        ("again", second)):  # fmt: skip
        one.money_moves(what, about)
        acts.collect(one.world)
        one.all_holds()
    _hears(one, one.world.bank.advice([one.world.bank.pays(third, one.world.today())]))
    one.money_moves("part back", third)
    acts.collect(one.world)


def _last_line(one: Machine) -> int:
    ((number,),) = one.world.rows("select max(id) from bank_line")
    return int(number)


def _there_and_back(one: Machine, reference: str) -> None:
    """The last line is placed on a payment, and taken back."""
    line, amount = _last_line(one), one.world.bank.orders[reference].amount
    assert one.places(line, (reference, amount))
    one.all_holds()
    assert one.takes_back(line)
    one.all_holds()


def taken_back_at_the_desk(one: Machine) -> None:
    """Paid, and the batch is over; debits and a return are taken back, one of them is placed."""
    bank, day = one.world.bank, one.world.today()
    first, second, *rest = bank.orders
    _hears(one, bank.word(first, "ACSP"), bank.advice([bank.pays(each, day) for each in rest]))
    for reference in (second, first):
        _hears(one, bank.advice([bank.pays(reference, day)]))
    assert one.takes_back(_last_line(one))
    one.all_holds()
    assert not one.takes_back(_last_line(one))
    one.places(_last_line(one), (first, bank.orders[first].amount))
    one.all_holds()
    assert one.takes_back(_last_line(one) - 1)
    one.all_holds()
    _hears(one, bank.advice([bank.gives_back(rest[0], day)]))
    assert one.takes_back(_last_line(one))


def gone_after_all(one: Machine) -> None:
    """Refused and paid all the same: settled by its debit, and that is taken back."""
    refused_and_paid(one)
    _there_and_back(one, next(iter(one.world.bank.orders)))


def gone_beyond_the_horizon(one: Machine) -> None:
    """The same of a payment that two had found never to have come."""
    one.decides_at_the_horizon(acts.batches(one.world, "sent", "answered", provider=BANK)[0])
    one.all_holds()
    first, *_ = one.world.bank.orders
    entry = one.world.bank.pays(first, one.world.today())
    one.is_late_if_closed(first)
    _hears(one, one.world.bank.advice([entry]))
    _there_and_back(one, first)


def killed_at_the_follow_up(one: Machine) -> None:
    """The job that lists anew dies, and is run again."""
    _says(one, "RJCT", "AC04")
    put_right(one.world.house, 1)
    one.follow_up_dies(2)
    open_follow_ups(one.world.runtime, SEPTEMBER)


WALKS: Mapping[str, tuple[Callable[[Machine], None], ...]] = MappingProxyType(
    {
        "listed": (sent_back_after_the_check,),
        "approved": (
            too_slow, killed_and_booked, doubted_and_refused, turned_away, killed_before,
            lapsed_and_undone, never_came,
        ),
        "sent": (
            acknowledged_and_refused, refused_whole, refused_and_paid, recalled, stopped,
            back_and_again, taken_back_at_the_desk, gone_after_all, gone_beyond_the_horizon,
            killed_at_the_follow_up,
        ),
    }
)  # fmt: skip
_MESSAGE = """select b.message_id from batch b join contract c on c.id = b.contract_id
    where c.provider = ?"""
