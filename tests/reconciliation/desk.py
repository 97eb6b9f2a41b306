"""What finance officers do about lines that no pass could place, on the tiny province."""

from __future__ import annotations

from typing import Any

from app.access.together import Signer
from app.disbursement.workbench.deciding import Decided, accept
from app.disbursement.workbench.proposing import Draft, match_draft, propose, unmatch_draft
from bank_adapters.contract import BankLine, ReportKind
from tests.factories import BANK, House, booked, report

DAY, NEXT, SENT = "2026-09-10", "2026-09-11", 500_000


def bare(amount: int = -SENT, key: str = "FT-1", day: str = DAY, **more: Any) -> BankLine:
    """A movement that names nothing of ours."""
    return booked("", amount, day, bank_reference=key, **more)


def came(house: House, *lines: BankLine) -> int:
    """An advice brings these lines; gives the number of the last."""
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), *lines))
    return newest(house)


def newest(house: House) -> int:
    return int(house.ask("select max(id) from bank_line"))


def signer(house: House, name: str) -> Signer:
    """A finance officer with the code of the next minute."""
    house.later()
    return Signer(house.officer(name), house.code())


def proposed(house: House, draft: Draft, name: str = "finance.one") -> Any:
    with house.work() as session:
        return propose(session, house.keyring, signer(house, name), draft, house.clock.now())


def confirmed(house: House, row: Any, name: str = "finance.two") -> Decided:
    with house.work() as session:
        who = signer(house, name)
        return accept(session, house.keyring, who, row.id, row.digest, house.clock.now())


def matching(house: House, line: int, *parts: tuple[str, int]) -> Draft:
    with house.work() as session:
        return match_draft(session, line, parts, "ngân hàng bỏ mất mã")


def match(house: House, line: int, *parts: tuple[str, int]) -> Decided:
    """Two officers place a line."""
    return confirmed(house, proposed(house, matching(house, line, *parts)))


def unmatch(house: House, line: int) -> Decided:
    """Two officers take a line back."""
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm")
    return confirmed(house, proposed(house, draft))


def correct(house: House, line: int) -> Decided:
    """Two officers take a line back whose month is closed."""
    with house.work() as session:
        draft = unmatch_draft(session, line, "ghép nhầm", corrects=True)
    return confirmed(house, proposed(house, draft))


def waits(house: House) -> list[tuple[Any, ...]]:
    """The lines that wait: (line, kind, amount, owner)."""
    return house.rows(
        "select bank_line_id, kind, amount, owner from suspense_item where resolved_at is null"
        " order by bank_line_id"
    )
