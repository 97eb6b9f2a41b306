"""Who signed a prepared document, and whether their certificates held. Nothing asks the network.

Without a time stamp that is trusted, the moment that counts is that of receiving the file: what
a signer says of the time is worth no more than his clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus

from app.clock import TIME_ZONE
from app.signing.chains import Evidence, evidence_of, stamped_at, why_not_trusted
from app.signing.difference import POLICY
from app.signing.trust import Trust
from app.signing.verdicts import NotAccepted

# Any of the two: those who issue to officials set the one, the other, or both.
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})


@dataclass(frozen=True, slots=True)
class Found:
    """One signature: its field, and who signed by which certificate.

    `certificate` and `key` are SHA-256 in hex of the certificate and of the public key in it.
    `signed_at` is what a trusted time stamp says (`stamped`), else what the signer's program says.
    """

    field: str
    signer: str
    serial: str
    issuer: str
    certificate: str
    key: str
    signed_at: datetime | None
    stamped: bool


def signatures_in(
    reader: PdfFileReader, trust: Trust, fields: Mapping[str, str], now: datetime
) -> tuple[Found, ...]:
    """The signature in each of `fields` (name to what it is called), in their order.

    Raises NotAccepted for the first that is not there, or does not hold.
    """
    signed = _embedded(reader)
    empty = [told for name, told in fields.items() if name not in signed]
    if empty:
        verdict = "missing" if len(empty) < len(fields) else "unsigned"
        raise NotAccepted(verdict, fields=", ".join(empty))
    try:
        evidence = evidence_of(reader, trust)
    except Exception as error:  # whatever a hostile file does to the library is a refusal
        raise NotAccepted("changed") from error
    found = [_checked(signed[name], told, evidence, now) for name, told in fields.items()]
    _require_different(found, fields)
    return tuple(found)


def _embedded(reader: PdfFileReader) -> dict[str, EmbeddedPdfSignature]:
    """Every field that holds something, by name. Raises NotAccepted for what is no signature."""
    signed = {}
    try:
        for name, _, field in enumerate_sig_fields(reader, filled_status=True):
            signed[name] = EmbeddedPdfSignature(reader, field, name)
    except Exception as error:  # whatever a hostile file does to the library is a refusal
        raise NotAccepted("changed") from error
    return signed


def _checked(one: EmbeddedPdfSignature, told: str, evidence: Evidence, now: datetime) -> Found:
    try:
        found, but_for, stamp = asyncio.run(_status(one, evidence, now))
        verdict = why_not_trusted(found, but_for, evidence, stamp or now)
    except Exception as error:  # whatever a hostile file does to the library is a refusal
        raise NotAccepted("broken", field=told) from error
    if not (found.intact and found.valid):
        raise NotAccepted("broken", field=told)
    if found.coverage < SignatureCoverageLevel.ENTIRE_REVISION or not found.docmdp_ok:
        raise NotAccepted("changed")
    signer = _name(found.signing_cert)
    if verdict:
        moment = f"{(stamp or now).astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"
        raise NotAccepted(verdict, field=told, signer=signer, moment=moment)
    return Found(
        field=one.field_name,
        signer=signer,
        serial=f"{found.signing_cert.serial_number:x}",
        issuer=_name_of(found.signing_cert.issuer),
        certificate=found.signing_cert.sha256.hex(),
        key=found.signing_cert.public_key.sha256.hex(),
        signed_at=stamp or found.signer_reported_dt,
        stamped=stamp is not None,
    )


async def _status(
    one: EmbeddedPdfSignature, evidence: Evidence, now: datetime
) -> tuple[PdfSignatureStatus, PdfSignatureStatus, datetime | None]:
    """What was found, what it would be if nobody asked about revocations, and the time stamp."""
    stamp = await stamped_at(one, evidence, now)
    found, but_for = [
        await async_validate_pdf_signature(
            one,
            signer_validation_context=evidence.context(one, stamp or now, revocation=asked),
            ts_validation_context=evidence.context(one, now),
            diff_policy=POLICY,
            key_usage_settings=_USAGE,
        )
        for asked in ("require", "none")
    ]
    return found, but_for, stamp


def _require_different(found: list[Found], fields: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for one in found:
        for mark in (one.certificate, one.key):
            if (other := seen.setdefault(mark, one.field)) != one.field:
                raise NotAccepted("same_person", field=fields[one.field], other=fields[other])


def _name(certificate: Any) -> str:
    return _name_of(certificate.subject)


def _name_of(subject: Any) -> str:
    """The common name, as text of one line; the whole name where there is none."""
    told = subject.native.get("common_name") or subject.human_friendly
    told = told[0] if isinstance(told, list) else told
    return " ".join(str(told).split())[:200]
