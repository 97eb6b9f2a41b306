"""One-off payments beside the monthly list: gifts, two months at once, the education allowance.

A campaign is a row of `data/campaigns.csv`. It gives obligations with a component of their own and
a payroll of kind 'campaign', which goes the same way as the monthly one. What the monthly list
owes stands in `MONTHLY`; everything else is left out of the bridge and of the regular rates.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from app.errors import NotFound, Refused

MONTHLY = ("monthly", "carer")
# What was paid with the list of the month before, by the component that it stands for.
AHEAD: Mapping[str, str] = MappingProxyType({"monthly": "ahead", "carer": "ahead_carer"})
EDUCATION = "education"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A one-off payment ordered by a text, with its days.

    `kind`: gift (`amount` VND to everyone on the list of `period`, once a person, in the first of
    `programmes` that pays them), ahead (what `first_month` is due, granted with the list of
    `period`), education (the months from `first_month` to `last_month` at once). `groups` empty =
    every group. It may be prepared from `from_day` to `to_day`.
    """

    code: str
    name: str
    kind: str
    amount: int
    programmes: tuple[str, ...]
    groups: tuple[str, ...]
    period: str
    first_month: str
    last_month: str
    from_day: date
    to_day: date
    decree: str
    confirmed: bool
    note: str

    @property
    def components(self) -> tuple[str, ...]:
        """The components of its obligations."""
        if self.kind == "gift":
            return (f"gift:{self.code}",)
        return tuple(AHEAD.values()) if self.kind == "ahead" else (EDUCATION,)

    @property
    def owed_for(self) -> str:
        """The month its obligations belong to."""
        return self.first_month if self.kind == "ahead" else self.period

    def refuse_on(self, today: date) -> None:
        """Raises Refused outside the days of the campaign."""
        if not self.from_day <= today <= self.to_day:
            raise Refused(
                f"Đợt {self.code} chỉ lập từ {self.from_day:%d/%m/%Y} đến {self.to_day:%d/%m/%Y}.",
                "Kiểm tra văn bản; nếu được gia hạn thì sửa ngày trong dữ liệu đợt chi.",
            )


@cache
def all_campaigns() -> Mapping[str, Campaign]:
    """Every campaign by its code, in the order of the file."""
    text = files("app.benefits").joinpath("data/campaigns.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["code"]: _campaign(row) for row in rows})


def _campaign(row: Mapping[str, str]) -> Campaign:
    return Campaign(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        amount=int(row["amount"] or 0),
        programmes=tuple(row["programmes"].split()),
        groups=tuple(row["groups"].split()),
        period=row["period"],
        first_month=row["first_month"],
        last_month=row["last_month"],
        from_day=date.fromisoformat(row["from_day"]),
        to_day=date.fromisoformat(row["to_day"]),
        decree=row["decree"],
        confirmed=row["confirmed"] == "yes",
        note=row["note"],
    )


def campaign_named(code: str) -> Campaign:
    """The campaign of that code. Raises NotFound."""
    found = all_campaigns().get(code)
    if found is None:
        raise NotFound(
            f"Không có đợt chi '{code[:40]}'.", "Xem mã bằng `ansinh benefits campaign list`."
        )
    return found
