"""What a request meets at the nasty bank: it is taken or not, and answered as a play says."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, auto
from pathlib import Path
from threading import Lock
from urllib.parse import unquote

from bank_adapters.answering.facts import Fact, Word
from bank_adapters.contract import FileHead, PaymentInstruction
from bank_adapters.rest.answering import RestAnswerer
from bank_adapters.sandbox.payout.answers import Answer, Reset, Timeout, say
from bank_adapters.sandbox.payout.api import BASE
from bank_adapters.transports.names import Folders

TOKEN = "synthetic"  # noqa: S105
STRANGER = "0000000000000000"
"""A reference of nobody's."""
CHANGE = 1000
_UNKNOWN = {"error": "unknown"}
_WHY = {Word.REJECTED: "AC04"}
_FOLDERS = Folders()
_ID = "([^/]+)"


class Reply(Enum):
    """What becomes of a request: ACCEPTED, LOST and SILENT are taken, of OTHER only a batch is."""

    ACCEPTED = auto()
    LOST = auto()  # the line breaks
    SILENT = auto()  # no answer, until the caller gives up
    OTHER = auto()  # an acknowledgement, but of another payment or batch
    REFUSED = auto()
    LESS = auto()  # accepted with CHANGE less


@dataclass
class Door:
    """Requests in, answers out; several threads may knock at once.

    `replies` by reference, "" for a batch and for whoever is not named; `words` are what it says of
    a payment when asked, nothing being known of the others. `before` is called with the number of
    each request for money, from 1, before it is read. `arrived` waits for the bank to take it;
    `seen` is every payment that was ever asked for, `requests` how often by its key.
    """

    pen: RestAnswerer
    root: Path
    answers: bool = True
    cuts: bool = False
    replies: dict[str, Reply] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    other: str = STRANGER
    before: Callable[[int], None] = lambda number: None
    arrived: list[tuple[FileHead, PaymentInstruction]] = field(default_factory=list)
    seen: dict[str, PaymentInstruction] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    hang_seconds: float = 10.0
    _turn: Lock = field(default_factory=Lock)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request; raises Timeout and Reset."""
        profile = self.pen.profile
        named = {name.lower(): value for name, value in headers.items()}
        if named.get(profile.auth_header.lower()) != profile.auth_prefix + TOKEN:
            return say(401, {"error": "token"})
        key = named.get(profile.key_header.lower(), "")
        with self._turn:
            return self._route(method, path.removeprefix(BASE), key, body)

    def _route(self, method: str, path: str, key: str, body: bytes) -> Answer:
        for (by, name), act in _ACTS.items():
            way = self.pen.profile.paths[name]
            found = re.fullmatch(re.escape(way).replace(r"\{id\}", _ID), path)
            if way and found and by == method:
                return act(self, unquote(found[1]) if found.groups() else key, body)
        return say(404, _UNKNOWN)

    # ------------------------------------------------------------------ money
    def _payment(self, key: str, body: bytes) -> Answer:
        head, item = self.pen.payment(body)
        if key != item.reference:
            return say(400, {"error": "the key is not the reference"})
        reply = self._reply(key)
        self.seen[key] = item
        if reply is Reply.REFUSED:
            fact = fact_of(Word.REJECTED, item, reason="AC04")
            return say(self.pen.profile.refused[0], self.pen.on_payment(fact))
        if reply is Reply.OTHER:
            item = replace(item, reference=self.other)
        else:
            self.arrived.append((head, item))
        less = CHANGE if reply is Reply.LESS else 0
        said = say(202, self.pen.on_payment(fact_of(Word.ACCEPTED, item, less=less)))
        return self._sent_back(reply, said)

    def _batch(self, key: str, body: bytes) -> Answer:
        reply = self._reply(key)
        number = self.requests[key]
        (self.root / _FOLDERS.inbox / f"{key}-{number}.jsonl").write_bytes(body)
        about = f"{key[:-1]}X" if reply is Reply.OTHER else key
        return self._sent_back(reply, say(202, self.pen.on_all(about, Word.ACCEPTED)))

    def _reply(self, key: str) -> Reply:
        """What a play says becomes of this request."""
        self.requests[key] += 1
        self.before(self.requests.total())
        found = self.replies.get(key, self.replies.get("", Reply.ACCEPTED))
        return found if self.answers else Reply.LOST

    def _sent_back(self, reply: Reply, answer: Answer) -> Answer:
        if reply is Reply.LOST:
            raise Reset
        if reply is Reply.SILENT:
            raise Timeout
        return answer

    # ------------------------------------------------------------------ questions
    def _on_payment(self, reference: str, _: bytes) -> Answer:
        fact = self._known(reference)
        return say(200, self.pen.on_payment(fact)) if fact else say(404, _UNKNOWN)

    def _on_batch(self, message_id: str, _: bytes) -> Answer:
        facts = [fact for fact in map(self._known, self.words) if fact]
        if not facts:
            return say(404, _UNKNOWN)
        return say(200, self.pen.on_all(message_id, Word.ACCEPTED, facts))

    def _known(self, reference: str) -> Fact | None:
        if not self.answers:
            raise Reset
        word, item = self.words.get(reference), self.seen.get(reference)
        return fact_of(word, item, reason=_WHY.get(word, "")) if word and item else None

    # ------------------------------------------------------------------ reports
    def _reports(self, _: str, __: bytes) -> Answer:
        rows = []
        for path in sorted((self.root / _FOLDERS.outbox).iterdir()):
            if path.is_file():
                data = path.read_bytes()
                digest = hashlib.sha256(data).hexdigest()
                rows.append({"name": path.name, "size": len(data), "sha256": digest})
        return say(200, {"reports": rows})

    def _report(self, name: str, _: bytes) -> Answer:
        data = (self.root / _FOLDERS.outbox / name).read_bytes()
        return Answer(200, data[: len(data) // 2] if self.cuts else data)

    def _done(self, name: str, _: bytes) -> Answer:
        (self.root / _FOLDERS.outbox / name).unlink(missing_ok=True)
        return Answer(204, b"")


def fact_of(word: Word, item: PaymentInstruction, reason: str = "", less: int = 0) -> Fact:
    """A word on a payment with `less` than was ordered."""
    return Fact(word, item.amount - less, date.min, "", item, reason)


_Act = Callable[[Door, str, bytes], Answer]
_ACTS: Mapping[tuple[str, str], _Act] = {
    ("POST", "payments"): Door._payment,
    ("POST", "batches"): Door._batch,
    ("GET", "payment"): Door._on_payment,
    ("GET", "batch"): Door._on_batch,
    ("GET", "reports"): Door._reports,
    ("GET", "report"): Door._report,
    ("POST", "report_done"): Door._done,
}
