"""The table of `docs/retention.md`, made from the data.

`python -m app.audit.retention_page` writes it into the page anew; a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

from app.audit.retention import (
    CRYPTO_ERASED,
    ERASED,
    KEPT,
    LAST_USE,
    RECORD,
    YEAR_END,
    RecordClass,
    classes,
)

PAGE = Path(__file__).parents[2] / "docs" / "retention.md"
_MARKED = re.compile(r"(<!-- classes -->\n).*?(<!-- end -->)", re.DOTALL)
_FROM = {
    YEAR_END: "the end of the fiscal year of the record",
    LAST_USE: "the end of the fiscal year of its last use",
    RECORD: "the day of the record",
}
_AFTER = {
    KEPT: "may be destroyed by decision; the product keeps it",
    ERASED: "erased by hand",
    CRYPTO_ERASED: "made unreadable person by person, by `ansinh register erase`",
}


def table() -> str:
    """A section per class: time, where it begins, source, what follows, what belongs to it."""
    return "\n".join(_section(one) for one in classes())


def _section(one: RecordClass) -> str:
    names = ", ".join(f"`{name}`" for name in one.tables) or "none"
    years = f"at least {one.kept_years} years" if one.kept_years > 1 else "at least 12 months"
    lines = [
        f"### {one.name} (`{one.code}`)",
        "",
        f"*{one.name_vi}.* {one.note}",
        "",
        "| | |",
        "|---|---|",
        f"| kept | {years if one.kept_years else 'while it is worked on'} |",
        f"| counted from | {_FROM[one.counted_from]} |",
        f"| source | {one.source} |",
        f"| afterwards | {_AFTER[one.afterwards]} |",
        f"| tables | {names} |",
        f"| files | {one.files or 'none'} |",
        "",
    ]
    return "\n".join(lines)


def renewed(page: str) -> str:
    """The page with its sections made anew, between their marks."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{table()}{found[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
