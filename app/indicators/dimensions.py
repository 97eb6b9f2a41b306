"""By what a month may be broken down: an expression over a line, and what its values are called.

What the register does not hold is not offered: it knows no difficult areas. Groups that share the
neutral name of those with HIV are one value here, before anything is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from app.beneficiaries.about_tables import disability, household_poverty, payee
from app.beneficiaries.tables import enrolment, person
from app.benefits.groups import neutral
from app.indicators.definitions import Words
from app.months import shift
from app.payroll.tables import payroll
from app.reference.areas import commune
from app.units.tables import contract

OTHER = "other"
KINH = "Kinh"
_BANDS = (("80+", 80), ("75-79", 75), ("70-74", 70), ("60-69", 60), ("16-59", 16), ("4-15", 4))
_YOUNGEST = "0-3"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A breakdown. `value` makes the expression for a month; `of_people` says that every person
    has one value, so that persons add up to the whole.
    """

    code: str
    name: Words
    value: Callable[[str], ColumnElement[str]]
    of_people: bool = True


def commune_kind(code: str) -> str:
    """'xã', 'phường' or 'đặc khu' of a commune code; "" for one that is not known."""
    found = commune(code)
    return found.kind if found else ""


def _group() -> ColumnElement[str]:
    return case(
        (enrolment.c.group_code.in_(sorted(neutral())), OTHER), else_=enrolment.c.group_code
    )


def _age(period: str) -> ColumnElement[str]:
    """The age reached on the first day of the month; who is known by year alone is born on
    1 January."""
    bands = [(person.c.birth <= f"{shift(period, -12 * age)}-01", band) for band, age in _BANDS]
    return case(*bands, else_=_YOUNGEST)


def _ethnicity() -> ColumnElement[str]:
    known = case((person.c.ethnicity == KINH, "kinh"), else_="minority")
    return case((person.c.ethnicity == "", "unknown"), else_=known)


def _poverty(period: str) -> ColumnElement[str]:
    """Of the household, by the last decision up to the month."""
    c = household_poverty.c
    last = (
        select(c.level)
        .where(c.household_id == person.c.household_id, c.from_period <= period)
        .order_by(c.from_period.desc(), c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(last, literal("none"))


def _disability() -> ColumnElement[str]:
    c = disability.c
    last = select(c.degree).where(c.person_id == person.c.id).order_by(c.id.desc()).limit(1)
    return func.coalesce(last.scalar_subquery(), literal("none"))


def _payee() -> ColumnElement[str]:
    newer = payee.alias("newer_payee")
    newest = select(func.max(newer.c.version)).where(newer.c.person_id == person.c.id)
    last = select(payee.c.kind).where(
        and_(payee.c.person_id == person.c.id, payee.c.version == newest.scalar_subquery())
    )
    return func.coalesce(last.scalar_subquery(), literal("self"))


def _of_list(code: str, vi: str, en: str, column: ColumnElement[str]) -> Dimension:
    """A breakdown by what stands on the list, where a person may stand twice."""
    return Dimension(code, Words(vi, en), lambda _: column, of_people=False)


def _of_person(
    code: str, vi: str, en: str, value: Callable[[str], ColumnElement[str]]
) -> Dimension:
    return Dimension(code, Words(vi, en), value)


_ALL = (
    _of_person("commune", "Xã, phường", "Commune", lambda _: person.c.area_code),
    _of_list("programme", "Chương trình", "Programme", payroll.c.programme),
    _of_list("fund", "Nguồn kinh phí", "Fund", payroll.c.fund),
    _of_list("unit", "Đơn vị chi", "Paying unit", payroll.c.unit_code),
    _of_list("provider", "Đơn vị chi trả", "Provider", contract.c.provider),
    _of_list("group", "Nhóm đối tượng", "Group", _group()),
    _of_person("sex", "Giới tính", "Sex", lambda _: person.c.sex),
    _of_person("age", "Nhóm tuổi", "Age band", _age),
    _of_person("ethnicity", "Dân tộc", "Ethnicity", lambda _: _ethnicity()),
    _of_person("poverty", "Hộ nghèo, cận nghèo", "Poor households", _poverty),
    _of_person("disability", "Mức độ khuyết tật", "Degree of disability", lambda _: _disability()),
    _of_person("payee", "Người nhận tiền", "Who takes the money", lambda _: _payee()),
)
DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({one.code: one for one in _ALL})
"""Every breakdown that a query answers. That by kind of commune is added up from communes."""
