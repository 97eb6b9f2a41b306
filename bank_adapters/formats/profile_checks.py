"""What reading any profile of a provider has in common: TOML, known words, refusals in one form."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from bank_adapters.errors import Refused


def table_of(text: str, what: str) -> dict[str, Any]:
    """The table in a TOML text; raises Refused. `what` names the profile in every refusal."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{what} không phải TOML: {error}") from error


def require_known(told: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raises Refused naming the words that nobody knows."""
    if strange := sorted(set(told) - set(known)):
        raise Refused(f"{what} có mục lạ: {', '.join(strange)}")


def require_faultless(faults: Mapping[str, bool], what: str) -> None:
    """Raises Refused with every sentence that is true of the profile."""
    if said := [sentence for sentence, is_fault in faults.items() if is_fault]:
        raise Refused(f"{what} chưa dùng được: {'; '.join(said)}")


def require_encoding(name: str, what: str) -> None:
    """Raises Refused for an encoding that there is not."""
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise Refused(f"{what}: không có bảng mã “{name}”") from error
