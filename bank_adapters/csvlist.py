"""An adapter for banks that take and give CSV lists: all of a bank is its profile."""

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
from bank_adapters.formats import csv_list

CAPABILITIES = Capabilities(methods=frozenset({Method.ACCOUNT}), settles="list", holds_advance=True)


@dataclass(frozen=True, slots=True)
class CsvListAdapter:
    """One bank of CSV lists."""

    name: str
    profile: csv_list.CsvProfile
    capabilities: Capabilities = CAPABILITIES

    def file_name(self, batch: OutboundBatch) -> str:
        """`<message id>.csv`."""
        return f"{batch.message_id}.csv"

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """One CSV list; raises Refused."""
        csv_list.write(batch, out, self.capabilities.methods, self.profile)

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """The instructions of a list of ours; raises Unreadable."""
        return csv_list.read_back(source, self.profile)

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """The settlement report of one answer; raises Unreadable with the file's name."""
        try:
            yield csv_list.read_answer(source, self.profile)
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from error
