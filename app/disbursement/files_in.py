"""Which reader a file in the store is for: the provider's adapter, or ours for our own files.

Words that reach us without a file (calls, answers to a request) are written into files of our own.
Their names have a colon, which no courier takes: a provider cannot send one, so nobody gets
round the envelope or the format that was agreed upon by imitating them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bank_adapters.contract import BankAdapter, BankReport
from bank_adapters.errors import Refused
from bank_adapters.formats import events

OURS, CALLS = "events:", "callback"


def events_name(source: str, provider: str, about: str) -> str:
    """The name of a file of events, e.g. 'events:callback:VTB:1-200'."""
    return f"{OURS}{source}:{provider}:{about}"


def is_called(name: str) -> bool:
    """Whether a file holds what providers called to say."""
    return name.startswith(f"{OURS}{CALLS}:")


def require_theirs(name: str) -> str:
    """`name` of a file that a provider has for us; raises Refused for one that imitates ours."""
    if name.startswith(OURS):
        raise Refused(f"tên tệp “{name[:80]}” là tên tệp của chính hệ thống; không nhận")
    return name


def reports_of(adapter: BankAdapter, name: str, source: BinaryIO) -> Iterator[BankReport]:
    """The reports of a stored file; raises Unreadable."""
    if name.startswith(OURS):
        yield events.read(source)
    else:
        yield from adapter.read(name, source)
