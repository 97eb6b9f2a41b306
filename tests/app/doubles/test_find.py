"""Every rule on a case of its own, what an honest neighbour looks like, and a second run."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from app.beneficiaries.about_tables import destination_check
from app.doubles.tables import doubt
from bank_adapters.contract import LineKind, ReportKind
from tests.app.doubles.people import (
    cases,
    found,
    give_payee,
    id_of,
    live_together,
    look,
    make_officer,
    person_of,
    reissue,
    set_person,
)
from tests.factories import (
    ASSISTANCE,
    OTHER_COMMUNE,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    listed,
    report,
    row,
)

SHARED = "100009991000"


def names(*told: str) -> list[object]:
    """People of those names, born on days of their own, in cash."""
    return [
        in_cash(at * 7, name=name, birth_date=date(1945, at, 20)) for at, name in enumerate(told, 1)
    ]


def test_honest_people_are_not_doubted(house: House) -> None:
    """Two spouses with one phone, twins of different names, a guardian of three with herself."""
    phone = {"phone": "0100000001"}
    house.register(
        SEPTEMBER, row(1, **phone), row(2, **phone), row(3),
        *(row(one, account="100000031000") for one in (11, 15, 19)),
        in_cash(30, name="Nông Văn Bình"), in_cash(34, name="Nông Văn Cường"),
    )  # fmt: skip
    for ward in (11, 15, 19):
        give_payee(house, person_of(house, id_of(ward)), id_of(3))
    assert look(house).cases == 0
    assert cases(house) == []


def test_the_newcomer_on_an_account_is_held(house: House) -> None:
    house.register("2026-08", row(1, account=SHARED))
    house.clock.advance(timedelta(days=31))
    house.register(SEPTEMBER, row(2, account=SHARED), row(1, account=SHARED))
    look(house)
    assert found(house) == {"one_account": ({1, 2}, {2})}


def test_two_who_came_on_one_day_are_both_held_until_the_bank_tells(house: House) -> None:
    house.register(SEPTEMBER, row(1, account=SHARED), row(2, account=SHARED))
    look(house)
    assert found(house) == {"one_account": ({1, 2}, {1, 2})}
    check = {"evidence": "e", "source": "bank", "checked_at": house.clock.now(), "checked_by": "b"}
    with house.work() as session:
        for result in ("different", "exact"):
            told = {"destination_id": 2, "result": result, **check}
            session.execute(insert(destination_check).values(told))
    assert look(house).gone == 1
    assert found(house) == {"one_account": ({1, 2}, {1})}


def test_a_guardian_has_three_wards_and_no_fourth(house: House) -> None:
    wards = (11, 15, 19, 23)
    house.register(SEPTEMBER, *(row(one, account=SHARED) for one in wards))
    people = [person_of(house, id_of(one)) for one in wards]
    for ward in people:
        give_payee(house, ward, id_of(3))
    look(house)
    assert found(house) == {"payee_of_many": (set(people), {people[-1]})}


def test_a_payee_whose_paper_ran_out_is_a_stranger(house: House) -> None:
    house.register(SEPTEMBER, row(1, account=SHARED), row(5, account=SHARED))
    give_payee(house, 2, id_of(1))
    assert look(house).cases == 0
    yesterday = house.clock.now().date() - timedelta(days=1)
    give_payee(house, 2, id_of(1), version=2, valid_until=yesterday)
    look(house)
    assert found(house) == {"one_account": ({1, 2}, {1, 2})}


def test_payees_without_an_id_are_not_one_person(house: House) -> None:
    """Five guardians whose IDs nobody wrote down; two of them, by name, share an account."""
    wards = (11, 15, 19, 23, 27)
    shared = {11: SHARED, 15: SHARED}
    house.register(SEPTEMBER, *(row(one, **({"account": shared[one]} if one in shared else {}))
                                for one in wards))  # fmt: skip
    for at, ward in enumerate(wards):
        name = f"Bế Thị {at}" if at > 1 else "Bế Thị Hoa"
        number = person_of(house, id_of(ward))
        give_payee(house, number, "", citizen_key="", citizen_tail="", name=name)
    assert look(house).cases == 0


def test_an_old_id_of_somebody_on_the_list(house: House) -> None:
    house.register(SEPTEMBER, in_cash(1), in_cash(9, name="Lý A Páo"))
    reissue(house, 1, id_of(9), id_of(1))
    look(house)
    assert found(house) == {"old_id": ({1, 2}, {2})}


def test_the_month_of_death_is_paid_and_the_next_is_not(house: House) -> None:
    house.register(SEPTEMBER, in_cash(1), in_cash(9, name="Lý A Páo"))
    set_person(house, 1, died_on=date(2026, 9, 1))
    set_person(house, 2, died_on=date(2026, 8, 31))
    look(house)
    assert found(house) == {"dead": ({2}, {2})}


def test_a_death_told_by_another_commune(house: House) -> None:
    died = {"event": "death", "event_date": date(2026, 7, 3)}
    house.register(SEPTEMBER, in_cash(1, start_period="2025-01", **died))
    house.register(SEPTEMBER, in_cash(1), commune=OTHER_COMMUNE)
    look(house)
    assert found(house)["dead"] == ({1}, {1})


def test_officers_their_households_and_those_they_collect_for(house: House) -> None:
    house.register(
        SEPTEMBER, *names("Lý A Páo", "Bế Thị Hoa", "Hà Văn Sơn", "La Thị Mai")
    )  # fmt: skip
    officer = id_of(7)
    make_officer(house, officer)
    live_together(house, 1, 2)
    give_payee(house, 3, officer)
    look(house)
    assert found(house) == {
        "staff": ({1}, {1}),
        "staff_household": ({2}, {2}),
        "staff_payee": ({3}, {3}),
    }


def test_two_communes_and_two_programmes_ask_and_hold_nobody(house: House) -> None:
    other = {"programme": ASSISTANCE, "group": "C6c", "start_period": "2026-02"}
    house.register(SEPTEMBER, in_cash(1), in_cash(1, row=17, **other), in_cash(2))
    house.register(SEPTEMBER, in_cash(2), commune=OTHER_COMMUNE)
    look(house)
    assert found(house) == {"two_programmes": ({1}, set()), "two_areas": ({2}, set())}


def test_a_mover_is_not_on_two_lists(house: House) -> None:
    left = {"event": "move_out", "event_date": date(2026, 9, 3)}
    house.register(SEPTEMBER, in_cash(2, **left))
    house.register(SEPTEMBER, in_cash(2), commune=OTHER_COMMUNE)
    assert look(house).cases == 0


def test_ghosts(house: House) -> None:
    """Too old, one phone for four, IDs counted upwards, one paper for forty-one."""
    told = {"decision_number": "9/QĐ-UBND"}
    house.register(
        SEPTEMBER,
        *(in_cash(100 + at * 9, birth_date=date(1931, 2, 3), **told) for at in range(41)),
    )
    house.register(
        SEPTEMBER,
        in_cash(1, birth_date=None, birth_year=1899, name="Lò Thị Già"),
        *(in_cash(20 + at, name=f"Người {at}", phone="0100000009") for at in (0, 40, 60, 77)),
        *(in_cash(800 + at, name=f"Hàng {at}", birth_date=date(1950, 1 + at, 9))
          for at in range(5)),
        commune=OTHER_COMMUNE,
    )  # fmt: skip
    look(house)
    told_now = {rule: (len(people), len(held)) for rule, (people, held) in found(house).items()}
    assert told_now == {"too_old": (1, 0), "one_phone": (4, 0), "ids_in_a_row": (5, 0),
                        "one_decision": (41, 0)}  # fmt: skip


def test_a_family_may_share_a_phone_when_it_is_said(house: House) -> None:
    house.register(
        SEPTEMBER,
        *(in_cash(20 + at * 9, name=f"Người {at}", phone="0100000009") for at in range(5)),
    )
    for number in range(1, 6):
        set_person(house, number, phone_owner="family")
    assert look(house).cases == 0
    set_person(house, 1, phone_owner="")
    assert look(house).cases == 0
    for number in (2, 3, 4):
        set_person(house, number, phone_owner="self")
    look(house)
    assert set(found(house)) == {"one_phone"}


# Each pair is entered twice in one commune, under IDs that have nothing in common.
NEAR: dict[str, tuple[str, str, dict[str, Any]]] = {
    "first letter of the first word": ("Đàm Thị Hương", "Bàm Thị Hương", {}),
    "first letter of the last word": ("Đàm Thị Hoa", "Đàm Thị Goa", {}),
    "NFD": ("Hà Thị Hường", unicodedata.normalize("NFD", "Hà Thị Hướng"), {}),
    "a Cyrillic letter": ("La Thị Hoan", "La Thị Hoaп", {}),
    "order of words": ("Lục Văn Sơn", "Sơn Lục Văn", {}),
    "middle name": ("Đàm Thị Thu Mai", "Đàm Thị Mai", {}),
    "year only": ("Vi Văn Tuấn", "Vi Văn Tuấn", {"birth_date": None}),
    "a digit of the day": ("Lý A Páo", "Lý A Páo", {"birth_date": date(1938, 5, 11)}),
    "day and month": ("Tô Văn Nam", "Tô Văn Nam", {"birth_date": date(1939, 6, 5)}),
}


def test_the_same_person_twice(house: House) -> None:
    """Every pair is found, and nobody is paired with anybody else."""
    people, wanted = [], set()
    for at, (one, other, changes) in enumerate(NEAR.values()):
        day = date(1931 + at, 5, 17 if changes != NEAR["day and month"][2] else 6)
        born = {"birth_date": day, "birth_year": day.year}
        people.append(in_cash(101 + at * 31, name=one, **born))
        people.append(in_cash(560 + at * 37, name=other, **{**born, **changes}))
        wanted.add((at + 1, at + 1 + len(NEAR)))  # in the order of their rows
    house.register(SEPTEMBER, *people)
    look(house)
    rows = house.rows("select min(person_id), max(person_id) from doubt_person group by doubt_id")
    assert set(rows) == wanted, wanted ^ set(rows)
    assert {one.rule for one in cases(house)} == {"same_person"}


def test_the_same_person_in_two_communes_with_a_digit_of_the_id_wrong(house: House) -> None:
    """Of the birth date only the year is known, so the name alone would not do."""
    year = {"birth_date": None, "birth_year": 1944}
    house.register(SEPTEMBER, in_cash(1, name="Đàm Thị Hương", **year))
    house.register(SEPTEMBER, in_cash(4, name="Đàm Thị Hương", **year), commune=OTHER_COMMUNE)
    look(house)
    assert found(house) == {"same_person": ({1, 2}, set())}
    house.register("2026-10", in_cash(1, name="Đàm Thị Hương", **year))
    house.register("2026-10", in_cash(987, name="Đàm Thị Hương", **year), commune=OTHER_COMMUNE)
    assert look(house, "2026-10").cases == 0


def test_accounts_written_another_way(house: House) -> None:
    """A zero in front, letters for digits: the numbers differ, what is meant does not."""
    written = ("0100009991000", "10000999IOOO", "1OOOO9991000")
    house.register(
        SEPTEMBER,
        row(1, account=SHARED),
        *(row(9 * at, account=one) for at, one in enumerate(written, 1)),
    )
    look(house)
    assert found(house) == {"near_account": ({1, 2, 3, 4}, set())}


def test_a_second_run_adds_nothing_and_a_repair_lets_go(house: House) -> None:
    house.register(SEPTEMBER, row(1, account=SHARED), row(2, account=SHARED))
    assert (look(house).new, look(house).new) == (1, 0)
    house.register("2026-10", row(1, account=SHARED), row(2))
    gone = look(house, "2026-10")
    assert (gone.cases, gone.gone) == (0, 1)
    assert cases(house) == []
    house.register("2026-11", row(1, account=SHARED), row(2, account=SHARED))
    again = look(house, "2026-11")
    assert (again.cases, again.new, len(cases(house))) == (1, 0, 1)
    assert house.ask(select(func.count()).select_from(doubt)) == 1


def test_nothing_is_told_in_clear(house: House) -> None:
    house.register(SEPTEMBER, row(1, account=SHARED), row(2, account=SHARED))
    look(house)
    told = str(house.rows("select * from audit_event")) + str(house.rows("select * from doubt"))
    assert SHARED not in told
    assert id_of(1) not in told


def test_nobody_ever_took_the_money(house: House) -> None:
    """Three months unpaid by the post office; who took one of them is not asked about."""
    for month in ("2026-09", "2026-10", "2026-11"):
        house.register(month, in_cash(1), in_cash(30, name="Bế Thị Hoa"))
        house.on(f"{month}-09")
        house.paid_out(month)
        sent = house.rows(
            "select i.reference, i.amount, o.person_id from instruction i"
            " join obligation o on o.id = i.obligation_id where i.state = 'ready'"
        )
        told = [
            listed(LineKind.PAID_CASH if (person, month) == (2, "2026-11") else LineKind.UNPAID,
                   reference, amount, f"{month}-18", voucher="BD")
            for reference, amount, person in sent
        ]  # fmt: skip
        house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), *told))
    house.on("2026-11-28")
    house.register("2026-12", in_cash(1), in_cash(30, name="Bế Thị Hoa"))
    house.list_month("2026-12")
    assert found(house) == {"never_collected": ({1}, set())}
