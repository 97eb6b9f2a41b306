"""`ansinh cheat`: twelve frauds on a copy of the demo database."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import click

from app.cli.frauds.bench import FOUND, MISSED, REFUSED
from app.cli.frauds.catalogue import FRAUDS, Tried, try_all
from app.cli.options import open_house, with_database, with_json

IN_WORDS = {REFUSED: "bị chặn", FOUND: "bị phát hiện", MISSED: "LỌT"}

SHOWN = 2


@click.command()
@with_database
@with_json
@click.option("--details", is_flag=True, help="In từng cách thử của mỗi gian lận.")
def cheat(database_url: str | None, as_json: bool, details: bool) -> None:
    """Thử mười hai cách gian lận trên bản sao; mỗi cách phải bị chặn hoặc bị phát hiện."""
    house = open_house(database_url)
    tried: list[Tried] = []
    with tempfile.TemporaryDirectory(prefix="ansinh-cheat-") as folder:
        for one in try_all(house, Path(folder)):
            tried.append(one)
            if not as_json:
                click.echo(line(one))
                click.echo(in_detail(one), nl=False) if details else None
    missed = sum(one.outcome == MISSED for one in tried)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in tried], ensure_ascii=False, indent=1))
    else:
        click.echo(verdict(tried, missed))
    sys.exit(1 if missed or len(tried) != len(FRAUDS) else 0)


def line(one: Tried) -> str:
    """One line a fraud: number, what was tried, the outcome, by what."""
    number, title = one.fraud.number, one.fraud.title
    return f"{number:>3}  {title:<40}{IN_WORDS[one.outcome]:<14}{shortly(one)}"


def shortly(one: Tried) -> str:
    """What stopped the hardest attempts, and how much else did."""
    if one.outcome == MISSED:
        return one.by
    said = list(dict.fromkeys(a.by for a in one.attempts if a.outcome == one.outcome))
    others = len({a.by for a in one.attempts}) - SHOWN
    more = f" (và {others} luật, chứng minh khác; xem --details)" if others > 0 else ""
    return "; ".join(said[:SHOWN]) + more


def in_detail(one: Tried) -> str:
    """Each attempt at a fraud on a line of its own."""
    return "".join(f"       - {a.how}: {IN_WORDS[a.outcome]}, {a.by}\n" for a in one.attempts)


def verdict(tried: list[Tried], missed: int) -> str:
    """The last line: how many frauds, in how many ways, and whether one got through."""
    ways = sum(len(one.attempts) for one in tried)
    end = f"{missed} gian lận LỌT" if missed else "không gian lận nào lọt"
    return f"{len(tried)} gian lận, {ways} cách thử: {end}. [DỮ LIỆU GIẢ LẬP - synthetic]"
