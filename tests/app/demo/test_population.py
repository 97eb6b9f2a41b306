"""The synthetic population: sizes, shares, faults, and the same again for the same seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random

import pytest

from app.beneficiaries.rows import RegisterRow
from app.demo import accounts
from app.demo.calibration import monthly_amount
from app.demo.people import Maker, account_holder
from app.demo.places import apportion, places
from app.demo.population import Population, population
from app.reference import citizen_id
from app.reference.banks import TEST_BANK_A

MAIN = "cao-bang-2026-10"
CALIBRATED = "cao-bang-2025-05"
Month = dict[str, list[RegisterRow]]


@cache
def months(people: int, seed: int = 1, scenario: str = MAIN) -> dict[str, Month]:
    made = population(scenario, people, seed)
    return {period: dict(made.month(period)) for period in made.scenario.periods(2)}


def rows_of(month: Month) -> list[RegisterRow]:
    return [row for rows in month.values() for row in rows]


def faults(month: Month) -> Counter[tuple[str, str]]:
    people = {row.citizen_id: row for row in rows_of(month) if accounts.fault_of(row.account)}
    return Counter((accounts.fault_of(row.account), row.bank_bin) for row in people.values())


def test_same_seed_same_people_and_another_seed_others() -> None:
    again = dict(population(MAIN, 500, 1).month("2026-11"))
    assert again == months(500)["2026-11"]
    assert dict(population(MAIN, 500, 2).month("2026-11")) != again


def test_an_earlier_month_can_be_asked_again() -> None:
    made = population(MAIN, 500, 1)
    list(made.month("2026-11"))
    assert dict(made.month("2026-09")) == months(500)["2026-09"]


@pytest.mark.parametrize("people", [1, 20, 60, 1000])
def test_as_many_people_as_asked(people: int) -> None:
    made = population(MAIN, people, 3)
    ids = {row.citizen_id for row in rows_of(dict(made.month("2026-09")))}
    assert len(ids) == people == made.size


def test_sixty_people_reach_every_commune() -> None:
    assert set(months(60)["2026-09"]) == {place.code for place in places()}


def test_nobody_is_real() -> None:
    people: dict[str, str] = {}
    for row in rows_of(months(1000)["2026-09"]):
        assert row.citizen_id.startswith(citizen_id.SYNTHETIC_PREFIX)
        assert citizen_id.sex(row.citizen_id) == row.sex
        assert citizen_id.birth_year(row.citizen_id) == row.birth_year
        assert not row.phone or (row.phone.startswith("010") and len(row.phone) == 10)
        assert people.setdefault(row.citizen_id, row.name) == row.name


def test_more_than_a_million_are_nobody_twice() -> None:
    maker = Maker(Random(1), date(2026, 9, 1))
    first = [maker.make(places()[0], "pension", TEST_BANK_A) for _ in range(40)]
    maker._made = 999_980
    later = [maker.make(places()[0], "pension", TEST_BANK_A) for _ in range(60)]
    for told in ("citizen_id", "account", "serial"):
        assert len({getattr(one, told) for one in first + later}) == 100
    for one in later:
        assert citizen_id.is_well_formed(one.citizen_id)
        assert one.citizen_id[:3] in citizen_id.SYNTHETIC_PREFIXES
        assert not one.phone or len(one.phone) == 10
        assert (
            accounts.repaired_number(accounts.faulty_account(one.account, accounts.REJECT_AC01))
            == one.account
        )
    assert {one.citizen_id[:3] for one in later} == set(citizen_id.SYNTHETIC_PREFIXES)


def test_mix_of_programmes_methods_and_banks() -> None:
    rows = rows_of(months(5000)["2026-09"])
    first = {row.citizen_id: row for row in reversed(rows)}.values()
    programmes = Counter(row.programme for row in first)
    assert [programmes[name] for name in ("pension", "assistance", "merit")] == [2500, 2000, 500]
    cash = sum(row.method == "cash" for row in first) / 5000
    assert 0.56 < cash < 0.63
    banks = Counter(row.bank_bin for row in first if row.method == "account")
    shares = {code: round(100 * count / banks.total()) for code, count in banks.items()}
    assert shares == {"999001": 45, "999002": 25, "999003": 15, "999004": 15}


def test_towns_have_more_accounts() -> None:
    month = months(5000)["2026-09"]
    shares = {
        code: sum(row.method == "account" for row in rows) / len(rows)
        for code, rows in month.items()
    }
    town = min(shares["01273"], shares["01279"])
    assert town > 0.6 > 0.35 > shares["01324"]


def test_a_thousand_people_fill_every_cell() -> None:
    cells: dict[tuple[str, str], set[str]] = defaultdict(set)
    provider = {"999001": "A", "999004": "A", "999002": "B", "999003": "post", "": "post"}
    for code, rows in months(1000)["2026-09"].items():
        for row in rows:
            cells[code, row.programme].add(provider[row.bank_bin])
    for place in places():
        for programme in ("pension", "assistance"):
            assert cells[place.code, programme] == {"A", "B", "post"}


@pytest.mark.parametrize("people", [60, 1000, 5000])
@pytest.mark.parametrize("seed", [1, 2, 7])
def test_main_month_has_every_fault(people: int, seed: int) -> None:
    made = months(people, seed)
    first = faults(made["2026-09"])
    assert first[accounts.RETURN_NEXT_MONTH, "999001"] >= 2
    main = faults(made["2026-10"])
    for fault in accounts.FAULTS[:4]:
        assert main[fault, "999001"] >= 1
    assert main[accounts.REJECT_AC04, "999002"] >= 1
    assert main[accounts.REJECT_AC04, "999003"] >= 1
    assert not any(fault == accounts.RETURN_NEXT_MONTH for fault, _ in main)


def test_sound_accounts_never_end_in_a_fault() -> None:
    for serial in range(0, 1_000_000, 7):
        number = accounts.account_number(serial, "999001")
        assert not number[-4:].startswith("90")
        assert accounts.repaired_number(number) == number


def test_a_fault_lasts_one_month_and_is_repaired_alike() -> None:
    before, after = months(5000)["2026-09"], months(5000)["2026-10"]
    later = {row.citizen_id: row.account for row in rows_of(after)}
    broken = [row for row in rows_of(before) if accounts.fault_of(row.account)]
    assert broken
    for row in broken:
        assert later[row.citizen_id] == accounts.repaired_account(row)


def test_a_bad_account_is_never_given_twice() -> None:
    """It is banned when its money has come back: a list with it again would be refused."""
    year, bad = population("cao-bang-2026-10", 300, 1), Counter[str]()
    for period in year.scenario.periods(12):
        for _, rows in year.month(period):
            bad.update({row.account for row in rows if accounts.fault_of(row.account)})
    assert len(bad) > 24
    assert set(bad.values()) == {1}


def test_deaths_moves_and_claims() -> None:
    made = months(5000)
    before, after = made["2026-10"], made["2026-11"]
    events = Counter(row.event for row in rows_of(before))
    assert 25 <= events["death"] <= 36
    assert events["move_out"] == events["move_in"] >= 14
    assert 48 <= events["new"] <= 54
    later = {row.citizen_id for row in rows_of(after)}
    for row in rows_of(before):
        if row.event:
            assert row.event_date is not None
            assert f"{row.event_date:%Y-%m}" == "2026-09"
        assert (row.citizen_id in later) != (row.event == "death")
        if row.event == "new":
            assert row.start_period == "2026-09"


def test_a_mover_is_in_both_communes_once() -> None:
    homes: dict[str, dict[str, str]] = defaultdict(dict)
    for code, rows in months(5000)["2026-10"].items():
        for row in rows:
            homes[row.citizen_id][row.event] = code
    for events in homes.values():
        if len(events) > 1:
            assert set(events) == {"move_out", "move_in"}
            assert events["move_out"] != events["move_in"]


def test_accounts_change_and_open() -> None:
    made = months(5000)
    before = {row.citizen_id: row.account for row in rows_of(made["2026-09"])}
    opened = changed = 0
    for row in rows_of(made["2026-10"]):
        old = accounts.repaired_number(before.get(row.citizen_id, row.account))
        if row.event != "new" and old != accounts.repaired_account(row):
            opened, changed = opened + (not old), changed + bool(old)
    assert 20 <= opened <= 32
    assert 20 <= changed <= 32


@pytest.mark.parametrize("seed", [0, 1, 5, 99])
def test_calibrated_month(seed: int) -> None:
    made = population(CALIBRATED, 1, seed)
    assert made.scenario.periods(3) == ["2025-05"]
    rows = rows_of(dict(made.month("2025-05")))
    paid = {"account": 0, "cash": 0}
    for row in rows:
        paid[row.method] += monthly_amount(row.programme, row.group, row.table_key, "2025-05")
    total = sum(paid.values())
    rate = (Decimal(100 * paid["account"]) / total).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert rate == Decimal("80.75")
    assert 3_320_000_000 < total < 3_330_000_000
    assert sum(row.method == "account" for row in rows) == 1017
    assert {row.programme for row in rows} == {"assistance", "merit"}
    assert len({row.citizen_id for row in rows}) == len(rows)
    assert faults(dict(made.month("2025-05"))) == {("9004", "999001"): 2, ("9006", "999001"): 1}


def test_months_outside_a_scenario_are_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        population(MAIN, 5, 1).month("2026-08")
    with pytest.raises(ValueError, match="only"):
        population(CALIBRATED, 5, 1).month("2025-06")
    with pytest.raises(KeyError):
        population("nowhere", 5, 1)
    with pytest.raises(ValueError, match="at least one"):
        population(MAIN, 0, 1)
    with pytest.raises(ValueError, match="at most"):
        population(MAIN, 2_000_000, 1)


def test_periods_follow_the_months_asked() -> None:
    made: Population = population(MAIN, 1, 1)
    assert made.scenario.periods() == ["2026-09", "2026-10"]
    assert made.scenario.periods(4)[-1] == "2027-01"


def test_apportion_keeps_the_sum() -> None:
    assert apportion(7, [1.0, 1.0, 2.0]) == [2, 2, 3]
    assert apportion(2, [1.0, 1.0, 2.0]) == [1, 0, 1]


def test_holder_names_are_plain_capitals() -> None:
    assert account_holder("Đàm Thị Thủy") == "DAM THI THUY"
