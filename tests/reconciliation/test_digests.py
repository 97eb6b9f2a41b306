"""What a long file is held against while it is read: exact, and small."""

from __future__ import annotations

from collections import Counter

from reconciliation.digests import Counted, Digests


def test_counts_are_exact() -> None:
    texts = [str(n * n % 301) for n in range(2_000)]
    counted, expected = Counted(), Counter[str]()
    for text in texts:
        assert counted.before(text) == expected[text]
        expected[text] += 1


def test_what_was_not_added_is_not_there() -> None:
    known = Digests()
    assert [known.add(str(n)) for n in (*range(3_000), 7)] == [True] * 3_000 + [False]
    assert all(str(n) in known for n in range(3_000))
    assert not any(str(n) in known for n in range(3_000, 40_000))
