"""A provider by requests over HTTPS: JSON lines out; words, camt and MT940 in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Self

from bank_adapters.contract import (
    BankReport,
    Capabilities,
    Method,
    OutboundBatch,
    PaymentInstruction,
    StrictReader,
)
from bank_adapters.errors import Unreadable
from bank_adapters.formats import camt, events, mt942
from bank_adapters.formats.answer_reader import read_answer
from bank_adapters.formats.lines import STATUS_READERS, statement_reports, status_report
from bank_adapters.formats.list_text import as_listed
from bank_adapters.formats.sniff import sniff
from bank_adapters.rest import sheet
from bank_adapters.rest.answering import RestAnswerer
from bank_adapters.rest.courier import RestCourier, RestTarget, open_rest
from bank_adapters.rest.profile import RestProfile, load, merged, named
from bank_adapters.rest.strict import Form, StrictRest
from bank_adapters.transports.https import HttpsTarget
from bank_adapters.transports.names import Now


def _capabilities(profile: RestProfile) -> Capabilities:
    way = profile.paths["payment" if profile.is_single else "batch"]
    return Capabilities(
        methods=frozenset({Method.ACCOUNT}),
        settles="list" if profile.paid_list else "booked",
        holds_advance=profile.paid_list is not None,
        enquiry=bool(way),
        by="single" if profile.is_single else "bulk",
        max_lines=profile.max_lines,
    )


def _has_way(profile: RestProfile, by: str) -> bool:
    """Whether the provider takes payments so at all."""
    return by == profile.by or bool(profile.paths["payments" if by == "single" else "batches"])


DEFAULT = named("default")
_MOVEMENTS = ("camt", "mt940")


@dataclass(frozen=True, slots=True)
class RestAdapter:
    """One provider, as its profile says."""

    name: str = "rest"
    capabilities: Capabilities = field(default_factory=lambda: _capabilities(DEFAULT))
    profile: RestProfile = DEFAULT

    def with_profile(self, told: Mapping[str, Any]) -> RestAdapter:
        """The adapter of one provider: `base` names a shipped profile, the rest stands over it.

        Raises Refused for a profile that cannot be used.
        """
        profile = load(told)
        return replace(self, profile=profile, capabilities=_capabilities(profile))

    def courier(self, provider: str, https: HttpsTarget, spool: Path, now: Now) -> RestCourier:
        """The way to one provider; his words wait in `spool`. Raises Refused as `open_rest`."""
        return open_rest(RestTarget(provider, https, self.profile, spool, now))

    def answerer(self) -> RestAnswerer:
        """How such a bank answers, for the kit."""
        return RestAnswerer(self.profile)

    def on_trial(self) -> Mapping[str, Self]:
        """The adapter in each way it may speak, by that way's name, for the kit: any machine
        may be the bank, and nobody waits longer than he must."""
        told = {"hosts": (), "connect_seconds": 2, "read_seconds": 1, "retry_seconds": 1}
        ways = {by: merged(self.profile, {**told, "by": by}) for by in ("single", "bulk")
                if _has_way(self.profile, by)}  # fmt: skip
        return {
            by: replace(self, profile=one, capabilities=_capabilities(one))
            for by, one in ways.items()
        }

    def file_name(self, batch: OutboundBatch) -> str:
        """`<message id>.jsonl`."""
        return f"{batch.message_id}.jsonl"

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """The sealed document of the batch; raises Refused."""
        sheet.write(batch, out, self.profile)

    def as_sent(self, item: PaymentInstruction) -> PaymentInstruction:
        """The instruction as the document carries it: what `read_back` must give."""
        return replace(as_listed(item, self.profile.letters), place="")

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """The instructions of a document of ours; raises Unreadable."""
        _, items = self.strict_reader().read(source)
        return items

    def strict_reader(self) -> StrictReader:
        """The reader that every document must pass before it is sealed, and before it is sent."""
        return StrictRest(Form(self.profile.fields))

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """The reports of one answer; raises Unreadable with the file's name."""
        try:
            yield from _reports(source, self.profile)
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from error


def _reports(source: BinaryIO, profile: RestProfile) -> Iterator[BankReport]:
    kind, whole = sniff(source)
    if kind == "events":
        yield events.read(whole)
    elif kind in STATUS_READERS:
        yield status_report(whole, kind)
    elif profile.paid_list:
        if kind in _MOVEMENTS:
            # One payment would be proved twice: by the list, and by a movement as if it were ours.
            raise Unreadable("nơi giữ tiền tạm ứng chứng minh bằng danh sách, không bằng sao kê")
        yield read_answer(whole, profile.paid_list)
    elif kind in _MOVEMENTS:
        yield from statement_reports(camt.read(whole) if kind == "camt" else mt942.read(whole))
    else:
        raise Unreadable("không phải tin báo, pain.002, camt, MT940 hay MT942")


ADAPTER = RestAdapter()
