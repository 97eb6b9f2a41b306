"""Every proof of a house with what lies beside its database: anchors, keys, received files."""

from __future__ import annotations

from pathlib import Path

from app.config import Settings
from app.db import Database
from app.disbursement.proofs import prove_house
from app.privacy import Keyring
from ledger.anchors import AnchorFile
from ledger.proofs import Proof


def prove(
    database: Database,
    anchors: AnchorFile,
    home: Path,
    keyring: Keyring | None,
    settings: Settings,
    *,
    fast: bool = False,
) -> list[Proof]:
    """Every proof, the books' first; seals of acts are looked at where there are keys, files in
    envelopes where `settings` say where the keys for banks lie."""
    with database.snapshot() as session:
        return prove_house(session, anchors, home, keyring, settings, fast=fast)
