"""The page `docs/indicators.md`, drawn from the definitions and the data files.

`python -m app.indicators.handbook` writes it; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path

from app.indicators.breakdown import KIND, WHOLE
from app.indicators.definitions import (
    CREDITED,
    CUT_OFF,
    DEFINITIONS,
    LOCK,
    UNITS,
    VERSION,
    rows_of,
)
from app.indicators.dimensions import DIMENSIONS
from app.indicators.feed import FORMAT
from app.indicators.league import formula
from app.indicators.suppressed import LEAST

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"

_HEAD = """# Indicators

Drawn by `python -m app.indicators.handbook` from `app/indicators`; do not edit.

No law fixes how a cashless rate is counted, and the same province had both 81 % and 38 %. So every
figure goes with its numerator, denominator, as-of moment, cut-off, version of the definition and
the kinds of evidence it rests on. A rate is 100 n/d with two decimals, half up; without a
denominator it has no value; it may exceed 100; rates are never averaged, their counts are added.
Only regular lines of the month's lists count: one-off payments are apart. A list counts from its
last approval on. A line carried on from earlier months counts on both lists.
"""

_COMMANDS = """## Commands

| command | what it does |
|---|---|
| `ansinh report rates --period 2026-10 [--by commune] [--as-of 2026-10-19]` | every figure, whole or broken down, as it was known then |
| `ansinh report restated --period 2026-10` | what was said at the provisional cut-off, what is said now, and the moves of lines that explain the difference |
| `ansinh report tie-out --period 2026-10` | every amount against the books by programme: approved, sent, paid, and nothing left on what was paid; exit code 1 when a đồng differs |
| `ansinh report feed --period 2026-10 --output FILE [--format csv] [--since WATERMARK] [--internal]` | the rows for warehouse, operations centre and open data |
| `ansinh report month --period 2026-10 --output FILE` | the leader's A4 page and the tables, as PDF |
| `ansinh report readiness`, `league`, `targets`, `hours` | communes from red to green; the league table; targets and campaigns by day; hours saved |
| `ansinh report items --period 2026-10 --output FILE` | the lines between the exported books and the rates, without names |
"""  # noqa: E501

_THEN_AND_NOW = """## Then and now

A figure is computed as of a moment from what had been recorded by then: outcomes, checks of
accounts, approvals. What a breakdown asks the register (commune, sex, age, household) is as the
register says today; sums over everybody do not change with it. The commune is where a person is
registered now, so a move takes earlier months along.

## Recomputed by anybody

`docs/recompute_rates.py` needs only Python. It takes the folder of `ansinh ledger export --format
csv` and the file of `ansinh report items`, checks that the books owe every line what it says and
that the entries named pay it, and prints R1, R1b, R2, R5 and R6 with both sides. The journal knows
obligations as items and no person; `items` numbers people for one export only. On time and the
method are its word; amounts are the books'.
"""

_SUPPRESSION = f"""## What is published

The feed withholds what would tell of fewer than {LEAST} persons or lines, unless `--internal` is
given for a warehouse of the same body. The rule:

1. A figure is withheld where its numerator, its denominator or their difference is 1 to 4.
2. So is one that, beside figures of the same row already shown, gives such a difference between two
   counts of which one contains the other: R1 and R1b together tell how many are unpaid.
3. A figure of đồng goes with the figure of persons or lines whose people it is about.
4. Where the rows withheld of a published sum are only one, or together would tell of 1 to 4, the
   smallest row left is withheld too, until that is over.
5. Sums within sums: kinds of commune over communes, funds over programmes, programmes over groups.
   Such a sum is shown for all its rows or for none, figure by figure; the rows beneath are judged
   within the nearest sum that is shown. Paying units are not published: they are nearly the
   communes, and the difference would be a few who moved.

Nought is shown. Evidence by kind is shown only where every kind rests on five lines or more. Two
readings at different moments can be compared by whoever keeps both: the rule covers one reading.
"""

_SAID = """## What people say

C1, S1, S1a and K1 stand in the feed for the whole, by kinds of commune and by communes. C1 is what
people say of their own accord, S1 what a monthly sample found that was drawn by a seed published
before ([complaints](complaints.md)): who speaks of his own accord is no sample, so the two are
never added. A complaint counts in the month it came, closed as it stood at the cut-off. Here the
whole is withheld like any row where it would tell of fewer than five.
"""

_NOT_HELD = """## What is not held

The register knows no difficult areas, and makes none up. Data matching (M1) is people whose
personal ID matched the population register over people on the register; M2 is the fields personal
ID, name and birth that another register vouches for, over three times the people; M3 is people with
an e-ID of level 2 over people on the register, as officers wrote it down: VNeID is not asked, and a
list from Excel does not carry it. Groups of article 5 of Decree 20/2021 are one value, as on every
list: else their name would tell of somebody's health.
"""


def page() -> str:
    """The whole page."""
    parts = [
        _HEAD,
        _section("Definitions", _table(_DEFINED, _definitions())),
        _moments(),
        _section("Breakdowns", _table(_BROKEN, _dimensions())),
        _COMMANDS,
        _THEN_AND_NOW,
        _SUPPRESSION,
        _SAID,
        _feed(),
        _section("Readiness of communes", _readiness()),
        _section("League table", _league()),
        _section("Targets", _table(_TARGETS, _rows("targets.csv", _TARGETS))),
        _section("Hours saved", _hours()),
        _NOT_HELD,
    ]
    return "\n".join(parts)


_DEFINED = ("code", "tên", "name", "tử số · numerator", "mẫu số · denominator", "unit")
_BROKEN = ("breakdown", "tên", "name", "persons add up")
_TARGETS = ("code", "scope", "goal", "from_period", "to_period", "source", "confirmed")


def _definitions() -> Iterator[Sequence[str]]:
    for one in DEFINITIONS.values():
        yield (
            *(f"**{one.code}**", one.name.vi, one.name.en),
            f"{one.numerator.vi} · *{one.numerator.en}*",
            f"{one.denominator.vi} · *{one.denominator.en}*",
            UNITS[one.unit].en,
        )


def _moments() -> str:
    lock = ", ".join(code for code, one in DEFINITIONS.items() if one.is_of_lock)
    return (
        f"Version of all: `{VERSION}`.\n\n{CREDITED.vi}\n*{CREDITED.en}*\n\n"
        f"{CUT_OFF.vi}\n*{CUT_OFF.en}*\n\n{lock}: {LOCK.vi}\n*{LOCK.en}*\n"
    )


def _dimensions() -> Iterator[Sequence[str]]:
    yield WHOLE, "Toàn bộ", "Everybody", "yes"
    yield KIND, "Loại đơn vị hành chính", "Kind of commune; phường is urban", "yes"
    for one in DIMENSIONS.values():
        told = "yes" if one.of_people else "no: a person on two lists counts in each"
        yield one.code, one.name.vi, one.name.en, told


def _feed() -> str:
    schema = json.loads(files("app.indicators").joinpath("data/feed.schema.json").read_text())
    shown = schema["properties"].items(), schema["$defs"]["row"]["properties"].items()
    of_all, of_rows = ([(f"`{name}`", _type(one), one.get("description", ""))
                        for name, one in some] for some in shown)  # fmt: skip
    head = ("field", "type", "meaning")
    return _section(
        "The feed",
        f"Format `{FORMAT}`; the JSON Schema is `app/indicators/data/feed.schema.json`. CSV and"
        " JSON hold the same rows. The watermark is the moment of reading and the number of facts"
        " recorded by then. Asked again with `--since`, the feed gives the rows that are new or"
        " say something else; where the register was changed in between, every row of the"
        " breakdowns that ask the register.\n\n"
        f"{_table(head, of_all)}\nA row:\n\n{_table(head, of_rows)}",
    )


def _type(one: dict[str, object]) -> str:
    told = one.get("type", one.get("enum", one.get("const")))
    return " or ".join(map(str, told)) if isinstance(told, list) else str(told)


def _readiness() -> str:
    head = ("version", "code", "name_vi", "name_en", "amber", "green")
    return (
        "A criterion is green and amber from its bound on, red below, grey without a denominator;"
        " a commune is as ready as its worst. The bounds are this house's proposal:"
        " `app/indicators/data/readiness.csv`.\n\n" + _table(head, _rows("readiness.csv", head))
    )


def _league() -> str:
    said = formula()
    return (
        f"`{said.version}`: score = {said.in_words}, each rate in points of 100; two decimals, half"
        " up. Equal scores share a place; a commune without a denominator has none. The weights are"
        " `app/indicators/data/league.csv`.\n"
    )


def _hours() -> str:
    head = ("version", "code", "counts", "minutes", "name_vi", "name_en", "source", "confirmed")
    return (
        "hours = count x minutes / 60, each term rounded half up. The minutes are assumptions until"
        " somebody has measured them.\n\n" + _table(head, _rows("hours.csv", head))
    )


def _rows(name: str, head: Sequence[str]) -> Iterator[Sequence[str]]:
    for row in rows_of(name):
        yield [row[one] for one in head]


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
