"""JSON of others, where a name that stands twice could mean either value."""

from __future__ import annotations

from typing import Any


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of its pairs, for `object_pairs_hook`; raises ValueError for a name twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
