"""A year is settled while others write: it waits for what is being written and sees it, and they
wait for it and find the year closed."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import date

import pytest

from app.disbursement.year_end.settling import settle
from app.errors import Refused
from ledger.errors import PeriodClosed
from ledger.journal import EntryDraft, post
from reconciliation.tables import year_closing
from reconciliation.years import prove_years
from tests.app.disbursement import year_end_office as office
from tests.app.disbursement.year_end_office import AT_BANK, all_handed_back, broken
from tests.factories import House

pytestmark = pytest.mark.stage(of=all_handed_back)

A_MOMENT, LONGEST = 0.4, 120
"""Seconds: how long one looks whether somebody waits; a busy machine is slow, but ends."""
DAY = date(2027, 1, 28)


@pytest.fixture(autouse=True)
def _january(house: House) -> None:
    house.on(f"{DAY}")


def draft(house: House, key: str, year: int) -> EntryDraft:
    """Seven đồng more of a budget year's money at the bank, dated in January."""
    return EntryDraft(key, "fund_bank", AT_BANK, DAY, house.clock.now(), "test", fiscal_year=year)


def write(house: House, key: str, year: int) -> None:
    with house.work() as session:
        post(session, draft(house, key, year), 7)


def stands_still(*running: Future[object]) -> bool:
    """Whether all of them are still at it after a moment."""
    return not wait(running, timeout=A_MOMENT).done


def test_a_year_waits_for_what_is_being_written_and_sees_it(house: House) -> None:
    """What two officers read is no longer so: they are told, and nothing is closed."""
    read = office.shown(house).digest
    with ThreadPoolExecutor(1) as others:
        with house.work() as session:
            post(session, draft(house, "late", 2026), 7)
            closing = others.submit(office.settle, house, digest=read)
            assert stands_still(closing)
        with pytest.raises(Refused, match=r"banka: 7\s₫ chưa nộp trả"):
            closing.result(timeout=LONGEST)
    assert house.count(year_closing) == 0


def test_two_writers_wait_for_the_close_and_find_it(house: House) -> None:
    """One has an entry of the year that is being closed, one of the new year."""
    digest, two = office.shown(house).digest, office.signers(house)
    with ThreadPoolExecutor(2) as others:
        with house.work() as session:
            settle(session, house.keyring, two, digest, 2026, house.clock.now())
            late, new = (others.submit(write, house, f"of {year}", year) for year in (2026, 2027))
            assert stands_still(late, new)
        assert isinstance(late.exception(timeout=LONGEST), PeriodClosed)
        assert new.exception(timeout=LONGEST) is None
    assert house.rows("select key from entry where source = 'test'") == [("of 2027",)]
    assert house.count(year_closing) > 0
    with house.work() as session:
        assert prove_years(session).ok


def test_of_two_who_settle_at_once_one_does(house: House) -> None:
    digest, two = office.shown(house).digest, office.signers(house)
    with ThreadPoolExecutor(1) as others:
        with house.work() as session:
            first = settle(session, house.keyring, two, digest, 2026, house.clock.now())
            second = others.submit(office.settle, house, digest=digest)
            assert stands_still(second)
        assert (first.is_new, second.result(timeout=LONGEST).is_new) == (True, False)
    assert broken(house) == {}
