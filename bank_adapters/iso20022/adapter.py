"""Host to host by ISO 20022: pain.001 out; in pain.002, camt.052, 053, 054 and 029, pacs.004,
or MT940 and MT942."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from bank_adapters.answering.iso import IsoAnswerer
from bank_adapters.contract import (
    BankReport,
    Capabilities,
    Method,
    OutboundBatch,
    PaymentInstruction,
    StrictReader,
)
from bank_adapters.errors import Unreadable
from bank_adapters.formats import camt, mt942, pain001
from bank_adapters.formats.lines import STATUS_READERS, statement_reports, status_report
from bank_adapters.formats.pain001_strict import Form, StrictPain001
from bank_adapters.formats.sniff import sniff

CAPABILITIES = Capabilities(
    methods=frozenset({Method.ACCOUNT}),
    settles="booked",
    holds_advance=False,
    enquiry=False,
)


@dataclass(frozen=True, slots=True)
class Iso20022Adapter:
    """One bank; `profile` holds what its onboarding pack says of the payment order."""

    name: str = "iso20022"
    capabilities: Capabilities = CAPABILITIES
    profile: pain001.Profile = field(default_factory=pain001.Profile)

    def file_name(self, batch: OutboundBatch) -> str:
        """`<message id>.xml`."""
        return f"{batch.message_id}.xml"

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """A pain.001 of the profile's version; raises Refused."""
        pain001.write(batch, out, self.profile)

    def as_sent(self, item: PaymentInstruction) -> PaymentInstruction:
        """The instruction as the file carries it: what `read_back` must give."""
        return pain001.as_sent(item)

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """The instructions of a file of ours; raises Unreadable."""
        return pain001.read_back(source)

    def strict_reader(self) -> StrictReader:
        """The reader that every payment order must pass before it is sealed."""
        told = self.profile
        return StrictPain001(
            Form(
                version=told.version,
                charge_bearer=told.charge_bearer,
                service_level=told.service_level,
                category_purpose=told.category_purpose,
                purpose=told.purpose,
                has_uetr=told.has_uetr,
            )
        )

    def answerer(self) -> IsoAnswerer:
        """How such a bank answers, for the kit."""
        return IsoAnswerer()

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """The reports of one answer; raises Unreadable with the file's name."""
        kind, whole = sniff(source)
        if kind not in (*STATUS_READERS, "camt", "mt940"):
            raise Unreadable(
                f"{name}: không phải pain.002, camt.052/053/054, camt.029, pacs.004, "
                "MT940 hay MT942"
            )
        try:
            if kind in STATUS_READERS:
                yield status_report(whole, kind)
            else:
                statements = camt.read(whole) if kind == "camt" else mt942.read(whole)
                yield from statement_reports(statements)
        except Unreadable as error:
            raise Unreadable(f"{name}: {error}") from error


ADAPTER = Iso20022Adapter()
