"""Payment by Excel lists; the post office differs only in what it can hand out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bank_adapters.contract import (
    BankReport,
    Capabilities,
    Method,
    OutboundBatch,
    PaymentInstruction,
)
from bank_adapters.errors import Unreadable
from bank_adapters.formats import xlsx_answer, xlsx_list

CAPABILITIES = Capabilities(
    methods=frozenset({Method.ACCOUNT}),
    settles="list",
    holds_advance=True,
)


@dataclass(frozen=True, slots=True)
class ListAdapter:
    """One provider of lists with its layouts."""

    name: str = "filelist"
    capabilities: Capabilities = CAPABILITIES
    layout: xlsx_list.ListLayout = xlsx_list.LIST
    answer: xlsx_answer.AnswerLayout = xlsx_answer.ANSWER

    def file_name(self, batch: OutboundBatch) -> str:
        """`<message id>.xlsx`."""
        return f"{batch.message_id}.xlsx"

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """One Excel list; raises Refused."""
        xlsx_list.write(batch, out, self.capabilities.methods, self.layout)

    def as_sent(self, item: PaymentInstruction) -> PaymentInstruction:
        """The instruction as the list carries it: what `read_back` must give."""
        return xlsx_list.as_sent(item)

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """The instructions of a list of ours; raises Unreadable."""
        return xlsx_list.read_back(source, self.layout)

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """The settlement report of one answer; raises Unreadable with the file's name."""
        try:
            yield xlsx_answer.read_answer(source, self.answer)
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from error


ADAPTER = ListAdapter()
