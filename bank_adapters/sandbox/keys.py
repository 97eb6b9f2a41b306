"""SSH keys of the sandbox: made once, readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path

import paramiko


def key_pair(folder: Path, name: str) -> paramiko.PKey:
    """The key kept as `name` (private, 0600) and `name.pub`; made when missing."""
    private = folder / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not private.exists():
        draft = folder / f".{name}.{os.getpid()}"
        paramiko.ECDSAKey.generate(bits=256).write_private_key_file(str(draft))
        draft.chmod(0o600)
        draft.rename(private)
    key = paramiko.ECDSAKey.from_private_key_file(str(private))
    (folder / f"{name}.pub").write_text(f"{public(key)}\n", encoding="ascii")
    return key


def public(key: paramiko.PKey) -> str:
    """The public half as one line of a known-hosts or authorised-keys file."""
    return f"{key.get_name()} {key.get_base64()}"
