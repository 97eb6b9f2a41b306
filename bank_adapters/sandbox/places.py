"""Where the institution keeps its files, all under one home folder."""

from __future__ import annotations

from pathlib import Path

from .settings import LIST_PROVIDERS

PART_PREFIX = ".part-"


class Places:
    """The folders of one home, made when they are missing."""

    def __init__(self, home: Path, user: str) -> None:
        self.home = home
        self.sftp_root = home / "banka" / user
        self.drafts = home / "drafts"
        self.keys = home / "keys"
        self.book = home / "book.db"
        self.payout_book = home / "payout.db"
        self.running = home / "running.json"
        for provider in ("banka", *LIST_PROVIDERS):
            self.inbox(provider).mkdir(parents=True, exist_ok=True)
            (self.outbox(provider) / "archive").mkdir(parents=True, exist_ok=True)
            self.taken(provider).mkdir(parents=True, exist_ok=True)
        self.drafts.mkdir(exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)

    def _front(self, provider: str) -> Path:
        if provider == "banka":
            return self.sftp_root
        return self.home / "exchange" / provider

    def inbox(self, provider: str) -> Path:
        """Where the client leaves its files."""
        return self._front(provider) / "in"

    def outbox(self, provider: str) -> Path:
        """Where the client fetches its answers."""
        return self._front(provider) / "out"

    def taken(self, provider: str) -> Path:
        """Where the institution keeps what it has taken in; clients cannot see it."""
        return self.home / "taken" / provider

    def take_in(self, provider: str) -> list[Path]:
        """Take every complete file out of the inbox, oldest name first.

        Returns everything ever taken in, in the order of taking. The move comes before the
        processing and gives each arrival a name of its own, so that the same file sent
        twice is two arrivals and one processed half is processed whole on the next start.
        """
        shelf = self.taken(provider)
        number = len(list(shelf.iterdir()))
        for path in sorted(self.inbox(provider).iterdir()):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                number += 1
                path.rename(shelf / f"{number:06d}-{path.name}")
        return sorted(shelf.iterdir())
