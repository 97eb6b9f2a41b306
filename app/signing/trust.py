"""Whom we trust to say who somebody is: a folder of certificates and of lists of revocations.

A certificate that signed itself is a root, every other one stands between a root and a signer.
`*.pem`, `*.crt` and `*.cer` hold certificates, `*.crl` lists, each as PEM or DER.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from app.errors import InputError

_PEM = b"-----BEGIN"


@dataclass(frozen=True, slots=True)
class Trust:
    """Roots, certificates between, and lists of revocations, all as DER."""

    roots: tuple[bytes, ...]
    between: tuple[bytes, ...]
    revoked: tuple[bytes, ...]


def read_trust(folder: Path | None) -> Trust:
    """What the folder of the settings holds. Raises InputError for none, or a file that is no
    certificate."""
    if folder is None or not folder.is_dir():
        raise InputError(
            "Chưa có nơi cấp chứng thư nào được tin cậy, nên chưa nhận được tệp đã ký.",
            "Đặt chứng thư gốc và chứng thư trung gian (PEM), cùng danh sách thu hồi (CRL), vào một"
            " thư mục rồi ghi thư mục ấy vào ANSINH_SIGNING_TRUST.",
        )
    known = [one for path in _files(folder, "pem", "crt", "cer") for one in _certificates(path)]
    roots = tuple(_der(one) for one in known if _is_root(one))
    if not roots:
        raise InputError(
            f"Thư mục {folder} không có chứng thư gốc nào.",
            "Đặt chứng thư gốc của nơi cấp (tệp .pem, .crt hoặc .cer) vào đó.",
        )
    between = tuple(_der(one) for one in known if not _is_root(one))
    return Trust(roots, between, tuple(_list(path) for path in _files(folder, "crl")))


def _files(folder: Path, *endings: str) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.suffix.lower().removeprefix(".") in endings:
            yield path


def _certificates(path: Path) -> list[x509.Certificate]:
    content = path.read_bytes()
    try:
        if _PEM in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise _unreadable(path, "chứng thư") from error


def _list(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        read = x509.load_pem_x509_crl if _PEM in content else x509.load_der_x509_crl
        return read(content).public_bytes(Encoding.DER)
    except ValueError as error:
        raise _unreadable(path, "danh sách thu hồi") from error


def _unreadable(path: Path, what: str) -> InputError:
    return InputError(f"{path} không phải {what} đọc được.", "Tải lại tệp ấy từ nơi cấp.")


def _is_root(one: x509.Certificate) -> bool:
    if one.issuer != one.subject:
        return False
    try:
        one.verify_directly_issued_by(one)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _der(one: x509.Certificate) -> bytes:
    return one.public_bytes(Encoding.DER)
