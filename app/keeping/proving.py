"""Every proof of a house with what lies beside its database: anchors, keys, received files."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from app.db import Database
from app.disbursement.proofs import Evidence, prove_everything
from app.privacy import Keyring
from app.units.tables import provider
from bank_adapters.discovery import load
from ledger.anchors import AnchorFile
from ledger.proofs import Proof


def prove(
    database: Database,
    anchors: AnchorFile,
    home: Path,
    keyring: Keyring | None,
    *,
    fast: bool = False,
) -> list[Proof]:
    """Every proof, the books' first; seals of acts are looked at where there are keys."""
    with database.snapshot() as session:
        rows = session.execute(select(provider.c.code, provider.c.adapter)).all()
        loaded = load(row.adapter for row in rows)
        adapters = {row.code: loaded[row.adapter] for row in rows}
        evidence = Evidence(anchors, keyring, home / "inbound", adapters)
        return prove_everything(session, evidence, fast=fast)
