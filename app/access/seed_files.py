"""Files of seeds that come with a box of hardware tokens: the vendors' CSV, and PSKC (RFC 6030).

CSV: a row a token, by the words of its heading or in the order serial, seed, digits, period,
algorithm. Seeds are in hex or in base32, the same in a whole file. A file with a wrong row gives
nothing: every wrong row is named, and no seed stands in a message.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.access.pskc import PskcError, is_pskc, read_pskc
from app.errors import InputError

LARGEST = 20_000_000
SHORTEST, LONGEST = 16, 64
"""Bytes of a seed: at least 128 bits (RFC 4226, 4)."""
_TOLD = 20
_ORDER = ("serial", "seed", "digits", "period", "algorithm")
_WORDS = {
    "serial": ("serial", "serial number", "serialnumber", "serialno", "token serial"),
    "seed": ("seed", "secret", "secret key", "secretkey", "key"),
    "digits": ("digits", "otp length", "length"),
    "period": ("period", "time interval", "timeinterval", "interval", "time step", "timestep"),
    "algorithm": ("algorithm", "hash", "hash algorithm"),
}
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_SERIAL = re.compile(r"[A-Za-z0-9._-]{1,40}")
_ALGORITHMS = {"SHA1": "SHA1", "HMACSHA1": "SHA1", "SHA256": "SHA256", "HMACSHA256": "SHA256"}


@dataclass(frozen=True, slots=True)
class Seed:
    """A token as its maker describes it; `secret` in base32, `row` as people count in the file."""

    row: int
    serial: str
    secret: str
    digits: int
    period: int
    algorithm: str


def read_seeds(content: bytes, key: bytes = b"") -> list[Seed]:
    """The tokens of a file; `key` opens an encrypted PSKC. Raises InputError, by row."""
    if len(content) > LARGEST:
        raise InputError("Tệp mã thẻ quá lớn.", "Chia thành nhiều tệp dưới 20 MB.")
    try:
        rows = list(read_pskc(content, key) if is_pskc(content) else _csv(content))
    except PskcError as error:
        raise InputError(f"Không đọc được tệp PSKC: {error}", "Kiểm tra tệp và khoá.") from error
    if not rows:
        raise InputError("Tệp không có thẻ nào.", "Kiểm tra lại tệp của nhà cung cấp.")
    decode = _decoder([row["seed"] for _, row in rows])
    seeds, faults, seen = [], [], set[str]()
    for number, row in rows:
        fault = _fault(row, seen, decode)
        seen.add(row["serial"])
        if fault:
            faults.append(f"dòng {number}: {fault}")
        else:
            seeds.append(_seed(number, row, decode))
    refuse(faults)
    return seeds


def refuse(faults: Sequence[str]) -> None:
    """Raise InputError that names the rows, the first twenty of them, if there are any."""
    if faults:
        more = f"; và {len(faults) - _TOLD} dòng khác" if len(faults) > _TOLD else ""
        raise InputError(
            f"Tệp có {len(faults)} dòng sai, chưa nhập thẻ nào: {'; '.join(faults[:_TOLD])}{more}.",
            "Xin nhà cung cấp gửi lại tệp đúng.",
        )


def _csv(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("Tệp không phải văn bản UTF-8.", "Lưu lại dạng CSV UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    names: Sequence[str] = _ORDER
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
        told = [cell.strip() for cell in cells]
        if not any(told):
            continue
        if number == 1 and (heading := _heading(told)):
            names = heading
            continue
        row = dict(zip(names, told, strict=False))
        yield number, {name: row.get(name, "") for name in _ORDER}


def _heading(cells: Sequence[str]) -> list[str]:
    """What each column is, '' for one that is not ours; nothing where the row is no heading."""
    found = [
        next((name for name, words in _WORDS.items() if cell.lower() in words), "")
        for cell in cells
    ]
    return found if {"serial", "seed"} <= set(found) else []


def _decoder(seeds: Sequence[str]) -> str:
    return "hex" if all(_HEX.fullmatch(one) for one in seeds if one) else "base32"


def _fault(row: Mapping[str, str], seen: set[str], decode: str) -> str:
    if not _SERIAL.fullmatch(row["serial"]):
        return "số thẻ không đúng"
    if row["serial"] in seen:
        return f"số thẻ {row['serial']} lặp lại"
    if not SHORTEST <= len(_bytes(row["seed"], decode)) <= LONGEST:
        return "mã gốc không phải hex hay base32 từ 16 đến 64 byte"
    if (row["digits"] or "6") not in ("6", "8"):
        return "số chữ số phải là 6 hoặc 8"
    if (row["period"] or "30") not in ("30", "60"):
        return "chu kỳ phải là 30 hoặc 60 giây"
    return "" if _algorithm(row) else "thuật toán phải là SHA1 hoặc SHA256"


def _algorithm(row: Mapping[str, str]) -> str:
    return _ALGORITHMS.get(re.sub(r"[^A-Z0-9]", "", row["algorithm"].upper()) or "SHA1", "")


def _bytes(seed: str, decode: str) -> bytes:
    """The seed, empty where it cannot be read."""
    plain = re.sub(r"[\s=-]", "", seed).upper()
    try:
        if decode == "hex":
            return bytes.fromhex(plain)
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (ValueError, binascii.Error):
        return b""


def _seed(number: int, row: Mapping[str, str], decode: str) -> Seed:
    secret = base64.b32encode(_bytes(row["seed"], decode)).decode()
    digits, period = int(row["digits"] or 6), int(row["period"] or 30)
    return Seed(number, row["serial"], secret, digits, period, _algorithm(row))
