"""The trial balance, and the accounts that a line of it consists of."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, redirect

from app.errors import NotFound
from app.web.access import guarded
from app.web.pages.books.journal import SIZE, kind_name
from app.web.paging import paging
from app.web.posting import Answer
from app.web.reading import books as reading
from app.web.reading.terms import READS
from app.web.site import opened
from ledger import browsing
from ledger.balances import trial_balance
from ledger.chain import head
from ledger.chart import KINDS

pages = Blueprint("trial", __name__)


@pages.get("/trial-balance")
@guarded(*READS)
def index() -> str:
    """Balances by account and programme as of the end of the chain; Nợ = Có, with the difference.

    It is the whole province's: who sees only some units finds no such page.
    """
    with opened() as page:
        if page.officer.units is not None:
            raise NotFound(page.say("books.whole_province"))
        on = reading.wanted(page.arguments, page.officer).last
        asked = page.arguments.get("programme", "")
        lines = [one for one in trial_balance(page.session, on=on)
                 if (one.debit or one.credit) and asked in ("", one.programme)]  # fmt: skip
        choices = reading.choices(page.session)
        return page.render(
            "pages/books/trial.html", lines=lines, on=on, sealed=head(page.session).position,
            debit=sum(one.debit for one in lines), credit=sum(one.credit for one in lines),
            kind_name=lambda code: kind_name(page, code), choices=choices,
            names=dict(choices["programme"]),
        )  # fmt: skip


@pages.get("/trial-balance/accounts")
@guarded(*READS)
def accounts() -> Answer:
    """The accounts that a figure of the trial balance consists of, each with its movements."""
    with opened() as page:
        wanted = reading.wanted(page.arguments, page.officer)
        if not wanted.kind:  # every figure of the trial balance names one
            return redirect(page.link("trial.index"), HTTPStatus.SEE_OTHER)
        rows = browsing.accounts(page.session, wanted)
        paged = paging(page.arguments.get("page"), len(rows), SIZE)
        choices = reading.choices(page.session)
        return page.render(
            "pages/books/accounts.html", wanted=wanted, paging=paged, kind=KINDS[wanted.kind],
            rows=rows[paged.offset : paged.offset + paged.size],
            kind_name=lambda code: kind_name(page, code),
            debit=sum(one.debit for one in rows), credit=sum(one.credit for one in rows),
            names={name: dict(pairs) for name, pairs in choices.items()},
        )  # fmt: skip
