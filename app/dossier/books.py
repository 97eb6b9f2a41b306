"""The books of a pack: entries, postings, the part of the chain they stand in, the anchors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.dossier.folder import Draft
from ledger import excerpt
from ledger.anchors import AnchorFile
from ledger.chart import KINDS, public_chart
from ledger.recipes import RECIPES

ENTRIES = (
    *("entry", "scope", "position", "fiscal_year", "voucher", "programme", "recipe", "says"),
    *(
        "effective_on",
        "recorded_at",
        "key",
        "source",
        "reverses",
        "corrects",
        "postings",
        "total",
        "digest",
    ),
    *("link", "header"),
)
POSTINGS = ("entry", "line", "account", "item", "debit", "credit", "seq", "balance")
LINKS = ("position", "entry", "fiscal_year", "voucher", "digest", "link")

Values = dict[str, Any]


def write_books(
    session: Session, choice: excerpt.Choice, anchors: AnchorFile, draft: Draft
) -> Values:
    """`entries.csv`, `postings.csv`, `chain.csv`, `anchors.jsonl` with the public key; gives
    their figures."""
    chosen = excerpt.chosen(session, choice)
    draft.table("entries.csv", "bút toán / entries of the books", ENTRIES,
                _entries(session, chosen))  # fmt: skip
    count = draft.table("postings.csv", "định khoản / postings of those entries", POSTINGS,
                        _postings(session, chosen))  # fmt: skip
    part = excerpt.span(session, chosen)
    kept = _anchors(anchors.path, part)
    if part and kept:
        part = excerpt.span(session, chosen, until=kept[-1][0])
    rows = excerpt.links(session, part) if part else ()
    draft.table("chain.csv", "đoạn chuỗi niêm / the part of the chain", LINKS,
                ([getattr(row, one) for one in ("position", "entry_id", *LINKS[2:])]
                 for row in rows))  # fmt: skip
    draft.text("anchors.jsonl", "".join(line for _, line in kept), "mốc niêm / anchors")
    if anchors.public_key:
        draft.text("anchor.pub", f"{anchors.public_key}\n", "khoá công khai / public key")
    return {
        "entries": len(chosen),
        "postings": count,
        "chain": part._asdict() if part else None,
        "anchors": len(kept),
        "closes": [dict(row._mapping) for row in excerpt.closes(session)],
    }


def _entries(session: Session, chosen: Mapping[int, str]) -> Iterator[list[Any]]:
    for row, header in excerpt.headers(session, chosen):
        yield [
            row.id,
            chosen[row.id],
            row.position,
            row.fiscal_year,
            row.voucher,
            row.programme,
            row.kind,
            RECIPES[row.kind].says,
            row.effective_on,
            row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
            row.key,
            row.source,
            row.reverses_id,
            row.corrects_id,
            row.postings,
            row.total,
            row.digest,
            row.link,
            header,
        ]


def _postings(session: Session, chosen: Iterable[int]) -> Iterator[list[Any]]:
    for row in excerpt.postings(session, chosen):
        yield [row.entry_id, row.line, row.path, *(getattr(row, one) for one in POSTINGS[3:])]


def _anchors(path: Path, part: excerpt.Span | None) -> list[tuple[int, str]]:
    """(position, line) of the anchors that pin this part: the last of each day, and the first
    that stands behind its last entry."""
    if part is None or not path.exists():
        return []
    days: dict[str, tuple[int, str]] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            anchor = json.loads(line)
            if anchor["position"] < part.first:
                continue
            days[str(datetime.fromisoformat(anchor["at"]).date())] = (anchor["position"], line)
            if anchor["position"] >= part.last:
                break
    return list(days.values())


def turnovers(session: Session, choice: excerpt.Choice) -> list[Values]:
    """Every account of the unit with its month, named as the chart names it; `public_number` is
    its place in the public-sector chart."""
    public = public_chart()
    return [
        {
            "account": one.path,
            "number": KINDS[one.kind].number,
            "name": KINDS[one.kind].name,
            "public_number": public[one.kind].number,
            "opening": one.opening,
            "debit": one.debit,
            "credit": one.credit,
            "closing": one.closing,
        }
        for one in excerpt.turnovers(session, choice)
    ]
