"""Portable Symmetric Key Container (RFC 6030): time-based tokens, in clear or under a shared key.

Read are PlainValue, and EncryptedValue by AES-CBC with a key that came on another way, whose MAC
(HMAC-SHA1) must be right. What else a container may hold is refused in words.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from lxml import etree

_SPACES = {
    "p": "urn:ietf:params:xml:ns:keyprov:pskc",
    "e": "http://www.w3.org/2001/04/xmlenc#",
}
_TOTP = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
_AES = {f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
_HMAC_SHA1 = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
_BLOCK = 16


class PskcError(Exception):
    """The container cannot be read; says why, without any secret."""


def is_pskc(content: bytes) -> bool:
    """Whether a file is meant to be a container."""
    return content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def read_pskc(content: bytes, key: bytes = b"") -> Iterator[tuple[int, dict[str, str]]]:
    """(number of the package, serial, seed in hex, digits, period, algorithm). Raises PskcError."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise PskcError("tệp có định nghĩa thực thể (DTD).")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise PskcError("không phải XML đúng.") from error
    mac_key = _mac_key(root, key)
    for number, package in enumerate(_all(root, "p:KeyPackage"), start=1):
        yield number, _token(package, key, mac_key)


def _token(package: Any, key: bytes, mac_key: bytes) -> dict[str, str]:
    told = _one(package, "p:Key")
    if told is None or told.get("Algorithm") != _TOTP:
        raise PskcError("có khoá không phải loại theo thời gian (TOTP).")
    shape = _one(told, "p:AlgorithmParameters/p:ResponseFormat")
    return {
        "serial": _text(package, "p:DeviceInfo/p:SerialNo") or told.get("Id", ""),
        "seed": _secret(told, key, mac_key).hex(),
        "digits": "" if shape is None else shape.get("Length", ""),
        "period": _text(told, "p:Data/p:TimeInterval/p:PlainValue"),
        "algorithm": _text(told, "p:AlgorithmParameters/p:Suite"),
    }


def _secret(told: Any, key: bytes, mac_key: bytes) -> bytes:
    if plain := _text(told, "p:Data/p:Secret/p:PlainValue"):
        return _decoded(plain)
    hidden = _one(told, "p:Data/p:Secret/p:EncryptedValue")
    if hidden is None:
        return b""
    cipher = _decoded(_text(hidden, "e:CipherData/e:CipherValue"))
    mac = _decoded(_text(told, "p:Data/p:Secret/p:ValueMAC"))
    if not mac_key or not hmac.compare_digest(hmac.digest(mac_key, cipher, "sha1"), mac):
        raise PskcError("mã kiểm tra của khoá mã hoá không đúng; sai khoá hoặc tệp bị sửa.")
    return _decrypted(hidden, cipher, key)


def _mac_key(root: Any, key: bytes) -> bytes:
    method = _one(root, "p:MACMethod")
    if method is None:
        return b""
    if method.get("Algorithm") != _HMAC_SHA1:
        raise PskcError("cách kiểm tra khác HMAC-SHA1 chưa được hỗ trợ.")
    hidden = _one(method, "p:MACKey")
    if hidden is None:
        return key
    return _decrypted(hidden, _decoded(_text(hidden, "e:CipherData/e:CipherValue")), key)


def _decrypted(hidden: Any, cipher: bytes, key: bytes) -> bytes:
    method = _one(hidden, "e:EncryptionMethod")
    wanted = _AES.get("" if method is None else method.get("Algorithm", ""))
    if wanted is None:
        raise PskcError("cách mã hoá khác AES-CBC chưa được hỗ trợ.")
    if len(key) != wanted:
        raise PskcError(f"cần khoá {wanted} byte, viết dạng hex, ở --key-file.")
    if len(cipher) < 2 * _BLOCK or len(cipher) % _BLOCK:
        raise PskcError("độ dài phần mã hoá không đúng.")
    opened = Cipher(AES(key), CBC(cipher[:_BLOCK])).decryptor()
    padded = opened.update(cipher[_BLOCK:]) + opened.finalize()
    unpad = PKCS7(_BLOCK * 8).unpadder()
    try:
        return unpad.update(padded) + unpad.finalize()
    except ValueError as error:
        raise PskcError("khoá không mở được tệp này.") from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise PskcError("giá trị không phải base64.") from error


def _all(node: Any, path: str) -> list[Any]:
    found: list[Any] = node.findall(path, _SPACES)
    return found


def _one(node: Any, path: str) -> Any:
    return node.find(path, _SPACES)


def _text(node: Any, path: str) -> str:
    return str(node.findtext(path, "", _SPACES)).strip()
