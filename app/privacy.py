"""Personal data at rest: encryption per value, blind index for equality, tails for people.

AES-256-GCM with a random nonce; the associated data names the column and the person, so a
value moved to another row or column does not decrypt. Keys are derived (HKDF-SHA-256) from
one master key that lives outside the database. A blind index is HMAC-SHA-256 over the
normalised value, cut to 128 bits, under a key of its own.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ledger.files import write_once

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_HEX = 32

Nonces = Callable[[int], bytes]


class Keyring:
    """Encrypts and recognises values under one master key of 32 bytes."""

    def __init__(self, master: bytes, nonces: Nonces = os.urandom) -> None:
        if len(master) != KEY_BYTES:
            raise ValueError(f"the field key must have {KEY_BYTES} bytes, not {len(master)}")
        self._master = master
        self._nonces = nonces
        self._ciphers: dict[str, AESGCM] = {}

    def encrypt(self, column: str, row: str, value: str) -> bytes:
        """Cipher text of `value` for this column (`table.column`) and row key."""
        nonce = self._nonces(NONCE_BYTES)
        return nonce + self._cipher(column).encrypt(nonce, value.encode(), _bound(column, row))

    def decrypt(self, column: str, row: str, cipher: bytes) -> str:
        """The value again; raises cryptography's InvalidTag if it was moved or edited."""
        nonce, body = bytes(cipher[:NONCE_BYTES]), bytes(cipher[NONCE_BYTES:])
        return self._cipher(column).decrypt(nonce, body, _bound(column, row)).decode()

    def index(self, column: str, value: str) -> str:
        """Blind index: equal values of a column have equal indexes; nothing else can be read."""
        mac = hmac.digest(self._index_key, f"{column}|{value}".encode(), "sha256")
        return mac.hex()[:INDEX_HEX]

    @cached_property
    def _index_key(self) -> bytes:
        return _derive(self._master, "index")

    def _cipher(self, column: str) -> AESGCM:
        if column not in self._ciphers:
            self._ciphers[column] = AESGCM(_derive(self._master, f"cipher|{column}"))
        return self._ciphers[column]


def _bound(column: str, row: str) -> bytes:
    return f"{column}|{row}|v1".encode()


def _derive(master: bytes, purpose: str) -> bytes:
    info = f"an-sinh|{purpose}|v1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(master)


def open_keyring(folder: Path, given: str = "") -> Keyring:
    """The keyring of an installation: the given secret, or `field.key` in the folder.

    The file is made at first use, readable by its owner only.
    """
    if given:
        return Keyring(hashlib.sha256(given.encode()).digest())
    path = folder / "field.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_once(path, secrets.token_bytes(KEY_BYTES))
    return Keyring(path.read_bytes())
