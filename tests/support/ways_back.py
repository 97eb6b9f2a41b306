"""What officers of the tiny province do to a payroll that is not right, each with a code."""

from __future__ import annotations

from collections.abc import Sequence

from app.access.together import Signer
from app.disbursement.undoing import Undone, undo
from app.payroll.excluding import Excluded, exclude
from app.payroll.ladders import Rule, read_ladder, set_ladder
from app.payroll.returning import return_to_maker, withdraw
from tests.factories import COMMUNE, House

HEAD = "programme,unit,kind,ordinal,duty,role,held_at,quorum,above"


def send_back(house: House, ids: Sequence[int], username: str, reason: str = "sai số tiền") -> int:
    """Whose step is due returns payrolls; gives the act."""
    now, who = house.later(), house.officer(username)
    with house.work() as session:
        return return_to_maker(session, house.keyring, who, house.code(), ids, reason, now)


def take_back(house: House, ids: Sequence[int], username: str = f"maker.{COMMUNE}") -> int:
    """The maker takes payrolls back; gives the act."""
    now, who = house.later(), house.officer(username)
    with house.work() as session:
        return withdraw(session, house.keyring, who, house.code(), ids, "trình nhầm", now)


def take_off(
    house: House, number: int, *lines: int, reason: str = "chưa rõ hồ sơ", by: str = "maker"
) -> Excluded:
    """The maker takes lines off a draft."""
    now, who = house.later(), house.officer(f"{by}.{COMMUNE}")
    with house.work() as session:
        return exclude(session, house.keyring, who, house.code(), number, lines, reason, now)


def undo_by_two(
    house: House, number: int, *who: str, reason: str = "duyệt nhầm danh sách"
) -> Undone:
    """The chairman and one of finance, or whoever is named, undo an approved payroll."""
    now, names = house.later(), who or (f"approver.{COMMUNE}", "finance.one")
    signers = [Signer(house.officer(name), house.code()) for name in names]

    return house.database.serializable(
        lambda session: undo(session, house.keyring, signers, number, reason, now)
    )


def set_steps(house: House, *lines: str, since: str = "2026-01") -> list[Rule]:
    """The two administrators set a ladder; a line reads as in the file, without its heading."""
    rules = read_ladder("\n".join((HEAD, *lines)))
    now = house.later()
    with house.work() as session:
        set_ladder(session, house.keyring, house.admins(), since, rules, now)
    return rules
