"""The books against their targets: `python -m benchmarks ledger [--only PART,..] [..]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.harness import KINDS, Bench
from benchmarks.ledger import growth, peer, post, proving, reads
from benchmarks.ledger.place import Place, place

Part = Callable[[Bench, Place, int, int], None]

PARTS: dict[str, tuple[Part, tuple[str, ...]]] = {
    "post": (post.run, KINDS),
    "peer": (peer.run, ("postgresql",)),
    "growth": (growth.run, KINDS),
    "reads": (reads.run, KINDS),
    "verify": (proving.run, KINDS),
}
"""Each part, and the databases it runs on."""
OBLIGATIONS = 200_000


def run(arguments: list[str]) -> Bench:
    """Every chosen part on every chosen database."""
    chosen = _chosen(arguments)
    bench = Bench("ledger", f"{chosen.obligations:,} obligations a month")
    for name in chosen.only:
        part, kinds = PARTS[name]
        for kind in kinds:
            if kind in chosen.database:
                with place(kind) as where:
                    part(bench, where, chosen.obligations, chosen.rounds)
                bench.write()
    return bench


def _chosen(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="python -m benchmarks ledger")
    parser.add_argument("--only", type=_names(PARTS), default=tuple(PARTS))
    parser.add_argument("--database", type=_names(KINDS), default=KINDS)
    parser.add_argument("--obligations", type=int, default=OBLIGATIONS)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args(arguments)


def _names(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Reads names with commas between them; argparse says which it does not know."""

    def read(text: str) -> list[str]:
        names = text.split(",")
        if unknown := set(names) - set(known):
            raise argparse.ArgumentTypeError(f"{sorted(unknown)}: not one of {sorted(known)}")
        return names

    return read
