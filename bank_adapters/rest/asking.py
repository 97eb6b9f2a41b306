"""Asking a REST provider: what became of a batch or of payments, and in whose name an account is.

Every question is a GET or changes nothing, so it may be asked again whatever came of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bank_adapters.errors import InDoubt, Refused, TurnedAway, Unavailable
from bank_adapters.formats.events import Event, Head, event_line, head_line
from bank_adapters.rest.judging import Word, word_of
from bank_adapters.rest.profile import NOT_FOUND, RestProfile
from bank_adapters.rest.sheet import json_line
from bank_adapters.transports.https import Answered, HttpsLine
from bank_adapters.transports.names import Now

LONGEST_NAME = 200
ENOUGH = timedelta(minutes=2)
"""How long one round of questions about single payments lasts; the rest is asked next time."""

_REFERENCE = re.compile("[A-Z0-9]{1,35}")


class Asker:
    """Questions to one provider over one line."""

    def __init__(self, line: HttpsLine, profile: RestProfile, provider: str, now: Now) -> None:
        self._line, self._profile = line, profile
        self._provider, self._now = provider, now

    def ask(self, message_id: str, references: Sequence[str]) -> tuple[str, bytes]:
        """The answer as a file of words: its name and its bytes.

        A payment that the provider does not know is told as not found, which proves nothing.
        Where he falls silent half-way or takes too long, what he has said so far is the answer.
        Raises Unavailable.
        """
        head = Head("enquiry", self._provider, message_id)
        if self._profile.is_single:
            events = list(self._singly(references))
            if not events:
                raise Unavailable(f"{message_id}: không có lệnh nào để hỏi")
        else:
            word, events = self._on_all(message_id)
            head = replace(head, status=word.status, reason=word.reason)
        body = head_line(head) + b"".join(map(event_line, events))
        return f"{message_id}.enquiry-{hashlib.sha256(body).hexdigest()[:12]}.jsonl", body

    def _singly(self, references: Sequence[str]) -> Iterator[Event]:
        until = self._now() + ENOUGH
        for number, reference in enumerate(references):
            if number and self._now() > until:
                return
            try:
                told = self._found("payment", reference, "reference")
            except Unavailable:
                if number:
                    return  # he was asked about the others; the rest is asked next time
                raise
            yield self._event(reference, word_of(told, self._profile) if told else Word(NOT_FOUND))

    def _on_all(self, message_id: str) -> tuple[Word, list[Event]]:
        """His word on the batch, and those on its payments."""
        told = self._found("batch", message_id, "message_id")
        if not told:
            return Word(NOT_FOUND), []
        return word_of(told, self._profile, has_amount=False), list(self._in(message_id, told))

    def _in(self, message_id: str, told: Mapping[str, Any]) -> Iterator[Event]:
        rows = told.get(self._profile.answer["payments"], [])
        for row in rows if isinstance(rows, list) else [None]:
            item: Mapping[str, Any] = row if isinstance(row, dict) else {}
            reference = item.get(self._profile.answer["reference"])
            if not (isinstance(reference, str) and _REFERENCE.fullmatch(reference)):
                raise Unavailable(f"{message_id}: câu trả lời có lệnh không đọc được")
            yield self._event(reference, word_of(item, self._profile))

    def _found(self, path: str, thing: str, name: str) -> Mapping[str, Any]:
        """What the provider says of a thing, {} where he does not know it."""
        way = self._profile.paths[path].replace("{id}", quote(thing, safe=""))
        answer = self._call("GET", way)
        if answer.status == 404:
            return {}
        told = answer.told()
        if answer.status != 200 or told.get(self._profile.answer[name]) != thing:
            raise Unavailable(f"{thing}: trả lời không rõ (HTTP {answer.status})")
        return told

    def _call(self, method: str, way: str, body: bytes | None = None) -> Answered:
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            return self._line.call(method, way, body, headers)
        except InDoubt as error:
            raise Unavailable(str(error)) from error

    def _event(self, reference: str, word: Word) -> Event:
        at: datetime = self._now()
        said = f"{reference}|{word.status}|{word.reason}|{at.isoformat()}"
        return word.event(
            reference, at, f"enquiry/{hashlib.sha256(said.encode()).hexdigest()[:24]}"
        )

    def holder(self, bank_bin: str, account: str) -> str:
        """The name of an account's holder, "" where the provider knows no such account."""
        way, named = self._profile.paths["names"], self._profile.fields
        if not way:
            raise Refused("nơi này không trả lời tên chủ tài khoản")
        body = json_line({named["bank_bin"]: bank_bin, named["account"]: account})
        answer = self._call("POST", way, body)
        if answer.status == 404:
            return ""
        name = answer.told().get(self._profile.answer["holder"])
        if answer.status in (400, 401, 403):
            raise TurnedAway(f"không được hỏi tên chủ tài khoản (HTTP {answer.status})")
        if answer.status != 200 or not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise Unavailable(f"trả lời không rõ (HTTP {answer.status})")
        return name
