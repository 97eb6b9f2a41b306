"""The journal: entries by account, unit, programme and month, and one entry with its postings."""

from __future__ import annotations

import re

from flask import Blueprint

from app.errors import NotFound
from app.web.access import guarded
from app.web.paging import paging
from app.web.reading import books as reading
from app.web.reading.terms import READS, asked
from app.web.site import Page, opened
from ledger import browsing
from ledger.chart import KINDS
from ledger.recipes import RECIPES

pages = Blueprint("journal", __name__, url_prefix="/journal")
SIZE = 100
POSTINGS = 50
_SOURCE = re.compile(r"(batch|payroll):(\d+)")


@pages.get("")
@guarded(*READS)
def index() -> str:
    """Entries that were asked for, the newest first, with what they debit and credit together."""
    with opened() as page:
        wanted = reading.wanted(page.arguments, page.officer)
        figure = asked(page.arguments, page.officer)
        if "term" in page.arguments and figure is None:
            raise NotFound(page.say("books.no_figure"))
        count = browsing.figure if figure else browsing.sums
        total = count(page.session, wanted)
        paged = paging(page.arguments.get("page"), total.entries, SIZE)
        account = browsing.account_of(page.session, wanted.account_id)
        if wanted.account_id and account is None:
            raise NotFound(page.say("books.no_account"))
        return page.render(
            "pages/books/journal.html", wanted=wanted, total=total, paging=paged, shown=account,
            rows=browsing.entries(page.session, wanted, paged.size, paged.offset),
            recipes=RECIPES, kinds=KINDS, kind_name=lambda code: kind_name(page, code),
            choices=reading.choices(page.session), source_of=source_of, figure=figure,
        )  # fmt: skip


@pages.get("/<key:entry_id>")
@guarded(*READS)
def entry(entry_id: int) -> str:
    """One entry: why, from what, by what it was undone, and its postings, Nợ and Có."""
    with opened() as page:
        found = browsing.entry_of(page.session, entry_id)
        if found is None or not _may_see(page, entry_id):
            raise NotFound(page.say("books.no_entry"))
        paged = paging(page.arguments.get("page"), found.postings, POSTINGS)
        rows = browsing.postings_of(page.session, entry_id, paged.size, paged.offset)
        owed = [row.item for row in rows if KINDS[row.kind].item == "obligation"]
        return page.render(
            "pages/books/entry.html", found=found, rows=rows, paging=paged,
            recipe=RECIPES[found.kind], kinds=KINDS, source_of=source_of,
            kind_name=lambda code: kind_name(page, code),
            owed=reading.obligations(page.session, owed),
        )  # fmt: skip


def _may_see(page: Page, entry_id: int) -> bool:
    units = page.officer.units
    return units is None or browsing.touches(page.session, entry_id, units)


def kind_name(page: Page, code: str) -> str:
    """The name of a kind of account in the language of the page."""
    return KINDS[code].name if page.language == "vi" else KINDS[code].name_en


def source_of(source: str) -> tuple[str, int] | None:
    """What an entry came from, where a page shows it: a batch or a payroll with its number."""
    found = _SOURCE.match(source)
    return (found[1], int(found[2])) if found else None
