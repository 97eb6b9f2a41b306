"""What every document shares: letterhead, signatures, and how dates and codes are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

SYNTHETIC_NOTICE = "DỮ LIỆU GIẢ LẬP – synthetic"
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class DocumentError(ValueError):
    """The values of a document contradict each other; it is not printed."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues a document: the body above, the body, the place and the day.

    `number` is the document's own number ("15/DS-UBND"), left out when empty. Undated, day
    and month are left to a pen.
    """

    parent_body: str
    body: str
    place: str
    issued_on: date
    number: str = ""
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature block: `role` ("Người lập") and `position` ("Công chức") above the name.

    `signed_at` is the moment of the electronic act (with a time zone) and `digest` what it
    was bound to; without them the block leaves room for a pen.
    """

    role: str
    position: str = ""
    name: str = ""
    signed_at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """What ties a paper to the rows it was printed from.

    `content` is what the QR code says, `code` the letters that people compare (grouped by four
    when printed), `told` one sentence on what they are the code of.
    """

    content: str
    code: str
    told: str


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a document: the page from 0, and its sides in points from the lower left."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a numbered document shows of itself: number and symbol ("15/DS-UBND"), its day, the
    code that nobody can guess, and the address where it is verified ('' where there is none)."""

    number: str
    dated_on: date
    code: str
    address: str = ""


def short_code(digest: str) -> str:
    """The first 12 signs of a digest as people compare them: "3F2A-91BC-77D0"."""
    code = digest[:12].upper()
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def day(value: date) -> str:
    """09/10/2026"""
    return f"{value:%d/%m/%Y}"


def long_day(value: date) -> str:
    """ngày 09 tháng 10 năm 2026: below 10 and months 1 and 2 with a zero, as decrees want it."""
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def moment(value: datetime) -> str:
    """08:15 09/10/2026, in Viet Nam's time; `DocumentError` without a time zone."""
    if value.tzinfo is None:
        raise DocumentError("a moment on a document needs a time zone")
    return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}"


def open_day(value: date) -> str:
    """ngày …… tháng …… năm 2026: a pen will write the rest."""
    return f"ngày …… tháng …… năm {value.year}"


def month(period: str) -> str:
    """ "2026-10" -> "tháng 10 năm 2026"."""
    year, number = _period(period)
    return f"tháng {number} năm {year}"


def short_month(period: str) -> str:
    """ "2026-10" -> "tháng 10/2026"."""
    year, number = _period(period)
    return f"tháng {number}/{year}"


def _period(period: str) -> tuple[int, int]:
    year, _, number = period.partition("-")
    if not (len(period) == 7 and period.isascii() and year.isdigit() and number.isdigit()):
        raise DocumentError(f"{period!r} is not a period like 2026-10")
    if not 1 <= int(number) <= 12:
        raise DocumentError(f"{period!r} has no such month")
    return int(year), int(number)
