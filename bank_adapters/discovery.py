"""Which adapters there are: a new bank is one folder and one line.

The line is either an entry of `BUILT_IN` or an entry point of the group `ansinh.bank_adapters`
in a package of its own. A name is loaded only when the settings allow it.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from bank_adapters.contract import BankAdapter, Capabilities
from bank_adapters.errors import Refused

GROUP = "ansinh.bank_adapters"
BUILT_IN = (
    ("iso20022", "bank_adapters.iso20022.adapter:ADAPTER"),
    ("filelist", "bank_adapters.filelist.adapter:ADAPTER"),
    ("postoffice", "bank_adapters.postoffice.adapter:ADAPTER"),
    ("rest", "bank_adapters.rest.adapter:ADAPTER"),
)
_ACTS = ("file_name", "write", "read_back", "strict_reader", "read")


def available() -> dict[str, str]:
    """Every known name and where it is, built-in ones first; nothing is imported."""
    found = dict(BUILT_IN)
    for entry in entry_points(group=GROUP):
        if entry.name in found:
            raise Refused(f"Hai bộ kết nối cùng tên “{entry.name}”; hãy gỡ bớt một gói")
        found[entry.name] = entry.value
    return found


def load(names: Iterable[str]) -> dict[str, BankAdapter]:
    """The adapters called `names`; raises Refused for one that is missing or not an adapter."""
    known = available()
    return {name: _load(name, known) for name in names}


def _load(name: str, known: dict[str, str]) -> BankAdapter:
    if name not in known:
        raise Refused(f"Không có bộ kết nối “{name}”; đang có: {', '.join(known)}")
    module, _, attribute = known[name].partition(":")
    try:
        found: object = getattr(import_module(module), attribute or "ADAPTER")
    except (ImportError, AttributeError) as error:
        raise Refused(f"Bộ kết nối “{name}” không nạp được: {error}") from error
    return checked(name, found)


def checked(name: str, found: object) -> BankAdapter:
    """`found` as an adapter; raises Refused when it lacks a part of the contract."""
    missing = [act for act in _ACTS if not callable(getattr(found, act, None))]
    if missing or not isinstance(getattr(found, "capabilities", None), Capabilities):
        raise Refused(f"Bộ kết nối “{name}” thiếu: {', '.join(missing) or 'capabilities'}")
    return cast(BankAdapter, found)
