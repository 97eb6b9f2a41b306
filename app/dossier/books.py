"""The books of a pack: entries, postings, the part of the chain they stand in, the anchors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from app.dossier.folder import Draft
from ledger import excerpt
from ledger.anchors import Anchor, AnchorFile
from ledger.chart import KINDS, PublicAccount
from ledger.recipes import RECIPES
from ledger.schema import moment_text
from ledger.turnovers import turnovers as unit_turnovers

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
    kept = _anchors(anchors, part)
    if part and kept:
        part = excerpt.span(session, chosen, until=kept[-1].position)
    rows = excerpt.links(session, part) if part else ()
    draft.table("chain.csv", "đoạn chuỗi niêm / the part of the chain", LINKS,
                ([getattr(row, one) for one in ("position", "entry_id", *LINKS[2:])]
                 for row in rows))  # fmt: skip
    lines = (json.dumps(asdict(one), separators=(",", ":")) + "\n" for one in kept)
    draft.text("anchors.jsonl", "".join(lines), "mốc niêm / anchors")
    if anchors.public_key:
        draft.text("anchor.pub", f"{anchors.public_key}\n", "khoá công khai / public key")
    return {
        "entries": len(chosen),
        "postings": count,
        "chain": part._asdict() if part else None,
        "anchors": len(kept),
        "closes": [
            {**row._mapping, "closed_at": moment_text(row.closed_at)}
            for row in excerpt.closes(session)
        ],
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
            moment_text(row.recorded_at),
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


def _anchors(anchors: AnchorFile, part: excerpt.Span | None) -> list[Anchor]:
    """The anchors that pin this part of the chain: the last of each day, and the first that
    stands at or behind its last entry. Raises AnchorError when the file holds something else."""
    days: dict[str, Anchor] = {}
    for anchor in anchors.read() if part else ():
        if part and anchor.position >= part.first:
            days[anchor.at[:10]] = anchor
            if anchor.position >= part.last:
                break
    return list(days.values())


def turnovers(
    session: Session, choice: excerpt.Choice, public: Mapping[str, PublicAccount]
) -> list[Values]:
    """Every account of the unit with its month, named as the chart names it; `public_number` is
    its place in the public-sector chart, '' where it has none."""
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
        for one in unit_turnovers(session, choice)
    ]
