"""A small real world of certificates: a root, one between, signers of every kind, their lists.

Keys are made once for all tests. Moments are those of the tiny province.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime(2026, 8, 21, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        der = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(der)


def holder(
    name: str,
    issuer: Holder | None = None,
    *,
    is_ca: bool = False,
    since: datetime = NOW - 365 * DAY,
    until: datetime = NOW + 365 * DAY,
    key: Key | None = None,
    stamps: bool = False,
    may_sign: bool = True,
) -> Holder:
    """A new certificate, by `issuer` or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ])  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(_usage(is_ca, may_sign), critical=True)
    )
    if stamps:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(usage, critical=True)
    return Holder(made.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _usage(is_ca: bool, may_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=may_sign and not is_ca, content_commitment=may_sign and not is_ca,
        key_encipherment=not may_sign, data_encipherment=False, key_agreement=False,
        key_cert_sign=is_ca, crl_sign=is_ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def revoked_list(
    issuer: Holder, *revoked: Holder, at: datetime = NOW - DAY, on: datetime = NOW - 2 * DAY,
    days: int = 30,
) -> bytes:  # fmt: skip
    """The issuer's list as of `at`, good for `days`; each was revoked on `on`."""
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + days * DAY)
    )
    for one in revoked:
        row = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
        reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
        made = made.add_revoked_certificate(
            row.revocation_date(on).add_extension(reason, critical=False).build()
        )
    return made.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.PEM)


@dataclass(frozen=True)
class World:
    """Who is who."""

    root: Holder
    between: Holder
    clerk: Holder
    accountant: Holder
    chairman: Holder
    revoked: Holder
    expired: Holder
    stamper: Holder
    stranger: Holder
    wrong_root: Holder

    def trust(self, folder: Path, *lists: bytes, roots: tuple[Holder, ...] = ()) -> Path:
        """A folder of the settings with these roots (ours) and lists (ours)."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, one in enumerate(roots or (self.root,)):
            (folder / f"root-{number}.pem").write_bytes(one.pem)
        (folder / "between.crt").write_bytes(self.between.pem)
        kept = lists or (revoked_list(self.root), revoked_list(self.between, self.revoked))
        for number, one in enumerate(kept):
            (folder / f"list-{number}.crl").write_bytes(one)
        return folder

    @property
    def three(self) -> tuple[Holder, Holder, Holder]:
        return self.clerk, self.accountant, self.chairman


@cache
def world() -> World:
    """The one world of all tests."""
    root = holder("Root CA thử", is_ca=True)
    between = holder("CA chuyên dùng thử", root, is_ca=True)
    wrong = holder("Root CA lạ", is_ca=True)
    return World(
        root, between,
        clerk=holder("Nông Thị Lập", between),
        accountant=holder("Hoàng Văn Toán", between),
        chairman=holder("Đàm Thị Trưởng", between),
        revoked=holder("Lý Văn Thu", between),
        expired=holder("Triệu Thị Hạn", between, since=NOW - 700 * DAY, until=NOW - 30 * DAY),
        # The library's stamper knows RSA only.
        stamper=holder("TSA thử", between, stamps=True, key=rsa.generate_private_key(65537, 2048)),
        stranger=holder("Nông Thị Lập", wrong),
        wrong_root=wrong,
    )  # fmt: skip


def sign(
    pdf: bytes, field: str, who: Holder, *, above: tuple[Holder, ...] = (), stamp_at: object = None,
    lists: tuple[bytes, ...] = (),
) -> bytes:  # fmt: skip
    """The PDF with one more signature, as a signer's program adds it."""
    store = SimpleCertificateStore()
    store.register_multiple([one.asn1 for one in above or (world().between,)])
    signer = signers.SimpleSigner(who.asn1, who.asn1_key, store)
    stamper = world().stamper
    made = DummyTimeStamper(stamper.asn1, stamper.asn1_key, store, fixed_dt=stamp_at)  # type: ignore[arg-type]
    meta = signers.PdfSignatureMetadata(field_name=field, md_algorithm="sha256")
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    out = BytesIO()
    signers.PdfSigner(meta, signer, timestamper=made if stamp_at else None).sign_pdf(
        writer, output=out, existing_fields_only=True
    )
    return out.getvalue()
