"""Lists by which banks were asked to open accounts, and taking in what they answer."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.access.officers import Confirmation
from app.access.together import confirm_together
from app.cashless.answering import read_answer
from app.cashless.applying import apply_answer
from app.cashless.requests import counts, lines, request_row, requests
from app.web.access import SEES, guarded
from app.web.paging import paging
from app.web.place import name_of
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.second import both
from app.web.site import opened
from app.web.uploads import as_file, content_of

pages = Blueprint("requests", __name__, url_prefix="/accounts/requests")

SUFFIXES = (".csv", ".xlsx", ".xls")


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """What was asked of banks, the newest first, and how much they still owe."""
    with opened() as page:
        rows = requests(page.session, page.officer.areas)
        return page.render("pages/cashless/requests.html", rows=rows, name_of=name_of)


@pages.get("/<key:request_id>")
@guarded(*SEES)
def show(request_id: int) -> str:
    """One list: who stands on it, what the bank said of each, and the form for its answer."""
    return _page(request_id, EMPTY)


@pages.post("/<key:request_id>")
@guarded("maker")
def answer(request_id: int) -> Answer:
    """Look at a bank's answer (`check`), or take it in: maker and checker confirm it together."""

    def work(act: Act) -> Done:
        asked = request_row(act.session, request_id)
        act.officer.require_area(asked.area_code)
        here = url_for("requests.show", request_id=request_id)
        name, content = content_of("file", SUFFIXES)
        with as_file(name, content) as path:
            read = read_answer(act.session, act.keyring, path, request_id)
        if read.applied_before:
            return Done(here, act.say("requests.known"))
        if act.get("check"):
            return Done(here, act.say("requests.right", n=len(read.lines)))
        what = Confirmation("bank_answer", read.sha256, len(read.lines), 0)
        who = both(act)
        confirm_together(act.session, act.keyring, who, f"account_request:{request_id}", act.now,
                         what, ("maker", "checker"), asked.area_code)  # fmt: skip
        one, two = (signer.officer_id for signer in who)
        apply_answer(act.session, act.keyring, read, one, two, act.now)
        return Done(here, act.say("requests.done", n=len(read.lines)))

    return acting(work, lambda form: _page(request_id, form), about="file")


def _page(request_id: int, form: Form) -> str:
    with opened() as page:
        asked = request_row(page.session, request_id)
        page.officer.require_area(asked.area_code)
        paged = paging(page.arguments.get("page"), asked.lines)
        rows = lines(page.session, request_id, limit=paged.size, skip=paged.offset)
        return page.render("pages/cashless/request.html", form=form, asked=asked, rows=rows,
                           paging=paged, counts=counts(page.session, request_id),
                           name_of=name_of, may=page.officer.is_one_of("maker"))  # fmt: skip
