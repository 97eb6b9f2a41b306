"""Adapters that are each wrong in one way, as they are met in the wild."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from bank_adapters.contract import BankLine, BankReport, LineKind, OutboundBatch, ReportKind
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.filelist.adapter import ListAdapter
from bank_adapters.iso20022.adapter import Iso20022Adapter


def _with(report: BankReport, lines: Iterable[BankLine]) -> BankReport:
    return replace(report, lines=iter(lines))


@dataclass(frozen=True)
class ReturnsArePaid(Iso20022Adapter):
    """Reads a returned line as one more payment."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, is_return=False, reason="", amount=-abs(line.amount))
                                 if line.is_return else line for line in report.lines))  # fmt: skip


@dataclass(frozen=True)
class TrustsTheFile(Iso20022Adapter):
    """Takes the status of a file for that of each payment in it."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            group = report.group_status
            if report.kind is ReportKind.STATUS and group:
                yield _with(report, (replace(line, status=group) for line in report.lines))
            else:
                yield report


@dataclass(frozen=True)
class WrongSign(Iso20022Adapter):
    """Every movement comes in, whatever its side."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, amount=abs(line.amount)) for line in report.lines))


@dataclass(frozen=True)
class LosesTheLast(Iso20022Adapter):
    """Stops one line early."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            lines = list(report.lines)
            yield _with(report, lines[:-1] if len(lines) > 1 else lines)


@dataclass(frozen=True)
class NamesByFile(Iso20022Adapter):
    """Names an entry after the file it came in, so that a repetition looks new."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, bank_reference=f"{name}/{line.bank_reference}")
                                 for line in report.lines))  # fmt: skip


@dataclass(frozen=True)
class HidesFaults(Iso20022Adapter):
    """A statement that does not add up is as good as any."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            lines = list(report.lines)
            yield replace(report, lines=iter(lines), faults=[], opening=None, closing=None)


@dataclass(frozen=True)
class RepairsAmounts(Iso20022Adapter):
    """Rounds what was booked to what must have been meant."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, amount=round(line.amount, -4))
                                 for line in report.lines))  # fmt: skip


@dataclass(frozen=True)
class AcceptedIsRejected(Iso20022Adapter):
    """Knows RJCT and nothing else, so that all the rest is a refusal."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, status="RJCT") if line.kind is LineKind.STATUS
                                 else line for line in report.lines))  # fmt: skip


@dataclass(frozen=True)
class MixesReferences(Iso20022Adapter):
    """Gives each line the reference of the one before it."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            lines = list(report.lines)
            moved = [line.reference for line in lines[-1:] + lines[:-1]]
            yield _with(report, (replace(line, reference=one)
                                 for line, one in zip(lines, moved, strict=True)))  # fmt: skip


@dataclass(frozen=True)
class DuplicateIsRefused(Iso20022Adapter):
    """Reads "had before" as a refusal of the payments."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            if report.group_reason == "DUPL":
                report = replace(report, group_reason="FF01")
            yield report


@dataclass(frozen=True)
class SwallowsErrors(ListAdapter):
    """A file that cannot be read is a file that says nothing."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        try:
            yield from super().read(name, source)
        except Unreadable:
            return


@dataclass(frozen=True)
class AllArePaid(ListAdapter):
    """Whatever stands on the answer was paid."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, kind=LineKind.PAID) for line in report.lines))


@dataclass(frozen=True)
class TakesAmountsOfOurs(ListAdapter):
    """Leaves amounts out, so that those of the order are believed."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        for report in super().read(name, source):
            yield _with(report, (replace(line, amount=round(line.amount, -4))
                                 for line in report.lines))  # fmt: skip


@dataclass(frozen=True)
class SwapsSheets(ListAdapter):
    """Takes the sheet of the paid for that of the unpaid."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        other = {LineKind.PAID: LineKind.UNPAID, LineKind.UNPAID: LineKind.PAID}
        for report in super().read(name, source):
            yield _with(report, (replace(line, kind=other[line.kind]) for line in report.lines))


@dataclass(frozen=True)
class CannotWrite(Iso20022Adapter):
    """Fails where the file is written."""

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        raise Refused("không viết được")


@dataclass(frozen=True)
class Mute(Iso20022Adapter):
    """Brings nobody who could answer."""

    answerer = None  # type: ignore[assignment]
