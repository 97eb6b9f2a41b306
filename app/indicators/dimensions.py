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
    """A breakdown. `value` makes the expression for a month; `within` gives the value of the
    coarser breakdown that a value lies in, "" where there is none; `of_people` says that every
    person has one value, so that persons add up to the whole.
    """

    code: str
    name: Words
    value: Callable[[str], ColumnElement[str]]
    within: Callable[[str], str]
    of_people: bool = True


def _whole(value: str) -> str:
    return ""


def commune_kind(code: str) -> str:
    """'xã', 'phường' or 'đặc khu' of a commune code; "" for one that is not known."""
    found = commune(code)
    return found.kind if found else ""


def _group(period: str) -> ColumnElement[str]:
    return case(
        (enrolment.c.group_code.in_(sorted(neutral())), OTHER), else_=enrolment.c.group_code
    )


def _age(period: str) -> ColumnElement[str]:
    """The age reached on the first day of the month; who is known by year alone is born on
    1 January."""
    bands = [(person.c.birth <= f"{shift(period, -12 * age)}-01", band) for band, age in _BANDS]
    return case(*bands, else_=_YOUNGEST)


def _ethnicity(period: str) -> ColumnElement[str]:
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


def _disability(period: str) -> ColumnElement[str]:
    c = disability.c
    last = select(c.degree).where(c.person_id == person.c.id).order_by(c.id.desc()).limit(1)
    return func.coalesce(last.scalar_subquery(), literal("none"))


def _payee(period: str) -> ColumnElement[str]:
    newer = payee.alias("newer_payee")
    newest = select(func.max(newer.c.version)).where(newer.c.person_id == person.c.id)
    last = select(payee.c.kind).where(
        and_(payee.c.person_id == person.c.id, payee.c.version == newest.scalar_subquery())
    )
    return func.coalesce(last.scalar_subquery(), literal("self"))


def _dimensions() -> tuple[Dimension, ...]:
    column = {
        "programme": payroll.c.programme,
        "fund": payroll.c.fund,
        "unit": payroll.c.unit_code,
        "provider": contract.c.provider,
    }
    return (
        Dimension("commune", Words("Xã, phường", "Commune"), lambda _: person.c.area_code,
                  commune_kind),
        Dimension("programme", Words("Chương trình", "Programme"), lambda _: column["programme"],
                  _whole, of_people=False),
        Dimension("fund", Words("Nguồn kinh phí", "Fund"), lambda _: column["fund"],
                  _whole, of_people=False),
        Dimension("unit", Words("Đơn vị chi", "Paying unit"), lambda _: column["unit"],
                  _whole, of_people=False),
        Dimension("provider", Words("Đơn vị chi trả", "Provider"), lambda _: column["provider"],
                  _whole, of_people=False),
        Dimension("group", Words("Nhóm đối tượng", "Group"), _group, _whole, of_people=False),
        Dimension("sex", Words("Giới tính", "Sex"), lambda _: person.c.sex, _whole),
        Dimension("age", Words("Nhóm tuổi", "Age band"), _age, _whole),
        Dimension("ethnicity", Words("Dân tộc", "Ethnicity"), _ethnicity, _whole),
        Dimension("poverty", Words("Hộ nghèo, cận nghèo", "Poor households"), _poverty, _whole),
        Dimension("disability", Words("Mức độ khuyết tật", "Degree of disability"), _disability,
                  _whole),
        Dimension("payee", Words("Người nhận tiền", "Who takes the money"), _payee, _whole),
    )  # fmt: skip


DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({one.code: one for one in _dimensions()})
"""Every breakdown that a query answers. That by kind of commune is added up from communes."""
