"""The bank's own TLS certificate: self-signed, for loopback, made once, to be pinned."""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`certificate` is the file a client trusts, `fingerprint` its SHA-256 in lower-case hex."""

    certificate: Path
    key: Path
    fingerprint: str

    def context(self) -> ssl.SSLContext:
        """What the server shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        return context


def certificate(folder: Path) -> Certificate:
    """`payout.pem`, `payout.key` (0600) and `payout.sha256` in `folder`; made when missing."""
    shown, key = folder / "payout.pem", folder / "payout.key"
    if not shown.exists():
        _make(shown, key)
    read = x509.load_pem_x509_certificate(shown.read_bytes())
    fingerprint = read.fingerprint(hashes.SHA256()).hex()
    (folder / "payout.sha256").write_text(f"{fingerprint}\n", encoding="ascii")
    return Certificate(shown, key, fingerprint)


def _make(shown: Path, key: Path) -> None:
    """The key is written first: a certificate without its key would never be replaced."""
    private = ec.generate_private_key(ec.SECP256R1())
    _write(
        key,
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    _write(shown, _signed(private).public_bytes(serialization.Encoding.PEM))


def _signed(private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox bank (synthetic)")])
    loopback = [
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.DNSName("localhost"),
    ]
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(TO)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(loopback), critical=False)
        .add_extension(usage, critical=False)
        .sign(private, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    draft.rename(path)
