"""One line of an answer, from a file or the network, to a value; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from app.checks.contracts import CONTRACTS, THEIR_HEADINGS, Answered
from app.checks.schemas import ANSWERED, results_of
from app.clock import local_date
from app.errors import InputError

SHOWN = 20
"""Faults told one by one; the rest is counted."""
AHEAD = timedelta(hours=26)
"""How far another clock may be before ours; a later look would count as the latest for ever."""
OLDEST_EVENT = date(1900, 1, 1)

_ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "Missing data for required field.": "còn trống",
        "Field may not be null.": "còn trống",
        "Not a valid integer.": "không phải số nguyên",
        "Not a valid date.": "không phải ngày như 2026-11-20",
        "Not a valid string.": "không phải văn bản",
    }
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where in an answer something is wrong, and what; no number of a person stands in it."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class BadAnswer(InputError):
    """An answer with faults; nothing of it was applied. `faults` holds all that were found."""

    def __init__(self, faults: list[Fault]) -> None:
        listed = "".join(f"\n  - {one}" for one in faults[:SHOWN])
        more = f"\n  … và {len(faults) - SHOWN} lỗi nữa" if len(faults) > SHOWN else ""
        super().__init__(
            f"Tệp hoặc tin trả lời có {len(faults)} lỗi:{listed}{more}\n",
            "Chưa nhận dòng nào. Nhờ bên trả lời sửa rồi gửi lại.",
        )
        self.faults = tuple(faults)


def read_line(
    source: str, place: str, values: Mapping[str, Any], now: datetime
) -> Answered | list[Fault]:
    """The value of one line, or its faults."""
    try:
        told: dict[str, Any] = dict(ANSWERED[source].load(dict(values)))
    except ValidationError as error:
        return [Fault(place, one) for one in _sentences(error)]
    subject = tuple(told.pop(name) for name in CONTRACTS[source].subject)
    answer = Answered(place=place, subject=subject, **told)
    faults = [Fault(place, one) for one in _contradictions(source, answer, now)]
    return faults or answer


def _sentences(error: ValidationError) -> Iterator[str]:
    messages_of: dict[str, Any] = dict(error.messages_dict)
    for name, said in messages_of.items():
        heading = THEIR_HEADINGS.get(name, "dòng")
        messages = said if isinstance(said, list) else ["không đúng dạng"]
        for one in messages:
            yield f"“{heading}” {_ENGLISH.get(str(one), str(one))}."


def _contradictions(source: str, answer: Answered, now: datetime) -> Iterator[str]:
    """What is readable alone but cannot be."""
    allowed = results_of(source)
    if answer.result not in allowed:
        yield f"“Kết quả” không thuộc: {', '.join(allowed)}."
    if answer.checked_at > now + AHEAD:
        yield "“Lúc tra cứu” ở tương lai."
    if answer.happened_on and not OLDEST_EVENT <= answer.happened_on <= local_date(now) + AHEAD:
        yield "“Ngày sự kiện” ở tương lai hoặc quá xa."
    if source == "civil_status" and answer.result != "none" and answer.happened_on is None:
        yield "Có sự kiện thì phải có “Ngày sự kiện”."
    if source == "bank_name" and answer.result == "found" and not answer.name:
        yield "Có tài khoản thì phải có “Tên ở sổ gốc”; không cho tra tên thì ghi cannot_verify."
