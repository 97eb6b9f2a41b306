"""How one REST provider is spoken with, as data: TOML that `load` reads over `default.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any

from bank_adapters.errors import Refused
from bank_adapters.formats import answer_profile
from bank_adapters.formats.answer_profile import AnswerProfile
from bank_adapters.formats.profile_checks import require_faultless, require_known

PAYMENT_FIELDS = ("reference", "amount", "payee_name", "account", "bank_bin", "remark")
BATCH_FIELDS = ("message_id", "currency", "requested_on", "debtor_account", "debtor_name")
ANSWER_FIELDS = (
    "reference", "message_id", "status", "reason", "amount", "account", "bank_reference",
    "payments", "holder",
)  # fmt: skip
PATHS = ("payments", "payment", "batches", "batch", "names", "reports", "report", "report_done")
NO_ANSWER, NOT_SENT, NOT_FOUND = "UNKN", "NSNT", "NOTF"
"""Words of ours: no clear answer came; never attempted; the provider does not know it."""

REFUSALS = ("RJCT", "CANC")
_ISO_WORDS = frozenset(
    {"RCVD", "ACTC", "ACFC", "PDNG", "PATC", "ACCP", "ACSP", "ACWC", "ACSC", "ACCC", *REFUSALS}
)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+|/\{id\})+")
_HEADER = re.compile("[A-Za-z][A-Za-z0-9-]{0,39}")
_HOST = re.compile("[a-z0-9.-]{1,253}")
_PREFIX = re.compile("[A-Za-z ]{0,20}")
_WHAT = "Hồ sơ REST"
_NAMED = ("default", "mobile_money")
_LIMITS = {
    "at_once": 32,
    "max_lines": 1_000_000,
    "connect_seconds": 60,
    "read_seconds": 300,
    "total_seconds": 600,
    "stop_after_doubts": 1_000,
    "tries": 10,
    "retry_seconds": 60,
    "report_max": 2_000_000_000,
}


@dataclass(frozen=True, slots=True)
class RestProfile:
    """One provider. Every field is explained in README.md; times are in seconds.

    `paths` are below the base address, "" where the provider has no such thing. `fields` and
    `answer` say what he calls our fields and his. `words` are his statuses as ISO ones,
    `reasons` his reasons as ISO codes. `paid_list` is how the lists look by which a provider who
    holds an advance proves what he paid, None where he debits our own account.
    """

    by: str
    at_once: int
    max_lines: int
    letters: str
    code_set: str
    hosts: tuple[str, ...]
    connect_seconds: int
    read_seconds: int
    total_seconds: int
    stop_after_doubts: int
    tries: int
    retry_seconds: int
    report_max: int
    auth_header: str
    auth_prefix: str
    key_header: str
    refused: tuple[int, ...]
    untaken: str
    paths: Mapping[str, str] = field(hash=False)
    fields: Mapping[str, str] = field(hash=False)
    answer: Mapping[str, str] = field(hash=False)
    words: Mapping[str, str] = field(hash=False)
    reasons: Mapping[str, str] = field(hash=False)
    paid_list: AnswerProfile | None = field(default=None, hash=False)

    @property
    def is_single(self) -> bool:
        """Whether each payment is a request of its own."""
        return self.by == "single"

    def word(self, said: object) -> str:
        """The ISO status of a provider's word, "" for one that the profile does not know."""
        return self.words.get(said, "") if isinstance(said, str) else ""

    def reason(self, said: object) -> str:
        """The ISO code of a provider's reason, "NARR" for one that means nothing here."""
        if not isinstance(said, str) or not said:
            return ""
        if said in self.reasons:
            return self.reasons[said]
        is_code = self.code_set == "iso" and re.fullmatch("[A-Z0-9]{4}", said)
        return said if is_code else "NARR"


_SECTIONS = ("paths", "fields", "answer", "words", "reasons")


@cache
def named(name: str) -> RestProfile:
    """A profile that is shipped: "default" or "mobile_money". Raises Refused for another."""
    if name not in _NAMED:
        raise Refused(f"Không có hồ sơ REST “{name}”; đang có: {', '.join(_NAMED)}")
    told = _toml("default")
    return _profile(told) if name == "default" else merged(_profile(told), _toml(name))


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads(files("bank_adapters").joinpath(f"rest/{name}.toml").read_text("utf-8"))


def load(told: Mapping[str, Any]) -> RestProfile:
    """A profile over the one named in `base` ("default"); raises Refused, naming what is wrong."""
    more = dict(told)
    base = more.pop("base", "default")
    return merged(named(base if isinstance(base, str) else ""), more)


def merged(base: RestProfile, told: Mapping[str, Any]) -> RestProfile:
    """`base` with what `told` says otherwise.

    Paths and names are added to those of `base`; words and reasons stand in their place, since a
    word that a provider does not know must not mean anything.
    """
    known = {one.name for one in fields(RestProfile)}
    require_known(told, known, _WHAT)
    new: dict[str, Any] = {}
    for name, value in told.items():
        if name in _SECTIONS and not isinstance(value, Mapping):
            raise Refused(f"Hồ sơ REST: mục {name} phải là một bảng")
        is_added = name in ("paths", "fields", "answer")
        new[name] = {**getattr(base, name), **value} if is_added else value
    return _judged(replace(base, **_plain(new)))


def _profile(told: Mapping[str, Any]) -> RestProfile:
    return _judged(RestProfile(**_plain(told)))


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as tuples, the profile of paid lists as what it is; everything else as it came."""
    found = {name: tuple(one) if isinstance(one, list) else one for name, one in told.items()}
    if isinstance(listed := found.get("paid_list"), Mapping):
        found["paid_list"] = answer_profile.told_by(listed)
    return found


def _judged(profile: RestProfile) -> RestProfile:
    """The profile, or Refused for one that could not be used or not be proved."""
    require_faultless({**_scalars(profile), **_sections(profile)}, _WHAT)
    return profile


def _scalars(one: RestProfile) -> dict[str, bool]:
    headers = (one.auth_header, one.key_header)
    return {
        "by là single hoặc bulk": one.by not in ("single", "bulk"),
        "paid_list là một bảng": not isinstance(one.paid_list, AnswerProfile | None),
        "letters là accents hoặc plain": one.letters not in ("accents", "plain"),
        "code_set là iso hoặc own": one.code_set not in ("iso", "own"),
        "hosts là tên máy": not all(map(_is(_HOST), one.hosts)),
        "auth_header, key_header là tên": not all(map(_is(_HEADER), headers)),
        "auth_prefix là chữ": not _is(_PREFIX)(one.auth_prefix),
        "untaken là tên": not _is(_NAME)(one.untaken),
        "refused là mã HTTP 4xx hoặc 200": not all(_is_refusal(code) for code in one.refused),
        **{
            f"{name} từ 1 đến {most}": not _is_whole(getattr(one, name), most)
            for name, most in _LIMITS.items()
        },
    }


def _sections(one: RestProfile) -> dict[str, bool]:
    way = ("payments", "payment") if one.is_single else ("batches", "batch")
    names = [*one.fields.values(), "kind", "count", "total"]
    return {
        "paths có tên lạ": set(one.paths) != set(PATHS),
        "paths phải dạng /a/{id}": not all(map(_is_path, one.paths.values())),
        f"thiếu paths.{way[0]}": not one.paths.get(way[0]),
        "paths có {id} sai chỗ": not _ids_stand_right(one.paths),
        "fields có tên lạ": set(one.fields) != {*PAYMENT_FIELDS, *BATCH_FIELDS},
        "answer có tên lạ": set(one.answer) != set(ANSWER_FIELDS),
        "fields, answer phải là tên": not all(
            map(_is(_NAME), (*one.fields.values(), *one.answer.values()))
        ),
        "fields trùng tên": len(set(names)) < len(names),
        "words phải đổi ra từ ISO": not set(one.words.values()) <= _ISO_WORDS or not one.words,
        "reasons phải đổi ra mã 4 ký tự": not all(
            map(_is(re.compile("[A-Z0-9]{4}")), one.reasons.values())
        ),
    }


def _is(shape: re.Pattern[str]) -> Any:
    return lambda text: isinstance(text, str) and bool(shape.fullmatch(text))


def _is_path(text: object) -> bool:
    return text == "" or bool(_is(_PATH)(text))


def _ids_stand_right(paths: Mapping[str, str]) -> bool:
    """An id is in the path of one thing, once, and nowhere else."""
    of_one = ("payment", "batch", "report", "report_done")
    return all(
        str(path).count("{id}") == int(name in of_one) for name, path in paths.items() if path
    )


def _is_refusal(code: object) -> bool:
    """A refusal may stand behind 200 or 4xx, never behind what asks for patience or a login."""
    return code == 200 or (type(code) is int and 400 <= code < 500
                           and code not in (401, 403, 408, 409, 425, 429))  # fmt: skip


def _is_whole(value: object, most: int) -> bool:
    return type(value) is int and 1 <= value <= most
