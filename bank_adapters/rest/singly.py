"""A batch as one request a payment, some at a time; each payment's fate is its own.

A request that was surely handed over to nobody is tried again, a few times; then, or past the last
moment, or after too many doubts in a row, no further one leaves: the rest was never sent. A doubt
is never tried again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from threading import Lock, Thread

from bank_adapters.contract import FileHead, PaymentInstruction
from bank_adapters.errors import InDoubt, Stranger, Unavailable
from bank_adapters.rest.judging import Word, doubt, judged, not_sent
from bank_adapters.rest.profile import NO_ANSWER, NOT_SENT, RestProfile
from bank_adapters.rest.sheet import request_of
from bank_adapters.rest.spool import Words
from bank_adapters.transports.https import Answered, HttpsLine

LONGEST_WAIT = 30


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What sending needs: the profile, lines to open, a clock, a way to wait for some seconds."""

    profile: RestProfile
    line: Callable[[], HttpsLine]
    now: Callable[[], datetime]
    pause: Callable[[float], None]


class Singly:
    """One sending of one batch. `is_first` is false where an earlier one was begun: then nobody
    can say of a payment that it was never sent, and nothing is written of it."""

    def __init__(
        self,
        around: Surroundings,
        head: FileHead,
        words: Words,
        not_after: datetime | None,
        *,
        is_first: bool,
    ) -> None:
        self._around, self._head, self._words = around, head, words
        self._not_after, self._is_first = not_after, is_first
        self._lock = Lock()
        self._doubts_in_a_row = 0
        self._failed: Exception | None = None
        self.stopped = ""
        self.stranger = False
        self.turned_away = False
        self.counts: Counter[str] = Counter()

    def send(self, items: Iterator[PaymentInstruction]) -> None:
        """Send them all, or say of each that it was not sent.

        Raises InDoubt where what was answered could not be written down, or the file ended oddly.
        """
        shared = _Shared(items)
        threads = [Thread(target=self._work, args=(shared,)) for _ in
                   range(self._around.profile.at_once)]  # fmt: skip
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        finally:  # whoever is interrupted here lets no further request leave behind his back
            if any(thread.is_alive() for thread in threads):
                self._stop("bị ngắt")
            for thread in threads:
                thread.join()
        if self._failed is not None:
            raise InDoubt(
                f"{self._head.message_id}: dừng giữa chừng ({type(self._failed).__name__}); "
                "xem những lệnh đã có trả lời"
            ) from self._failed

    def _work(self, items: Iterator[PaymentInstruction]) -> None:
        try:
            with closing(self._around.line()) as line:
                for item in items:
                    self._note(item, self._one(line, item))
                    if self._failed:
                        return
        except Exception as error:
            # A thread must not die unheard: whoever started it raises this.
            self._failed = error
            self._stop("có lỗi trên máy này")

    def _one(self, line: HttpsLine, item: PaymentInstruction) -> Word:
        word = not_sent(self.stopped)
        for attempt in range(self._around.profile.tries):
            if self._is_over():
                return not_sent(self.stopped)
            word, wait = self._asked(line, item)
            if not word.may_repeat:
                break
            if attempt + 1 < self._around.profile.tries:
                self._around.pause(min(wait or self._around.profile.retry_seconds, LONGEST_WAIT))
        if word.may_repeat or word.is_locked_out:
            self._stop(word.why)
        return word

    def _is_over(self) -> bool:
        """Whether no request may leave any more; the clock is asked before each one."""
        if not self.stopped and self._not_after and self._around.now() > self._not_after:
            self._stop("đã quá giờ gửi cuối cùng")
        return bool(self.stopped)

    def _asked(self, line: HttpsLine, item: PaymentInstruction) -> tuple[Word, int]:
        """One request: what is known after it, and how many seconds we are asked to wait."""
        profile = self._around.profile
        headers = {"Content-Type": "application/json", profile.key_header: item.reference}
        body = request_of(item, self._head, profile)
        try:
            answer: Answered = line.call("POST", profile.paths["payments"], body, headers)
        except Stranger as error:
            self.stranger = True
            return not_sent(str(error), is_locked_out=True), 0
        except Unavailable as error:
            return not_sent(str(error), may_repeat=True), 0
        except InDoubt as error:
            return doubt(str(error)), 0
        found = judged(answer, item, profile)
        if found.status == NOT_SENT and not found.may_repeat:
            self.turned_away = True
        return found, answer.retry_after

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why

    def _note(self, item: PaymentInstruction, word: Word) -> None:
        """Write the word down and count it; too many doubts in a row end the sending."""
        with self._lock:
            self.counts[word.status] += 1
            number = self.counts.total()
            if word.status != NOT_SENT:
                in_row = self._doubts_in_a_row + 1 if word.status == NO_ANSWER else 0
                self._doubts_in_a_row = in_row
                if in_row >= self._around.profile.stop_after_doubts:
                    self._stop(f"{in_row} lệnh liền không có trả lời rõ")
        if word.status == NOT_SENT and not self._is_first:
            return
        at, event_id = self._around.now(), f"{self._words.name}/{number}"
        self._words.add(word.event(item.reference, at, event_id), at_once=word.status != NOT_SENT)

    @property
    def handed_over(self) -> int:
        """How many requests may have been taken."""
        return self.counts.total() - self.counts[NOT_SENT]

    @property
    def is_whole(self) -> bool:
        """Whether every payment has a clear answer."""
        return not (self.counts[NO_ANSWER] or self.counts[NOT_SENT])


class _Shared(Iterator[PaymentInstruction]):
    """One stream for several threads: each item goes to one of them."""

    def __init__(self, items: Iterator[PaymentInstruction]) -> None:
        self._items, self._lock = items, Lock()

    def __next__(self) -> PaymentInstruction:
        with self._lock:
            return next(self._items)
