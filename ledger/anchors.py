"""Anchors: signed lines in a file outside the database that pin the head of the chain.

A line is a JSON object: position and link of the head, the digest of every closed period, the
moment, the name of the key, and an Ed25519 signature (RFC 8032) over the other fields. A second
chain that is kept beside the books (the trail of acts) is pinned by the same line. Who has
the database's owner rights can rewrite rows, digests and the whole chain, but not these lines:
the private key lies outside the database, and the file where its owner cannot write. Lines of
versions before 0.2 carry no signature; after the first signed line none may be without.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy.orm import Session

from ledger.chain import GENESIS, closed_digests, head
from ledger.errors import AnchorError
from ledger.files import keep_names, write_once

KEY_BYTES = 32
LONGEST_LINE = 1_000


class Beside(NamedTuple):
    """The head of a chain beside the books: how many links it has, and the last; 0 for none."""

    position: int = 0
    link: str = ""


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head as it stood at a moment, with how many periods were closed and their digest.

    `key` names the public key, `signature` is hex; both are empty on a line without signature.
    `beside` and `beside_link` are the head of the other chain; lines before 0.4 do not tell it.
    """

    position: int
    link: str
    at: str
    closed: int = 0
    closed_digest: str = ""
    key: str = ""
    signature: str = ""
    beside: int = 0
    beside_link: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """The fields as they stand on the line; a chain that has no link yet is not named."""
        told = asdict(self)
        if not self.beside:
            del told["beside"], told["beside_link"]
        return told

    @property
    def message(self) -> bytes:
        """What is signed: every field of the line but the signature, as compact JSON."""
        fields = replace(self, signature="").fields
        return json.dumps(fields, separators=(",", ":"), sort_keys=True).encode()


def public_key(private: str) -> str:
    """The public key of a private one, both in hex. Raises AnchorError."""
    return _private(private).public_key().public_bytes_raw().hex()


def key_name(public: str) -> str:
    """The short name under which lines refer to a public key: 16 hex digits of its SHA-256."""
    return hashlib.sha256(_bytes(public)).hexdigest()[:16]


def signed_head(
    session: Session, now: datetime, private: str, beside: Beside = NOTHING_BESIDE
) -> Anchor:
    """The head of the chain as an anchor, signed. Raises AnchorError when the key is no key."""
    last, closed = head(session), closed_digests(session)
    at = now.astimezone(UTC).isoformat(timespec="seconds")
    name = key_name(public_key(private))
    head_ = Anchor(last.position, last.link, at, len(closed) - 1, closed[-1], name)
    anchor = replace(head_, beside=beside.position, beside_link=beside.link)
    return replace(anchor, signature=_private(private).sign(anchor.message).hex())


def is_signed_by(anchor: Anchor, public: str) -> bool:
    """Whether the line was signed with the private half of this key and not changed since."""
    if anchor.key != key_name(public):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(_bytes(public))
        key.verify(bytes.fromhex(anchor.signature), anchor.message)
    except (InvalidSignature, ValueError):
        return False
    return True


class AnchorFile:
    """The anchors of an installation: `anchors.jsonl`, beside it the public key `anchor.pub`.

    `folder` lies on storage that the database's owner cannot write. The private key is `given`
    or stands in the file `key`, made at first use, elsewhere.
    """

    def __init__(self, folder: Path, key: Path, given: str = "") -> None:
        self.path = folder / "anchors.jsonl"
        self.public_path = folder / "anchor.pub"
        self._key = key
        self._given = given

    @property
    def public_key(self) -> str | None:
        """The public key in hex; None when nothing was signed yet."""
        return self.public_path.read_text("ascii").strip() if self.public_path.exists() else None

    def read(self) -> list[Anchor]:
        """The anchors, oldest first; none when there is no file.

        Raises AnchorError when a line is not an anchor: someone wrote into the file.
        """
        lines = self._whole_lines()
        return [_read(self.path, number, line) for number, line in enumerate(lines, start=1)]

    def _whole_lines(self) -> list[str]:
        """Every line but one that a crash tore off before its end: nobody was told of that one."""
        text = self.path.read_text("utf-8") if self.path.exists() else ""
        lines = text.splitlines()
        return lines if text.endswith("\n") or not lines or _is_whole(lines[-1]) else lines[:-1]

    def _mend(self) -> None:
        """Leave the file ending with a whole line: complete the last one, or take it off."""
        raw = self.path.read_bytes() if self.path.exists() else b"\n"
        if raw and not raw.endswith(b"\n"):
            begin = raw.rfind(b"\n") + 1
            if _is_whole(raw[begin:].decode("utf-8", "replace")):
                self.path.write_bytes(raw + b"\n")
            else:
                os.truncate(self.path, begin)

    def last(self) -> Anchor | None:
        """The newest anchor, from the end of the file. Raises AnchorError as `read` does."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - LONGEST_LINE))
            lines = file.read().decode().splitlines()
        return _read(self.path, len(lines), lines[-1]) if lines else None

    def add(self, session: Session, now: datetime, beside: Beside = NOTHING_BESIDE) -> Anchor:
        """Sign the head of the chain and append it; the disk keeps it before this returns.

        Where nothing was sealed or closed since the newest anchor, that one is given. Raises
        AnchorError when the key is not the one of the lines before.
        """
        self._mend()
        anchor, newest = signed_head(session, now, self._private(), beside), self.last()
        if key_name(self.public_key or "") != anchor.key:
            raise AnchorError(f"{self.public_path} belongs to another key than {self._key}")
        if newest and replace(newest, at=anchor.at, signature=anchor.signature) == anchor:
            return newest
        with self.path.open("ab") as file:
            file.write(json.dumps(anchor.fields, separators=(",", ":")).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        keep_names(self.path.parent)
        return anchor

    @property
    def can_sign(self) -> bool:
        """Whether there is a private key already."""
        return bool(self._given) or self._key.exists()

    def sign(self, message: bytes) -> str:
        """A signature over a message of our own, in hex, under the key of the anchors.

        A message begins with its kind, so that none can pass as an anchor. Raises AnchorError
        when the key is not the one of the lines.
        """
        private = self._private()
        if self.public_key != public_key(private):
            raise AnchorError(f"{self.public_path} belongs to another key than {self._key}")
        return _private(private).sign(message).hex()

    def _private(self) -> str:
        """The private key; at first use a new one, with its public half beside the anchors."""
        if not self._given and not self._key.exists():
            if self.public_key is not None:
                raise AnchorError(f"{self._key} is gone; {self.public_path} needs that very key")
            self._key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_once(self._key, Ed25519PrivateKey.generate().private_bytes_raw().hex().encode())
        private = self._given or self._key.read_text("ascii").strip()
        if self.public_key is None:
            self.public_path.parent.mkdir(parents=True, exist_ok=True)
            write_once(self.public_path, f"{public_key(private)}\n".encode())
        return private


def falsely_signed(anchors: Sequence[Anchor], public: str) -> list[int]:
    """Places (from 1) of lines whose signature is missing or wrong, as seen by this key.

    Lines before the first that names a key are of an older version and pass.
    """
    first = next((n for n, one in enumerate(anchors) if one.key), len(anchors))
    return [n for n, one in enumerate(anchors, 1) if n > first and not is_signed_by(one, public)]


def _is_whole(line: str) -> bool:
    try:
        _anchor(json.loads(line))
    except (ValueError, TypeError):
        return False
    return True


def _read(path: Path, number: int, line: str) -> Anchor:
    try:
        return _anchor(json.loads(line))
    except (ValueError, TypeError) as error:
        raise AnchorError(f"{path}: line {number} is not an anchor") from error


def _anchor(line: Any) -> Anchor:
    anchor = Anchor(**line)
    for name, value in asdict(anchor).items():
        if type(value) is not (int if name in ("position", "closed", "beside") else str):
            raise ValueError(f"{name} of another type")
    if len(anchor.link) != len(GENESIS):
        raise ValueError("link")
    return anchor


def _bytes(hexadecimal: str) -> bytes:
    try:
        raw = bytes.fromhex(hexadecimal)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise AnchorError("a key of the anchors is 64 hex digits")
    return raw


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_bytes(key))
