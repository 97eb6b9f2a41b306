"""The messages as marshmallow schemas: strict in what we send, patient with fields they add."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from app.checks.contracts import COMPARED, CONTRACTS
from app.clock import TIME_ZONE
from app.names import LONGEST

LINES_MAX = 10_000_000
AMOUNT_MAX = 10**12
_FORMULA = re.compile(r"^[=+@\t\r]|^-(?!\s|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Words(fields.String):
    """Text from outside: short, of one line, and nothing that a spreadsheet would compute."""

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text: str = super()._deserialize(value, *rest, **more)
        if len(text) > LONGEST:
            raise ValidationError(f"dài quá {LONGEST} ký tự")
        if _FORMULA.search(text) or _CONTROL.search(text):
            raise ValidationError("có công thức hoặc ký tự điều khiển")
        return text


class Moment(fields.Field[datetime]):
    """A moment with its zone, or a day: its first minute in Viet Nam."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise ValidationError("không phải thời điểm như 2026-11-20T09:00:00+07:00") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=TIME_ZONE)


class Birth(fields.Field[str]):
    """A date of birth 'YYYY-MM-DD', or the year alone."""

    def _deserialize(self, value: Any, *_rest: Any, **_more: Any) -> str:
        text = str(value)
        if re.fullmatch(r"(1[89]|20)\d\d", text):
            return text
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise ValidationError("không phải ngày sinh như 1945-03-02 hoặc 1945") from error


def _citizen_id() -> fields.String:
    return fields.String(required=True, validate=Regexp(r"^\d{12}$", error="không đủ 12 chữ số"))


def _account() -> fields.String:
    shape = Regexp(r"^[A-Z0-9]{4,30}$", error="không phải số tài khoản")
    return fields.String(required=True, validate=shape)


def _bank_bin() -> fields.String:
    return fields.String(required=True, validate=Regexp(r"^\d{6}$", error="không phải mã 6 chữ số"))


def _ref() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=Range(1, LINES_MAX))


class Line(Schema):
    """A line that we send."""

    class Meta:
        unknown = RAISE

    ref = _ref()


class PersonNamed(Line):
    """Civil status and poverty: who it is."""

    citizen_id = _citizen_id()
    name = fields.String(required=True, validate=Length(1, LONGEST))


class PersonBorn(PersonNamed):
    """Population and insurance: who it is, with the birth."""

    birth = Birth(required=True)


class AccountAsked(Line):
    """Name enquiry: an account; our name of its holder is not given away."""

    bank_bin = _bank_bin()
    account = _account()


class Enquiry(Schema):
    """What every request has around its lines."""

    class Meta:
        unknown = RAISE

    request_id = fields.String(required=True, validate=Length(1, 40))
    source = fields.String(required=True, validate=OneOf(list(CONTRACTS)))
    since = fields.Date(allow_none=True)
    items = fields.List(fields.Raw(), required=True, validate=Length(1, 10_000))


class LineAnswered(Schema):
    """What every line of an answer has."""

    class Meta:
        unknown = EXCLUDE

    ref = _ref()
    checked_at = Moment(required=True)


class OfPerson(LineAnswered):
    """A line about a person."""

    citizen_id = _citizen_id()


class OfPopulation(OfPerson):
    """What the population database says of a person."""

    result = fields.String(required=True)
    name = Words(load_default="")
    birth = Birth(load_default="")
    happened_on = fields.Date(load_default=None, allow_none=True)


class OfCivilStatus(OfPerson):
    """A death or a birth that was registered since the day asked for."""

    result = fields.String(required=True)
    happened_on = fields.Date(load_default=None, allow_none=True)
    paper = Words(load_default="")


class OfInsurance(OfPerson):
    """A pension or a monthly benefit, đồng a month."""

    result = fields.String(required=True)
    amount = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=Range(0, AMOUNT_MAX)
    )


class OfAccount(LineAnswered):
    """An account and, where the bank tells it, its holder."""

    bank_bin = _bank_bin()
    account = _account()
    result = fields.String(required=True)
    name = Words(load_default="")


class OfPoverty(OfPerson):
    """The household's level, with its decision."""

    result = fields.String(required=True)
    happened_on = fields.Date(load_default=None, allow_none=True)
    paper = Words(load_default="")


class Reply(Schema):
    """What every answer over the network has around its lines."""

    class Meta:
        unknown = EXCLUDE

    request_id = fields.String(required=True, validate=Length(1, 40))
    source = fields.String(required=True)
    items = fields.List(fields.Raw(), required=True, validate=Length(0, 10_000))


ASKED: Mapping[str, Schema] = MappingProxyType(
    {
        "population": PersonBorn(),
        "civil_status": PersonNamed(),
        "insurance": PersonBorn(),
        "bank_name": AccountAsked(),
        "poverty": PersonNamed(),
    }
)
ANSWERED: Mapping[str, Schema] = MappingProxyType(
    {
        "population": OfPopulation(),
        "civil_status": OfCivilStatus(),
        "insurance": OfInsurance(),
        "bank_name": OfAccount(),
        "poverty": OfPoverty(),
    }
)


def results_of(source: str) -> list[str]:
    """The results that an answer of a register may carry."""
    return [one for one in CONTRACTS[source].results if one not in COMPARED]
