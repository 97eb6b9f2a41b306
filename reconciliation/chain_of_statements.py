"""The statements of one account as a chain: gaps, missing pages, overlaps, repetitions.

A statement says where it begins and ends; each must begin where the one before it ended. What
contradicts what is stored keeps a file apart (a fault); what is only missing is told (a note),
for the missing one may come tomorrow and this one is good by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bank_adapters.contract import BankReport, ReportKind
from reconciliation.tables import bank_report, inbound_file

LOOK_BACK = 400
"""Statements of an account that a new one is held against, newest first: more than a year."""
_DIGITS_MAX = 9


@dataclass(frozen=True, slots=True)
class Link:
    """One statement as stored. Amounts in minor units, None where it states none."""

    file_id: int
    account: str
    report_id: str
    sequence: str
    page: int
    is_last_page: bool
    opening: int | None
    closing: int | None
    from_day: date | None
    to_day: date | None

    @property
    def number(self) -> int | None:
        """Its number in the year; None when the bank gives none."""
        return _number(self.sequence)

    @property
    def name(self) -> str:
        """How people are told of it."""
        paged = f" trang {self.page}" if self.page else ""
        return f"sổ phụ {self.sequence or self.report_id}{paged}"

    def same_as(self, other: Link) -> bool:
        """Whether both call themselves the same statement and page."""
        mine = (self.report_id, self.sequence, self.page, self.from_day, self.to_day)
        return mine == (
            other.report_id, other.sequence, other.page, other.from_day, other.to_day
        )  # fmt: skip


def _number(sequence: str) -> int | None:
    fits = sequence.isascii() and sequence.isdecimal() and len(sequence) <= _DIGITS_MAX
    return int(sequence) if fits else None


def stored(
    session: Session, provider: str, account: str = "", since: date | None = None
) -> list[Link]:
    """The newest statements of a provider (of one account, if named), oldest first; those that end
    before `since` left out."""
    report = bank_report.c
    query = (
        select(
            report.file_id,
            report.account,
            report.report_id,
            report.sequence,
            report.page,
            report.is_last_page,
            report.opening,
            report.closing,
            report.from_day,
            func.coalesce(report.to_day, report.last_day).label("to_day"),
        )
        .join(inbound_file, inbound_file.c.id == report.file_id)
        .where(report.provider == provider, report.kind == ReportKind.STATEMENT.value)
        .where(inbound_file.c.state != "quarantined")
        .order_by(report.id.desc())
    )
    if since is not None:
        query = query.where(func.coalesce(report.to_day, report.last_day, since) >= since)
    if account:
        query = query.where(report.account == account).limit(LOOK_BACK)
    rows = session.execute(query).all()
    return [
        Link(**{**row._mapping, "is_last_page": bool(row.is_last_page)}) for row in reversed(rows)
    ]


def link_of(file_id: int, report: BankReport, last_day: date | None) -> Link:
    """A report that was just read, as a link; `last_day` is the day of its last movement."""
    return Link(
        file_id=file_id,
        account=report.account,
        report_id=report.report_id,
        sequence=report.sequence,
        page=report.page,
        is_last_page=report.is_last_page,
        opening=report.opening,
        closing=report.closing,
        from_day=report.from_day,
        to_day=report.to_day or last_day,
    )


def held_against(new: Link, known: Sequence[Link]) -> tuple[list[str], list[str]]:
    """(notes, faults) of a statement against those of its account that are stored."""
    again = [old for old in known if new.same_as(old)]
    if again:
        old = again[-1]
        if (old.opening, old.closing) == (new.opening, new.closing):
            return [f"{new.name}: đã nhận trong tệp {old.file_id}"], []
        return [], [f"{new.name}: đã nhận trong tệp {old.file_id} với số dư khác"]
    notes = [*_pages(new, known), *_overlaps(new, known)]
    before, after = _neighbours(new, known)
    faults = [*_joins(before, new), *_joins(new, after)]
    return [*notes, *_missing_before(new, known), *_last_of_last_year(new, known)], faults


def _pages(new: Link, known: Sequence[Link]) -> Iterator[str]:
    wanted = new.page - 1
    mine = [old for old in known if (old.sequence, old.report_id) == (new.sequence, new.report_id)]
    mine += [old for old in known if new.sequence and old.sequence == new.sequence]
    if wanted > 0 and all(old.page != wanted for old in mine):
        yield f"{new.name}: chưa nhận trang {wanted}"


def _overlaps(new: Link, known: Sequence[Link]) -> Iterator[str]:
    """Another statement about the same days; pages of one statement are no overlap."""
    if new.from_day is None or new.to_day is None:
        return
    for old in known[-31:]:
        if old.from_day is None or old.to_day is None or _one_statement(old, new):
            continue
        if old.from_day <= new.to_day and new.from_day <= old.to_day:
            yield f"{new.name}: trùng ngày với {old.name} trong tệp {old.file_id}"


def _one_statement(one: Link, other: Link) -> bool:
    return bool(one.page and other.page) and one.sequence == other.sequence


def _neighbours(new: Link, known: Sequence[Link]) -> tuple[Link | None, Link | None]:
    """The statements numbered just before and just after, of the same year."""
    if new.number is None or new.page:
        return None, None
    near = [old for old in known if old.number is not None and _same_year(old, new)]
    before = [old for old in near if old.number == new.number - 1 and old.is_last_page]
    after = [old for old in near if old.number == new.number + 1 and old.page <= 1]
    return (before[-1] if before else None), (after[0] if after else None)


def _same_year(one: Link, other: Link) -> bool:
    """Numbers begin anew every year; without days they are taken as they stand."""
    return one.to_day is None or other.to_day is None or one.to_day.year == other.to_day.year


def _joins(before: Link | None, after: Link | None) -> Iterator[str]:
    """What must hold between neighbours: one begins with what the other left."""
    if before is None or after is None or before.closing is None or after.opening is None:
        return
    if before.closing != after.opening:
        yield f"{after.name}: số dư đầu khác số dư cuối của {before.name}"


def _missing_before(new: Link, known: Sequence[Link]) -> Iterator[str]:
    """Numbers that were skipped up to this one."""
    lower = [
        old.number
        for old in known
        if old.number is not None and new.number is not None and old.number < new.number
        and _same_year(old, new)
    ]  # fmt: skip
    if lower and new.number is not None and max(lower) < new.number - 1:
        yield f"{new.name}: chưa nhận sổ phụ {max(lower) + 1} đến {new.number - 1}"


def _last_of_last_year(new: Link, known: Sequence[Link]) -> Iterator[str]:
    """What is missing before the first statement of a year that comes; tomorrow it may be here."""
    near = [old for old in known if old.number is not None and old.to_day is not None]
    if new.number is None or new.to_day is None or any(_same_year(old, new) for old in near):
        return
    earlier = [old for old in near if old.to_day and old.to_day < new.to_day]
    if earlier:
        newest = max(earlier, key=lambda old: (old.to_day or date.min, old.number or 0, old.page))
        yield from _over_the_year(newest, new)


def _over_the_year(before: Link, after: Link) -> Iterator[str]:
    """Some banks number anew every year, some run on; balances go on with all of them: between the
    last statement of a year and the first of the next nothing is missing if these join."""
    number, last = after.number or 1, before.number or 0
    wanted = last + 1 if number > last else 1
    if number > wanted:
        yield f"{after.name}: chưa nhận sổ phụ {wanted} đến {number - 1} của năm mới"
    elif not after.page and any(_joins(before, after)):
        yield (
            f"{after.name} của năm mới: số dư đầu khác số dư cuối của {before.name};"
            " thiếu sổ phụ cuối năm trước"
        )


def check(session: Session, provider: str, new: Link) -> tuple[list[str], list[str]]:
    """(notes, faults) of a statement against what is stored of its account."""
    return held_against(new, stored(session, provider, new.account))


def problems(session: Session, provider: str, since: date | None = None) -> dict[str, list[str]]:
    """Per account what is still wrong with its chain as it stands now: gaps, pages, joins; of the
    statements that end on `since` or later, if it is given."""
    accounts: dict[str, list[Link]] = defaultdict(list)
    for link in stored(session, provider, since=since):
        accounts[link.account].append(link)
    found = {account: list(_chain(links)) for account, links in sorted(accounts.items())}
    return {account: told for account, told in found.items() if told}


def _chain(links: Sequence[Link]) -> Iterator[str]:
    numbered = sorted(
        (link for link in links if link.number is not None),
        key=lambda link: (link.to_day or date.min, link.number or 0, link.page),
    )
    for before, after in pairwise(numbered):
        step = (after.number or 0) - (before.number or 0)
        if not _same_year(before, after):
            yield from _over_the_year(before, after)
        elif step > 1:
            yield f"thiếu sổ phụ {(before.number or 0) + 1} đến {(after.number or 0) - 1}"
        elif step == 1 and not after.page:
            yield from _joins(before, after)
    for link in links:
        yield from _pages(link, links)
        if not link.is_last_page and not _followed(link, links):
            yield f"{link.name}: chưa nhận trang {link.page + 1}"


def _followed(link: Link, links: Sequence[Link]) -> bool:
    return any(one.page == link.page + 1 and one.sequence == link.sequence for one in links)


def closed_days(session: Session, provider: str, account: str) -> set[date]:
    """The days of an account that a whole statement covers: all its pages, with its closing."""
    links = stored(session, provider, account)
    days: set[date] = set()
    for link in links:
        if link.to_day is None or link.closing is None or not _whole(link, links):
            continue
        first = link.from_day or link.to_day
        days |= {first + timedelta(days=n) for n in range((link.to_day - first).days + 1)}
    return days


def told_until(session: Session, provider: str) -> dict[str, date]:
    """Per account the last day that a statement with its closing balance ends on."""
    report = bank_report.c
    day = func.max(func.coalesce(report.to_day, report.last_day))
    rows = session.execute(
        select(report.account, day)
        .join(inbound_file, inbound_file.c.id == report.file_id)
        .where(report.provider == provider, report.kind == ReportKind.STATEMENT.value)
        .where(report.closing.is_not(None), report.is_last_page == 1)
        .where(inbound_file.c.state != "quarantined")
        .group_by(report.account)
    )
    return {name: ended for name, ended in rows if ended is not None}


def _whole(link: Link, links: Sequence[Link]) -> bool:
    """An unpaged statement, or the last page with all pages before it."""
    if not link.page:
        return link.is_last_page
    held = {one.page for one in links if _one_statement(one, link)}
    return link.is_last_page and held >= set(range(1, link.page + 1))
