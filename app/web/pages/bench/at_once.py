"""Several lines at once: what is sure on a page of an account is proposed by one, with one code;
another officer confirms several proposals with one code. What is ticked is shown first, with count,
sum and the joint digest; all of it is done, or nothing.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.access.together import Signer
from app.access.typed_digest import same_page
from app.access.viewer import Viewer
from app.disbursement.workbench.at_once import sure_draft, sure_one
from app.disbursement.workbench.deciding import accept_all
from app.disbursement.workbench.lines import KINDS
from app.disbursement.workbench.proposing import (
    MATCH,
    Draft,
    joint_digest,
    propose_all,
    require_apart,
)
from app.disbursement.workbench.suggesting import Suggestion, suggest
from app.errors import AnSinhError, InputError
from app.web.access import guarded
from app.web.pages.bench.accounts import account_of
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import bench as reading
from app.web.reading import bench_proposal
from app.web.site import Page, opened
from app.web.typed import numbers_of

pages = Blueprint("bench_at_once", __name__, url_prefix="/recon")
MOST = 50
"""Proposals on a page; each is told in words."""
LINE, NUMBER, TICKED = "line", "number", "ticked"


@pages.get("/<key:contract_id>/sure")
@guarded("releaser")
def sure_form(contract_id: int) -> str:
    """The lines of a page whose best suggestion is sure, as they would be proposed."""
    return _sure_page(contract_id, EMPTY)


@pages.post("/<key:contract_id>/sure")
@guarded("releaser")
def sure_it(contract_id: int) -> Answer:
    """Propose those that were ticked, just as the page told them."""

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        drafts = [sure_draft(act.session, one) for one in _ticked(act, LINE)]
        same_page(act.get("digest"), joint_digest(one.digest for one in drafts))
        for unit in {one.unit for one in drafts}:
            act.officer.require_unit(unit)
        signer = Signer(act.officer.officer_id, act.code)
        propose_all(act.session, act.keyring, signer, drafts, act.now)
        said = act.say("bench.proposed_all", n=len(drafts))
        return Done(url_for("bench.show", contract_id=contract_id, tab=reading.WAITING), said)

    return acting(work, lambda form: _sure_page(contract_id, form))


@pages.get("/proposals/at-once")
@guarded("releaser")
def confirm_form() -> str:
    """Proposals of others to place lines, with count, sum and joint digest."""
    return _confirm_page(EMPTY)


@pages.post("/proposals/at-once")
@guarded("releaser")
def confirm_it() -> Answer:
    """Another officer confirms those that were ticked; all are booked, or none."""

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        numbers = _ticked(act, NUMBER)
        his = {one.id for one in _his(act.session, act.officer)}
        if strange := [one for one in numbers if one not in his]:
            raise InputError(
                f"Đề nghị {strange[0]} không còn chờ bạn xác nhận.",
                "Xem lại những đề nghị còn chờ.",
            )
        signer = Signer(act.officer.officer_id, act.code)
        accept_all(act.session, act.keyring, signer, numbers, act.get("digest"), act.now)
        said = act.say("bench.confirmed_all", n=len(numbers))
        return Done(url_for("bench_proposals.index"), said)

    return acting(work, _confirm_page)


def _ticked(act: Act, name: str) -> list[int]:
    found = numbers_of(act.all(name))
    if not found:
        raise Faulty([Problem("", act.say("bench.none_ticked"))])
    return found


def _sure_page(contract_id: int, form: Form) -> str:
    with opened() as page:
        found = account_of(page, contract_id)
        counts = reading.counts(page.session, found, page.period)
        paged = paging(page.arguments.get("page"), counts[reading.WAITING],
                       reading.SIZES[reading.WAITING])  # fmt: skip
        waits = reading.listed(page.session, found, page.period, reading.WAITING, paged)
        rows = _sure(page, waits)
        lines = [row.id for row, _ in rows]
        ticked = _shown_ticked(LINE, lines)
        drafts, wrong = _drafts(page, [one for one in lines if one in ticked])
        return page.render(
            "pages/bench/sure.html",
            form=form,
            found=found,
            rows=rows,
            ticked=ticked,
            drafts=drafts,
            wrong=wrong,
            paging=paged,
            total=sum(one.amount for one in drafts),
            digest=joint_digest(one.digest for one in drafts) if drafts else "",
        )


def _sure(page: Page, waits: list[Row[Any]]) -> list[tuple[Row[Any], Suggestion]]:
    """The lines that are sure and about which nothing is proposed, each with its suggestion."""
    proposed = reading.proposals_of(page.session, [row.id for row in waits])
    open_ones = [row for row in waits if row.waits_as in KINDS and row.id not in proposed]
    found = ((row, sure_one(suggest(page.session, row.id))) for row in open_ones)
    return [(row, one) for row, one in found if one is not None]


def _drafts(page: Page, lines: list[int]) -> tuple[list[Draft], str]:
    """What would be proposed of the lines, or why they cannot be proposed together."""
    try:
        drafts = [sure_draft(page.session, one) for one in lines]
        require_apart(drafts)
    except AnSinhError as error:
        return [], error.on_page
    return drafts, ""


def _confirm_page(form: Form) -> str:
    with opened() as page:
        rows = _his(page.session, page.officer)[:MOST]
        ticked = _shown_ticked(NUMBER, [row.id for row in rows])
        chosen = [row for row in rows if row.id in ticked]
        return page.render(
            "pages/bench/confirm_many.html",
            form=form,
            rows=[(row, bench_proposal.content(page.session, row)) for row in rows],
            ticked=ticked,
            chosen=chosen,
            total=sum(row.amount for row in chosen),
            digest=joint_digest(row.digest for row in chosen) if chosen else "",
        )


def _his(session: Session, officer: Viewer) -> list[Row[Any]]:
    """Proposals of others to place a line, which this officer may confirm."""
    rows = bench_proposal.waiting(session, officer)
    return [row for row in rows if row.kind == MATCH and row.proposed_by != officer.officer_id]


def _shown_ticked(name: str, all_of_them: list[int]) -> set[int]:
    """What the page shows ticked: what was chosen before, or all when nobody chose yet."""
    if TICKED in request.values:
        return set(numbers_of(request.values.getlist(name)))
    return set(all_of_them)
