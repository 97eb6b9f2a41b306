"""The courier of REST providers: sealed documents as requests, words and reports as files.

What a provider answers to a request is written down on this side at once and collected like any
file of his; so is what he answers when he is asked what became of a message.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bank_adapters.contract import FileHead, Receipt, RemoteFile
from bank_adapters.errors import InDoubt, Refused, Stranger, TurnedAway, Unavailable, Unreadable
from bank_adapters.rest.asking import Asker
from bank_adapters.rest.judging import NOT_TAKEN, Word, is_untaken, word_of
from bank_adapters.rest.profile import NO_ANSWER, REFUSALS, RestProfile
from bank_adapters.rest.reports import Reports
from bank_adapters.rest.singly import Singly, Surroundings
from bank_adapters.rest.spool import Spool, is_spool
from bank_adapters.rest.strict import Form, StrictRest
from bank_adapters.transports import names
from bank_adapters.transports.https import Answered, HttpsLine, HttpsTarget


@dataclass(frozen=True, slots=True)
class RestTarget:
    """One provider: his code, where he is, how he speaks, our folder for his words, a clock.

    The profile's hosts, times and headers stand over those of `https`; `line` opens a line there.
    """

    provider: str
    https: HttpsTarget
    profile: RestProfile
    spool: Path
    now: names.Now
    pause: Callable[[float], None] = field(default=time.sleep)
    line: Callable[[HttpsTarget], HttpsLine] = field(default=HttpsLine)


def open_rest(target: RestTarget) -> RestCourier:
    """Nothing is connected yet, so that words which came are collected when the provider is down.

    Raises Refused for an address that the profile does not know.
    """
    profile = target.profile
    https = replace(
        target.https,
        hosts=profile.hosts,
        connect_seconds=profile.connect_seconds,
        read_seconds=profile.read_seconds,
        total_seconds=profile.total_seconds,
        auth_header=profile.auth_header,
        auth_prefix=profile.auth_prefix,
    )
    return RestCourier(replace(target, https=https))


class RestCourier:
    """A `Courier` and an `Enquirer`. Several threads are used inside `put` alone."""

    def __init__(self, target: RestTarget) -> None:
        self._target, self._profile = target, target.profile
        self._line = target.line(target.https)
        self._spool = Spool(target.spool, target.provider)
        self._reports = Reports(self._line, target.profile)
        self._asker = Asker(self._line, target.profile, target.provider, target.now)

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Send a sealed document; see the contract for what each error means.

        In single requests Unavailable and Refused mean that not one of them was handed over, and
        InDoubt that some payments have no clear answer; which, stands in the words that wait.
        """
        names.plain(name)
        names.require_in_time(name, not_after, self._target.now)
        wanted = names.digest_of(path)
        head = self._proved(path)
        if self._profile.is_single:
            self._one_by_one(name, path, head, not_after)
        else:
            self._in_bulk(name, path, head, not_after)
        return Receipt(name, *wanted)

    def _proved(self, path: Path) -> FileHead:
        """The head of a document that was read to its last byte before the first one leaves.

        Raises TurnedAway for one that is not in this provider's form, as of another channel.
        """
        try:
            with path.open("rb") as source:
                head, items = self._reader().read(source)
                for _ in items:
                    pass
        except Unreadable as error:
            raise TurnedAway(f"{path.name}: chưa gửi gì: {error}") from error
        return head

    def _reader(self) -> StrictRest:
        return StrictRest(Form(self._profile.fields))

    def _new_line(self) -> HttpsLine:
        return self._target.line(self._target.https)

    def _one_by_one(
        self, name: str, path: Path, head: FileHead, not_after: datetime | None
    ) -> None:
        is_first = not self._spool.knows(head.message_id)
        around = Surroundings(self._profile, self._new_line, self._target.now, self._target.pause)
        with self._spool.writing(head.message_id) as words, path.open("rb") as source:
            run = Singly(around, head, words, not_after, is_first=is_first)
            run.send(self._reader().read(source)[1])
            if not run.handed_over:
                words.give_up()
        self._require_whole(name, run)

    def _require_whole(self, name: str, run: Singly) -> None:
        if run.is_whole:
            return
        if run.handed_over:
            told = ", ".join(f"{count} {word}" for word, count in sorted(run.counts.items()))
            why = f" {run.stopped}" if run.stopped else ""
            raise InDoubt(f"{name}: còn lệnh chưa có trả lời rõ ({told}){why}")
        if run.stranger:
            raise Stranger(f"{name}: {run.stopped}")
        error = TurnedAway if run.turned_away else Unavailable
        raise error(f"{name}: chưa giao được lệnh nào: {run.stopped or 'yêu cầu bị từ chối'}")

    def _in_bulk(self, name: str, path: Path, head: FileHead, not_after: datetime | None) -> None:
        """The sealed bytes as one request. A definite word on the whole is written down."""
        headers = {
            "Content-Type": "application/jsonl",
            self._profile.key_header: head.message_id,
        }
        with path.open("rb") as source:
            names.require_in_time(name, not_after, self._target.now)
            answer = self._line.call("POST", self._profile.paths["batches"], source, headers)
        word = self._word_on_all(name, answer, head.message_id)
        self._write(head.message_id, word)
        if word.status in REFUSALS:
            raise Refused(f"{name}: bên nhận từ chối cả lô ({word.status} {word.reason})")

    def _word_on_all(self, name: str, answer: Answered, message_id: str) -> Word:
        """The provider's word on the whole batch; raises what an unclear one is worth."""
        told, why = answer.told(), f"{name}: HTTP {answer.status}"
        if is_untaken(answer, self._profile):
            raise Unavailable(f"{why}, chưa nhận gì")
        word = word_of(told, self._profile, has_amount=False)
        may_say = self._profile.refused if word.status in REFUSALS else (200, 202)
        is_ours = told.get(self._profile.answer["message_id"]) == message_id
        if is_ours and word.status != NO_ANSWER and answer.status in may_say:
            return word
        if answer.status == 409:
            raise Refused(f"{why}: mã lô này đã đi cùng một tệp khác nội dung")
        if answer.status in NOT_TAKEN:
            raise TurnedAway(f"{why}: yêu cầu không được nhận, chưa giao gì")
        raise InDoubt(f"{why}: trả lời không rõ, chưa biết đã nhận hay chưa")

    def _write(self, message_id: str, word: Word) -> None:
        try:
            with self._spool.writing(message_id, word.status, word.reason):
                pass
        except (OSError, Unavailable) as error:
            raise InDoubt(f"đã giao nhưng không ghi được trả lời: {error}") from error

    def waiting(self) -> list[RemoteFile]:
        """Words that came to us, then the provider's reports.

        While he cannot be reached, what is here already is given alone; raises Unavailable when
        that is nothing.
        """
        ours = self._spool.waiting()
        try:
            return ours + self._reports.waiting()
        except Unavailable:
            if ours:
                return ours  # they are collected; the next look raises if he is still away
            raise

    def look(self) -> list[RemoteFile]:
        """What the provider himself has for us, asked over the line: where it answers he is there.

        Raises Refused where he keeps no reports that could be asked for, and as `waiting` does.
        """
        if not self._profile.paths["reports"]:
            raise Refused("nơi này không có danh sách báo cáo để hỏi thử")
        return self._reports.waiting()

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy one waiting file to `target`, whole or not at all."""
        return self._of(name).fetch(name, target)

    def done(self, name: str) -> None:
        """The file is safely stored here: archive a spool, tell the provider of a report."""
        self._of(name).done(name)

    def _of(self, name: str) -> Spool | Reports:
        return self._spool if is_spool(name) else self._reports

    def ask(self, message_id: str, references: Sequence[str] = ()) -> tuple[str, bytes]:
        """What became of a batch, or of each of these payments; see the contract."""
        return self._asker.ask(message_id, references)

    def holder(self, bank_bin: str, account: str) -> str:
        """The name under which an account stands at the provider, "" where there is none.

        Raises Refused where he answers no such question, Unavailable where he does not answer.
        """
        return self._asker.holder(bank_bin, account)

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()
