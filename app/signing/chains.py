"""From a signer's certificate to a root that is trusted, and whether one on the way was revoked.

What the file itself brings (lists of revocations, answers, certificates) counts as well as what
lies in the folder of the settings: both are signed by those who issued the certificates. A list
of the folder that names a certificate is believed however old it is.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto.x509 import Certificate
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.general import (
    MultivaluedAttributeError,
    NonexistentAttributeError,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import collect_timing_info
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from app.signing.trust import Trust

# What the library finds wrong is told in our own sentences; its notes go where a log is kept.
for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

_EXPIRED = (
    AdESFailure.NOT_YET_VALID,
    AdESIndeterminate.NOT_YET_VALID,
    AdESIndeterminate.EXPIRED,
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
)
_REVOKED = (
    AdESFailure.REVOKED,
    AdESIndeterminate.REVOKED_NO_POE,
    AdESIndeterminate.REVOKED_CA_NO_POE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What certificates are judged by: our trust, and the security store of the file."""

    trust: Trust
    store: DocumentSecurityStore | None

    def context(
        self, one: EmbeddedPdfSignature, moment: datetime, *, revocation: str = "require"
    ) -> ValidationContext:
        """The rules for one signature as of a moment: every certificate but a root must be shown
        not to be revoked (unless `revocation` is "none"), and nobody is asked."""
        lists, answers = _brought_by(one)
        rules: dict[str, Any] = {
            "trust_roots": _read(self.trust.roots),
            "other_certs": _read(self.trust.between),
            "crls": [*self.trust.revoked, *lists],
            "ocsps": answers,
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": revocation,
            # A list of today says more of a signature of last week than one of last week.
            "retroactive_revinfo": True,
        }
        return self.store.as_validation_context(rules) if self.store else ValidationContext(**rules)


def _read(known: tuple[bytes, ...]) -> list[Certificate]:
    return [Certificate.load(one) for one in known]


def evidence_of(reader: PdfFileReader, trust: Trust) -> Evidence:
    """Our trust, with what the file's security store brings if it has one."""
    try:
        return Evidence(trust, DocumentSecurityStore.read_dss(reader))
    except NoDSSFoundError:
        return Evidence(trust, None)


async def stamped_at(
    one: EmbeddedPdfSignature, evidence: Evidence, now: datetime
) -> datetime | None:
    """When the signature was made, by a time stamp that is trusted; None without one."""
    found = await collect_timing_info(
        one.signer_info, evidence.context(one, now), raw_digest=one.compute_digest
    )
    stamp = found.get("timestamp_validity")
    return stamp.timestamp if stamp is not None and stamp.trusted else None


def why_not_trusted(
    found: PdfSignatureStatus, but_for: PdfSignatureStatus, evidence: Evidence, moment: datetime
) -> str | None:
    """The verdict on a signature's chain; None where it holds. `but_for` is what would be found if
    nobody asked about revocations."""
    problem = found.trust_problem_indic
    if found.revoked or problem in _REVOKED or _is_listed(found, evidence.trust, moment):
        return "revoked"
    if problem in _EXPIRED or not _is_in_time(found, moment):
        return "expired"
    if found.trusted:
        return None
    return "unknown" if but_for.trusted else "untrusted"


def _chain(found: PdfSignatureStatus) -> list[x509.Certificate]:
    """The signer's certificate, and those above it as far as a path was found; no root."""
    above = found.validation_path.iter_certs(include_root=False) if found.validation_path else ()
    return [x509.load_der_x509_certificate(one.dump()) for one in (found.signing_cert, *above)]


def _is_in_time(found: PdfSignatureStatus, moment: datetime) -> bool:
    return all(
        one.not_valid_before_utc <= moment <= one.not_valid_after_utc for one in _chain(found)
    )


def _is_listed(found: PdfSignatureStatus, trust: Trust, moment: datetime) -> bool:
    """Whether a list of the folder names the signer, or one above him, as revoked by then."""
    lists = [x509.load_der_x509_crl(one) for one in trust.revoked]
    return any(_names(told, one, moment) for one in _chain(found) for told in lists)


def _names(told: x509.CertificateRevocationList, one: x509.Certificate, moment: datetime) -> bool:
    if told.issuer != one.issuer:
        return False
    row = told.get_revoked_certificate_by_serial_number(one.serial_number)
    return row is not None and row.revocation_date_utc <= moment


def _brought_by(one: EmbeddedPdfSignature) -> tuple[list[Any], list[Any]]:
    """(lists of revocations, answers) that stand in the signature itself."""
    try:
        kept = find_unique_cms_attribute(
            one.signer_info["signed_attrs"], "adobe_revocation_info_archival"
        )
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return [], []
    return list(kept["crl"] or ()), list(kept["ocsp"] or ())
