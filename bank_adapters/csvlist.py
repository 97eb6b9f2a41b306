"""An adapter for banks that take and give lists: all of a bank is its two profiles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import BinaryIO

from bank_adapters.answering.lists import ListAnswerer
from bank_adapters.contract import (
    BankReport,
    Capabilities,
    Method,
    OutboundBatch,
    PaymentInstruction,
    StrictReader,
)
from bank_adapters.errors import Unreadable
from bank_adapters.formats import answer_profile, list_writer
from bank_adapters.formats.answer_profile import AnswerProfile
from bank_adapters.formats.answer_reader import read_answer
from bank_adapters.formats.list_profile import ListProfile, load
from bank_adapters.formats.list_strict import StrictList
from bank_adapters.formats.list_text import as_listed

CAPABILITIES = Capabilities(methods=frozenset({Method.ACCOUNT}), settles="list", holds_advance=True)
ANSWER_TEXT = files("bank_adapters").joinpath("data/csv_answer.toml").read_text("utf-8")
LIST_TEXT = files("bank_adapters").joinpath("data/csv_list.toml").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class CsvListAdapter:
    """One bank of lists, CSV unless told otherwise: `listed` goes out, `answer` comes back."""

    name: str
    capabilities: Capabilities = CAPABILITIES
    listed: ListProfile = field(default_factory=lambda: load(LIST_TEXT))
    answer: AnswerProfile = field(default_factory=lambda: answer_profile.load(ANSWER_TEXT))

    def __post_init__(self) -> None:
        """A list holds what its profile says."""
        declared = replace(self.capabilities, max_lines=self.listed.max_lines)
        object.__setattr__(self, "capabilities", declared)

    def file_name(self, batch: OutboundBatch) -> str:
        """The name by the profile's pattern."""
        return list_writer.file_name(batch, self.listed)

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """One list; raises Refused."""
        list_writer.write(batch, out, self.capabilities.methods, self.listed)

    def as_sent(self, item: PaymentInstruction) -> PaymentInstruction:
        """The instruction as the list carries it: what `read_back` must give."""
        return as_listed(item, self.listed.letters)

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """The instructions of a list of ours; raises Unreadable."""
        _, items = self.strict_reader().read(source)
        return items

    def strict_reader(self) -> StrictReader:
        """The reader that every list must pass before it is sealed."""
        return StrictList(self.listed)

    def answerer(self) -> ListAnswerer:
        """How such a provider answers, for the kit."""
        return ListAnswerer(self.answer)

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """The settlement report of one answer; raises Unreadable with the file's name."""
        try:
            yield read_answer(source, self.answer)
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from error
