"""What a bank has promised, over what its adapter declares of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from typing import Any, cast

from app.errors import Refused
from bank_adapters.contract import BankAdapter

SCOPES = ("MsgId", "EndToEndId")


@dataclass(frozen=True, slots=True)
class Dedupe:
    """In which scope a bank was proven to refuse a repetition, and for how many days."""

    scope: str = ""
    days: int = 0


NEVER_PROVEN = Dedupe()


def promising(
    adapter: BankAdapter, dedupe: Dedupe, promises: Mapping[str, Any] | None = None
) -> BankAdapter:
    """The adapter with what this one bank promises: `methods`, `settles`, `holds_advance`.

    De-duplication is never the adapter's own word: no bank refuses a repetition until it was
    tried, and then by its channel. Raises Refused for an adapter that cannot be told.
    """
    found = cast(object, adapter)
    if not is_dataclass(found) or isinstance(found, type):
        raise Refused(
            f"Bộ kết nối “{adapter.name}” không nhận được cam kết của ngân hàng.",
            "Bộ kết nối phải là một dataclass có trường capabilities.",
        )
    told = replace(
        adapter.capabilities, dedupe=dedupe.scope, dedupe_days=dedupe.days, **(promises or {})
    )
    return cast(BankAdapter, replace(found, capabilities=told))
