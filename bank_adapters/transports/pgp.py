"""OpenPGP by the program gpg: signed and encrypted out, opened in only with the pinned signature.

Every act has a key ring of its own in a private folder, made from the key files and thrown away
after: nothing is trusted but the keys that the channel pins, and two workers never share a ring.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import gnupg

from bank_adapters.errors import Refused, Unreadable

SUFFIX = ".pgp"
_NOT_OURS = "no secret key"


@dataclass(frozen=True, slots=True)
class Keys:
    """Files of keys: `ours` with their secret halves, the newest first; `theirs` as the bank gave
    them, each with its fingerprint in lower-case hex. `password` opens our secret halves."""

    ours: tuple[Path, ...]
    theirs: tuple[Path, ...]
    fingerprints: tuple[str, ...]
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class _Ring:
    """An opened key ring: who signs, and to whom is encrypted."""

    gpg: gnupg.GPG
    signer: str
    bank: str


@contextmanager
def _ring(keys: Keys) -> Iterator[_Ring]:
    """A ring of exactly these keys. Raises Refused when one is not what was pinned.

    Its path is short: the socket of gpg's agent lies in it, and a long one has no room.
    """
    program, agents = shutil.which("gpg"), shutil.which("gpgconf")
    if program is None or agents is None:
        raise Refused("máy này chưa có chương trình gpg; cài gói gnupg rồi làm lại")
    home = Path(tempfile.mkdtemp(prefix="an-"))
    # The ring lives for seconds: its agent need not measure how slow a password should be.
    (home / "gpg-agent.conf").write_text("s2k-count 65536\n", encoding="ascii")
    try:
        gpg = gnupg.GPG(program, gnupghome=str(home), options=["--pinentry-mode", "loopback"])
        ours = [_imported(gpg, path, keys.password) for path in keys.ours]
        for path, pinned in zip(keys.theirs, keys.fingerprints, strict=True):
            if _imported(gpg, path, "") != pinned:
                raise Refused(f"khoá {path.name} không có dấu vân tay đã ghim; hỏi ngân hàng")
        gpg.trust_keys([*ours, *keys.fingerprints], "TRUST_ULTIMATE")
        yield _Ring(gpg, ours[0], keys.fingerprints[0])
    finally:
        end = [agents, "--homedir", str(home), "--kill", "all"]
        subprocess.run(end, check=False, capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


def _imported(gpg: gnupg.GPG, path: Path, password: str) -> str:
    """The fingerprint of the one key in a file, which is in the ring from here on."""
    done = gpg.import_keys(path.read_bytes(), passphrase=password or None)
    found = {str(one).lower() for one in done.fingerprints if one}
    if len(found) != 1:
        raise Refused(f"tệp {path.name} phải có đúng một khoá PGP, đang có {len(found)}")
    return found.pop()


def wrap(source: Path, target: Path, keys: Keys) -> None:
    """Sign with our key and encrypt to the bank's, and to ours, so that we can prove what left.

    Raises Refused when gpg does not do both.
    """
    with _ring(keys) as ring, source.open("rb") as clear:
        done = ring.gpg.encrypt_file(
            clear,
            recipients=[ring.bank, ring.signer],
            sign=ring.signer,
            always_trust=False,
            armor=False,
            passphrase=keys.password or None,
            output=str(target),
        )
    if not done.ok:
        raise Refused(f"gpg không ký và mã hoá được {source.name}: {done.status}")


def unwrap(source: Path, target: Path, keys: Keys) -> None:
    """Open a file that the bank encrypted to us; its signature must be of a pinned key.

    Raises Unreadable, and then `target` holds nothing.
    """
    _opened(source, target, keys, keys.fingerprints)


def unwrap_ours(source: Path, target: Path, keys: Keys) -> None:
    """Open a file of our own again, to prove it before it leaves. Raises Unreadable."""
    _opened(source, target, keys, None)


def _opened(source: Path, target: Path, keys: Keys, pinned: tuple[str, ...] | None) -> None:
    with _ring(keys) as ring:
        wanted = {ring.signer} if pinned is None else set(pinned)
        done = ring.gpg.decrypt_file(
            str(source), passphrase=keys.password or None, always_trust=False, output=str(target)
        )
    signed = {str(one.get("pubkey_fingerprint") or "").lower() for one in done.sig_info.values()}
    # That it is encrypted to the other side too is no problem of ours.
    problems = [one for one in done.problems if one.get("status") != _NOT_OURS]
    if done.ok and done.valid and not problems and signed and signed <= wanted:
        return
    target.unlink(missing_ok=True)
    if not done.ok:
        raise Unreadable(f"gpg không mở được: {done.status or 'không phải tệp PGP'}")
    raise Unreadable("chữ ký PGP thiếu, sai, hoặc không phải của khoá đã ghim")
