"""A first try handed nothing over, a later one did, and the database has forgotten that one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.disbursement import claims, journal
from app.disbursement.holds import GLOBAL, RESTORED, set_hold
from app.disbursement.journal import Handed, Journal
from app.disbursement.left_since import left_since
from app.disbursement.restored import Recovered, Taken, recover
from app.errors import Held
from app.jobs.sending import send_batches
from bank_adapters.errors import Unavailable
from tests.app.disbursement.test_fence import failing, meeting
from tests.app.disbursement.test_sending import delivered, runtime_of, september_released
from tests.factories import House

pytestmark = pytest.mark.stage(of=september_released)


def kept(house: House) -> tuple[Handed, ...]:
    """Both batches were tried and not handed over; the journal's lines of that."""
    send_batches(runtime_of(house, meeting(failing(Unavailable("chưa giao được")))))
    return journal.read(house.home / journal.NAME).lines


def restored(house: House, lines: tuple[Handed, ...], taken: datetime, lost: bool) -> Recovered:
    """What a restore of a backup of that moment recovers."""
    now = house.later()
    with house.work() as session:
        number = set_hold(session, GLOBAL, RESTORED, "Khôi phục", "ansinh restore", now)
        return recover(session, number, Taken("b", taken, 1, None), Journal(lines), lost, now)


def never_left(house: House) -> set[int]:
    with house.database.view() as session:
        return claims.never_left(session)


@pytest.mark.parametrize("is_first_line", [False, True])
def test_a_backup_from_between_the_two_tries(house: House, is_first_line: bool) -> None:
    """The try that left stands in the journal alone, be it that the first one had no line there."""
    lines = kept(house)
    taken, left = house.later(), house.later()
    gone = tuple(replace(one, at=left) for one in lines)
    found = restored(house, gone if is_first_line else lines + gone, taken, lost=False)
    assert (found.in_doubt, found.unknown) == ((1, 2), ())
    assert never_left(house) == set()
    assert house.rows("select batch_id, believed from handed_over order by batch_id") == [
        (1, "in_doubt"), (2, "in_doubt")]  # fmt: skip
    assert house.ask("select count(*) from entry where kind = 'send'") == 2


@pytest.mark.parametrize("lost", [False, True])
def test_without_a_newer_line_it_depends_on_the_journal(house: House, lost: bool) -> None:
    """A whole journal proves that nothing left; a lost one proves nothing."""
    found = restored(house, kept(house), house.later(), lost)
    assert (found.in_doubt, never_left(house)) == (((1, 2), set()) if lost else ((), {1, 2}))


def test_an_older_database_in_its_place_sends_nothing(house: House) -> None:
    lines, left = kept(house), house.later()
    journal.note(house.home, replace(lines[0], at=left))
    house.later()
    with pytest.raises(Held, match=r"1 lô đã gửi rồi \(lô 1\)"):
        send_batches(runtime_of(house))
    assert delivered(house) == []


def test_one_line_more_than_tries_tells_it_too(house: House) -> None:
    """Whatever the clock said: two lines, one try."""
    line = kept(house)[0]
    earlier = replace(line, at=line.at.replace(second=1))
    with house.database.view() as session:
        assert left_since(session, Journal((line,))) == []
        assert left_since(session, Journal((line, earlier))) == [1]
        assert left_since(session, Journal((line, replace(earlier, message_id="")))) == [1]
