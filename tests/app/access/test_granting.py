"""Roles by two persons, for a time: who may grant what to whom, and what the database refuses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app import schema
from app.access.conflicts import CONFLICTS
from app.access.ending import end
from app.access.granting import Terms, found, grant
from app.access.officers import add_officer
from app.access.role_tables import EMERGENCY, role_end, role_grant
from app.access.roles import held, require_role
from app.access.scope import scope_of
from app.access.tables import act, joint_act
from app.access.together import Signer
from app.disbursement.acts import prove_acts
from app.errors import AnSinhError, Conflict, Forbidden, InputError, Refused
from tests.factories import ASSISTANCE, COMMUNE, OTHER_COMMUNE, PENSION, House
from tests.support.stages import nothing_done

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
DAY, YEAR = timedelta(days=1), timedelta(days=365)


@pytest.fixture
def lan(house: House) -> int:
    """An officer who holds nothing."""
    with house.work() as session:
        return add_officer(session, house.keyring, "lan", "Lan", "097180881234", "A" * 32)


def granted(
    house: House,
    who: int,
    role: str = "checker",
    unit: str = COMMUNE,
    by: Sequence[str] = ("admin.one", "admin.two"),
    **changes: Any,
) -> int:
    now = house.later()
    begins = changes.pop("valid_from", now)
    until = changes.pop("valid_until", begins + YEAR)
    signers = [Signer(house.officer(name), house.code()) for name in by]
    with house.work() as session:
        terms = Terms(role, unit, begins, until, **changes)
        return grant(session, house.keyring, who, terms, signers, now)


def holds(house: House, who: int, role: str, unit: str, now: datetime, programme: str = "") -> bool:
    with house.database.view() as session:
        return bool(held(session, who, (role,), unit, now, programme))


def test_a_role_counts_from_its_first_day_to_its_last(house: House, lan: int) -> None:
    begins = house.clock.now() + 2 * DAY
    granted(house, lan, valid_from=begins, valid_until=begins + DAY)
    second = timedelta(seconds=1)
    moments = (begins - second, begins, begins + DAY - second, begins + DAY)
    assert [holds(house, lan, "checker", COMMUNE, at) for at in moments] == [
        False, True, True, False,
    ]  # fmt: skip
    assert not holds(house, lan, "checker", OTHER_COMMUNE, begins)
    with house.database.view() as session, pytest.raises(Forbidden):
        require_role(session, lan, "checker", COMMUNE, begins + DAY)


def test_a_role_of_one_department_counts_where_its_programme_is_named(
    house: House, lan: int
) -> None:
    granted(house, lan, department="health")
    now = house.later()
    house.tamper("update programme set department = 'home_affairs' where code = 'assistance'")
    assert holds(house, lan, "checker", COMMUNE, now, PENSION)
    assert not holds(house, lan, "checker", COMMUNE, now, ASSISTANCE)
    assert not holds(house, lan, "checker", COMMUNE, now)


@pytest.mark.parametrize(
    ("by", "role"),
    [
        (("admin.one", "auditor"), "checker"),
        (("admin.one", CHECKER), "checker"),
        (("checker.all", "finance.one"), "checker"),
        (("finance.one", "finance.two"), "admin"),
    ],
)
def test_only_an_administrator_with_a_second_grants(
    house: House, lan: int, by: tuple[str, str], role: str
) -> None:
    with pytest.raises(Forbidden, match="Cấp quyền cần một quản trị viên"):
        granted(house, lan, role, by=by)
    with pytest.raises(Refused, match="hai người khác nhau"):
        granted(house, lan, by=("admin.one", "admin.one"))
    assert granted(house, lan, by=("checker.all", "admin.two"))


def test_nobody_grants_to_himself(house: House) -> None:
    """Neither as one of the two, nor by SQL with their joint act."""
    with pytest.raises(Refused, match="tự cấp quyền"):
        granted(house, house.officer("admin.one"), "admin", "")


def test_what_the_terms_may_not_be(house: House, lan: int) -> None:
    now = house.clock.now()
    wrong: list[tuple[type[AnSinhError], dict[str, Any]]] = [
        (Refused, {"valid_until": now + timedelta(days=368)}),
        (Refused, {"valid_from": now + 10 * DAY, "valid_until": now + timedelta(days=370)}),
        (InputError, {"valid_from": now - DAY}),
        (InputError, {"valid_until": now}),
        (InputError, {"role": "emperor"}),
        (InputError, {"unit": "99999"}),
        (InputError, {"department": "war"}),
        (Refused, {"kind": EMERGENCY, "valid_until": now + timedelta(hours=3)}),
        (Refused, {"kind": EMERGENCY, "role": "auditor", "valid_until": now + DAY}),
    ]
    for error, changes in wrong:
        with pytest.raises(error):
            granted(house, lan, **changes)
    assert house.rows(f"select id from role_grant where officer_id = {lan}") == []


def test_in_an_emergency_one_looks_for_four_hours(house: House) -> None:
    maker, until = house.officer(MAKER), house.clock.now() + timedelta(hours=3)
    granted(house, maker, "auditor", "", kind=EMERGENCY, valid_until=until)
    with house.database.view() as session:
        assert scope_of(session, MAKER, until - timedelta(minutes=1)).areas is None
        assert scope_of(session, MAKER, until).areas == {COMMUNE}
    assert not holds(house, maker, "auditor", OTHER_COMMUNE, house.clock.now()), "it opens no act"


def test_forbidden_pairs(house: House) -> None:
    """By service and by row; in another unit only where the pair says so; not at another time."""
    for number, pair in enumerate(CONFLICTS):
        with house.work() as session:
            citizen_id = f"0971808855{number:02}"
            who = add_officer(session, house.keyring, f"o{number}", "O", citizen_id, "A" * 32)
        _never_together(house, who, pair["role"], pair["other"], pair["reach"])


def _never_together(house: House, who: int, one: str, other: str, reach: str) -> None:
    over = house.clock.now() + 100 * DAY
    granted(house, who, one, valid_until=over)
    for unit in (COMMUNE, ""):
        with pytest.raises(Refused, match="xung đột"):
            granted(house, who, other, unit)
        with pytest.raises(DBAPIError, match="not held together"):
            write(house, officer_id=who, role=other, unit_code=unit)
    if reach == "everywhere":
        with pytest.raises(Refused, match="xung đột"):
            granted(house, who, other, OTHER_COMMUNE)
    else:
        granted(house, who, other, OTHER_COMMUNE)
    assert granted(house, who, other, valid_from=over, valid_until=over + DAY)


def write(house: House, table: Any = role_grant, **changes: Any) -> None:
    """A row past every room, signed by a fresh joint act of the two administrators."""
    now = house.later()
    place = {"role": "checker", "unit_code": COMMUNE, "department": "", "kind": "standing"}
    values = {**place, "valid_from": now, "valid_until": now + YEAR, "granted_at": now}
    step = changes.pop("step", "grant")
    signers = changes.pop("signers", ("admin.one", "admin.two"))
    with house.owner.engine.begin() as connection:
        acts = [_act(connection, house.officer(name), now) for name in signers]
        one, two = map(house.officer, signers)
        joint = connection.execute(insert(joint_act).values(
            step=step, about="x", digest="d", officer_one=one, act_one=acts[0], officer_two=two,
            act_two=acts[1]).returning(joint_act.c.id)).scalar_one()  # fmt: skip
        row = {**(values if table is role_grant else {}), "joint_id": joint, **changes}
        connection.execute(insert(table).values(row))


def _act(connection: Any, who: int, now: datetime) -> int:
    code = connection.execute(text("select coalesce(max(timecode), 0) + 1 from act")).scalar_one()
    told = {"step": "grant", "digest": "d", "things": 1, "total": 0, "acted_at": now, "seal": "x"}
    row = insert(act).values(officer_id=who, timecode=code, **told).returning(act.c.id)
    return int(connection.execute(row).scalar_one())


def test_the_database_refuses_what_the_rooms_refuse(house: House, lan: int) -> None:
    now, admin = house.clock.now(), house.officer("admin.one")
    far = now + timedelta(days=368)
    wrong = [
        {"valid_until": far},
        {"valid_from": now + 10 * DAY, "valid_until": far},
        {"valid_from": now - DAY},
        {"valid_until": now - DAY},
        {"role": "emperor"},
        {"kind": "gift"},
        {"joint_id": None},
        {"kind": "founding", "joint_id": None},
        {"step": "release"},
        {"officer_id": admin, "role": "admin", "unit_code": ""},
        {"kind": EMERGENCY, "valid_until": now + timedelta(hours=3)},
        {"kind": EMERGENCY, "role": "auditor", "valid_until": now + DAY},
        {"kind": "delegated", "cap": 1, "lent_id": 1},
        {"signers": ("admin.one", "admin.one")},
    ]
    for changes in wrong:
        with pytest.raises(DBAPIError):
            write(house, **{"officer_id": lan, **changes})
    write(house, officer_id=lan)
    assert house.rows(f"select role from role_grant where officer_id = {lan}") == [("checker",)]
    for statement in ("update role_grant set role = 'maker'", "delete from role_grant",
                      "update role_conflict set reach = 'unit'"):  # fmt: skip
        with pytest.raises(DBAPIError), house.database.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.stage(of=nothing_done)
def test_founding_ends_with_the_first_act(house: House, lan: int) -> None:
    now = house.clock.now()
    with house.work() as session:
        found(session, lan, [("checker", COMMUNE)], now)
    granted(house, lan, "maker", OTHER_COMMUNE)
    for role in ("checker", "admin"):
        with pytest.raises(Refused, match="hai người cấp"), house.work() as session:
            found(session, lan, [(role, "")], now)


def test_an_older_installation_makes_two_administrators_once(house: House, lan: int) -> None:
    """As after the upgrade of one that had acts and no administrator."""
    granted(house, lan)
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.execute(text("delete from role_grant where role = 'admin'"))
        schema.install_rules(connection)
    now = house.later()
    with house.work() as session:
        for number in range(2):
            who = add_officer(
                session, house.keyring, f"a{number}", "A", f"09718088900{number}", "B"
            )
            found(session, who, [("admin", "")], now)
        with pytest.raises(Refused):
            found(session, house.officer("auditor"), [("admin", "")], now)
    with pytest.raises(DBAPIError):
        write(house, officer_id=lan, role="admin", kind="founding", joint_id=None)


def ended(house: House, number: int, *by: str, reason: str = "chuyển công tác") -> None:
    now = house.later()
    signers = [Signer(house.officer(name), house.code()) for name in by]
    with house.work() as session:
        end(session, house.keyring, number, reason, signers, now)


def test_a_role_ends_at_once_and_once(house: House, lan: int) -> None:
    number = granted(house, lan)
    for who, error in ((MAKER, Forbidden), ("auditor", Forbidden)):
        with pytest.raises(error):
            ended(house, number, who)
    with pytest.raises(InputError):
        ended(house, number, "admin.one", reason=" x ")
    ended(house, number, "admin.one")
    assert not holds(house, lan, "checker", COMMUNE, house.clock.now())
    with pytest.raises(Conflict):
        ended(house, number, "admin.two")
    assert granted(house, lan, "maker"), "what has ended conflicts no more"


def test_another_administrators_role_is_ended_by_two(house: House) -> None:
    two = house.officer("admin.two")
    (number,) = house.rows(
        f"select id from role_grant where officer_id = {two} order by id limit 1"
    )[0]
    with pytest.raises(Forbidden, match="cần hai người"):
        ended(house, number, "admin.one")
    with pytest.raises((DBAPIError, IntegrityError)):
        write(house, role_end, grant_id=number, ended_at=house.clock.now(), reason="x",
               step="release")  # fmt: skip
    ended(house, number, "admin.one", "checker.all")


def test_the_proof_finds_grants_that_nobody_confirmed(house: House, lan: int) -> None:
    """A grant that passes every rule of the database, under a joint act written by hand."""
    granted(house, lan)
    ended(house, granted(house, lan, "maker", OTHER_COMMUNE), "admin.one")
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    write(house, officer_id=lan, role="checker", unit_code=OTHER_COMMUNE)
    with house.database.view() as session:
        proof = prove_acts(session, house.keyring)
    assert not proof.ok
    assert len(proof.figures["unbound"]) == 2
    assert len(proof.figures["forged"]) == 2
