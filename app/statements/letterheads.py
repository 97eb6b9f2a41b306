"""Who issues a document, and places as papers write them."""

from __future__ import annotations

from datetime import date

from app.printing.values import Letterhead
from app.reference.areas import Area, commune, provinces

_SHORT, _LONG = "UBND ", "Ủy ban nhân dân "


def letterhead(unit_name: str, area_code: str, issued_on: date) -> Letterhead:
    """The head of a paying unit's document.

    `area_code` is the unit's own: a commune's 5 digits, or a province's 2 for a department.
    """
    area = commune(area_code)
    province = area.province_name if area else _province(area_code)
    return Letterhead(
        parent_body=f"{_LONG}{_inside(province)}" if province else "",
        body=in_full(unit_name),
        place=_short_place(area, province),
        issued_on=issued_on,
    )


def in_full(unit_name: str) -> str:
    """'UBND Phường Tân Giang' -> 'Ủy ban nhân dân phường Tân Giang'; other names as they are."""
    rest = unit_name.removeprefix(_SHORT)
    return unit_name if rest == unit_name else _LONG + _inside(rest)


def place_of(hamlet: str, area_code: str) -> str:
    """Where somebody lives: 'Tổ 9, phường Thục Phán, tỉnh Cao Bằng'."""
    area = commune(area_code)
    parts = [hamlet, *((_inside(area.name), _inside(area.province_name)) if area else ())]
    return ", ".join(part for part in parts if part)


def commune_body(area_code: str) -> str:
    """The commune's committee, where people ask; '' for an unknown commune."""
    area = commune(area_code)
    return f"{_LONG}{_inside(area.name)}" if area else ""


def _province(code: str) -> str:
    return next((one.name for one in provinces() if one.code == code), "")


def _inside(name: str) -> str:
    """A place's name inside a sentence: 'Phường Thục Phán' -> 'phường Thục Phán'."""
    return name[:1].lower() + name[1:]


def _short_place(area: Area | None, province: str) -> str:
    """The place before the date: the name without its kind."""
    name = area.name if area else province
    kind, _, rest = name.partition(" ")
    if area and name.lower().startswith(area.kind):
        return name[len(area.kind) + 1 :]
    return rest if kind == "Tỉnh" else name
