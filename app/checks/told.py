"""What is known from the registers of others: shares per commune, and what has to be mended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.checks.asking import is_running
from app.checks.contracts import CONTRACTS
from app.checks.deaths import open_notices
from app.checks.latest import is_latest
from app.checks.receiving import TOLD
from app.checks.tables import check_request, check_result
from app.privacy import Keyring
from app.text import mask_id
from ledger.schema import whole_sum

WHAT_TO_DO: Mapping[str, str] = MappingProxyType(
    {
        "name_differs": "Đối chiếu căn cước; sửa tên ở danh sách hoặc đề nghị công an sửa sổ gốc.",
        "birth_differs": "Đối chiếu căn cước; sửa ngày sinh ở danh sách.",
        "not_found": "Kiểm tra số căn cước hoặc số tài khoản đã nhập.",
        "dead": "Xác minh với hộ tịch, rồi `ansinh checks death`.",
        "pension": "Xét lại điều kiện hưởng trợ cấp hưu trí xã hội (Nghị định 176/2025/NĐ-CP).",
        "monthly_benefit": "So mức đang hưởng với trợ cấp hưu trí xã hội.",
        "close": "So với giấy tờ, rồi xác nhận tài khoản hoặc sửa tên chủ tài khoản.",
        "different": "Hỏi lại người hưởng: tài khoản của ai, có giấy ủy quyền không.",
        "closed": "Xin số tài khoản mới hoặc chuyển sang nhận tiền mặt.",
    }
)


@dataclass(frozen=True, slots=True)
class Share:
    """Of one commune: people on the register, asked, and matched; add counts, never percentages."""

    area_code: str
    people: int
    told: int
    good: int


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One line of the queue. `told` is what the register holds, '' unless it was revealed."""

    person_id: int
    area_code: str
    name: str
    citizen: str
    source: str
    result: str
    details: str
    what_to_do: str
    told: str


def people_of(session: Session, area: str = "") -> dict[str, int]:
    """By commune, how many people have a running enrolment."""
    query = _people(select(person.c.area_code, func.count()), area)
    return {code: int(count) for code, count in session.execute(query)}


def shares(
    session: Session, source: str, area: str = "", people: Mapping[str, int] | None = None
) -> list[Share]:
    """By commune: people with a running enrolment, those looked up, those found right.

    `people` is what `people_of` gave, for who asks about several sources.
    """
    latest = select(check_result).where(check_result.c.source == source, is_latest()).subquery()
    good = latest.c.result.in_(sorted(CONTRACTS[source].good))
    told = select(person.c.area_code, func.count(), whole_sum(case((good, 1), else_=0)))
    query = _people(told.join(latest, latest.c.person_id == person.c.id), area)
    found = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}
    counted = people_of(session, area) if people is None else people
    return [Share(code, counted[code], *found.get(code, (0, 0))) for code in sorted(counted)]


def _people(query: Select[Any], area: str) -> Select[Any]:
    """A query by commune over people with a running enrolment."""
    query = query.where(is_running(), person.c.merged_into_id.is_(None))
    query = query.group_by(person.c.area_code)
    return query.where(person.c.area_code == area) if area else query


def _queue(area: str, areas: Collection[str] | None) -> Select[Any]:
    trouble = [
        (check_result.c.source == one.code) & check_result.c.result.in_(sorted(one.trouble))
        for one in CONTRACTS.values()
    ]
    wrong = trouble[0]
    for one in trouble[1:]:
        wrong = wrong | one
    query = (
        select(
            check_result.c.person_id,
            person.c.area_code,
            person.c.name,
            person.c.citizen_tail,
            person.c.bound_key,
            check_result.c.source,
            check_result.c.result,
            check_result.c.details,
            check_result.c.told_cipher,
        )
        .join(person, person.c.id == check_result.c.person_id)
        .where(wrong, is_latest(), is_running())
    )
    if areas is not None:
        query = query.where(person.c.area_code.in_(sorted(areas)))
    return query.where(person.c.area_code == area) if area else query


def queue(
    session: Session,
    area: str,
    count: int,
    keyring: Keyring | None = None,
    *,
    areas: Collection[str] | None = None,
    skip: int = 0,
) -> Iterator[Mismatch]:
    """What has to be mended, by commune and name; with a keyring, also what the register holds.
    `areas` are the communes that may be seen, None for all."""
    order = (person.c.area_code, person.c.sort_key, check_result.c.id)
    for row in session.execute(_queue(area, areas).order_by(*order).limit(count).offset(skip)):
        told = ""
        if keyring is not None and row.told_cipher is not None:
            told = keyring.decrypt(TOLD, row.bound_key, row.told_cipher)
        yield Mismatch(
            row.person_id,
            row.area_code,
            row.name,
            mask_id(f"{'0' * 9}{row.citizen_tail}"),
            row.source,
            row.result,
            row.details,
            WHAT_TO_DO.get(row.result, ""),
            told,
        )


def how_many_wrong(session: Session, area: str, areas: Collection[str] | None) -> int:
    """How many lines the queue has."""
    query = select(func.count()).select_from(_queue(area, areas).subquery())
    return session.scalar(query) or 0


def requests(session: Session, count: int, area: str = "") -> list[Any]:
    """The last requests, newest first; with an area those that ask about its people."""
    query = select(check_request).order_by(check_request.c.id.desc()).limit(count)
    if area:
        query = query.where(check_request.c.area_code.in_(("", area)))
    return list(session.execute(query).all())


def waiting_deaths(
    session: Session, area: str = "", areas: Collection[str] | None = None
) -> list[Any]:
    """Deaths that were told and wait for an officer; `areas` as in `open_notices`."""
    return list(session.execute(open_notices(area, areas)).all())


def how_many_deaths(session: Session, areas: Collection[str] | None) -> int:
    """How many deaths wait for an officer."""
    query = select(func.count()).select_from(open_notices(areas=areas).subquery())
    return session.scalar(query) or 0


def is_paid_by_insurance(owed: Any) -> ColumnElement[bool]:
    """Whether an obligation's person receives from social insurance no less than it.

    An amount that was not told counts as no less: somebody has to look.
    """
    return exists().where(
        check_result.c.person_id == owed.c.person_id,
        check_result.c.source == "insurance",
        check_result.c.result.in_(("pension", "monthly_benefit")),
        func.coalesce(check_result.c.amount, owed.c.regular) >= owed.c.regular,
        is_latest(),
    )
