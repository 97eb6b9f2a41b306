"""Keys of us, of a bank, and of somebody whom nobody pinned, made with gpg as officers do."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bank_adapters.transports import pgp

PASSWORD = "mat-khau-thu"


@dataclass(frozen=True)
class Party:
    """Somebody's key files and fingerprint."""

    secret: Path
    public: Path
    fingerprint: str


@dataclass(frozen=True)
class World:
    """Us, the bank, and somebody whom nobody pinned."""

    us: Party
    bank: Party
    other: Party

    def ours(self, **changes: object) -> pgp.Keys:
        """What our channel pins."""
        keys = pgp.Keys((self.us.secret,), (self.bank.public,), (self.bank.fingerprint,), PASSWORD)
        return replace(keys, **changes)  # type: ignore[arg-type]

    def theirs(self, who: Party) -> pgp.Keys:
        """What somebody uses to write to us."""
        return pgp.Keys((who.secret,), (self.us.public,), (self.us.fingerprint,))


def made(home: Path, folder: Path, name: str, password: str = "") -> Party:
    """A key pair as a bank's officer makes it with gpg."""
    base = ["gpg", "--homedir", str(home), "--batch", "--yes", "--pinentry-mode", "loopback"]

    def gpg(*words: str) -> str:
        told = [*base, "--passphrase", password, *words]
        return subprocess.run(told, check=True, capture_output=True, text=True).stdout

    gpg("--quick-generate-key", f"{name} <{name}@example.vn>", "ed25519", "cert,sign", "never")
    listed = gpg("--list-keys", "--with-colons", f"{name}@example.vn").splitlines()
    fingerprint = next(one.split(":")[9] for one in listed if one.startswith("fpr"))
    gpg("--quick-add-key", fingerprint, "cv25519", "encrypt", "never")
    secret, public = folder / f"{name}.sec", folder / f"{name}.pub"
    gpg("--output", str(secret), "--export-secret-keys", fingerprint)
    gpg("--output", str(public), "--export", fingerprint)
    return Party(secret, public, fingerprint.lower())


def made_world(folder: Path) -> World:
    """All three, with their key files in `folder`."""
    home = Path(tempfile.mkdtemp(prefix="an-"))  # short: the agent's socket lies in it
    (home / "gpg-agent.conf").write_text("s2k-count 65536\n", encoding="ascii")
    try:
        return World(
            made(home, folder, "ansinh", PASSWORD),
            made(home, folder, "bank"),
            made(home, folder, "other"),
        )
    finally:
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)
        shutil.rmtree(home, ignore_errors=True)
