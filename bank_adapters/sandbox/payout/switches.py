"""Which misbehaviours are on: from the configuration, changed while the bank lives, kept."""

from __future__ import annotations

from .book import Book
from .settings import Settings, check_behaviours

PREFIX = "behaviour "


class Switches:
    """The behaviours of settings.BEHAVIOURS; what was switched by hand wins and survives."""

    def __init__(self, book: Book, settings: Settings) -> None:
        self._book = book
        self._on = set(settings.behaviours)
        query = "SELECT key, value FROM setting WHERE key LIKE ?"
        for row in book.rows(query, f"{PREFIX}%"):
            self._apply(row["key"].removeprefix(PREFIX), row["value"] == "on")

    def on(self, name: str) -> bool:
        """Whether the bank behaves like this now."""
        return name in self._on

    def all_on(self) -> list[str]:
        """The names of those that are on, sorted."""
        return sorted(self._on)

    def turn(self, name: str, on: bool) -> None:
        """Switch one on or off; ValueError when there is none of this name."""
        check_behaviours(frozenset({name}))
        with self._book.transaction() as sql:
            sql.execute(
                "INSERT OR REPLACE INTO setting(key, value) VALUES (?, ?)",
                (PREFIX + name, "on" if on else "off"),
            )
            self._apply(name, on)

    def _apply(self, name: str, on: bool) -> None:
        if on:
            self._on.add(name)
        else:
            self._on.discard(name)
