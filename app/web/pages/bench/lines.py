"""One line of the bank: what it may be; placed on one target or several, or taken back.

What is about to be proposed is shown first, part by part; then one finance officer proposes with a
reason and a code, and another decides (`proposals`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for

from app.access.together import Signer
from app.disbursement.workbench.lines import line_of
from app.disbursement.workbench.notes import notes_of, write_note
from app.disbursement.workbench.presence import Place
from app.disbursement.workbench.proposing import Draft, match_draft, propose, unmatch_draft
from app.disbursement.workbench.searching import Payment, search
from app.disbursement.workbench.splitting import Part, draft_parts
from app.disbursement.workbench.suggesting import suggest
from app.errors import AnSinhError, Conflict, InputError, NotFound, Refused
from app.web.access import guarded
from app.web.pages.bench.present import arrive, others_at
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import bench as reading
from app.web.reading import bench_line
from app.web.site import Page, opened
from app.web.typed import day

pages = Blueprint("bench_line", __name__, url_prefix="/recon/lines/<key:line_id>")
ROWS = 4
"""Places for parts on the form; a suggestion may have more."""


@pages.get("")
@guarded("releaser", "auditor")
def show(line_id: int) -> str:
    """What a line says, what it may be and why, and what was done about it."""
    return _show(line_id, EMPTY)


def _show(line_id: int, form: Form) -> str:
    with opened() as page:
        line = _line(page, line_id)
        waits = line.resolved_at is None
        sought = page.arguments.get("q", "")
        found, wrong = _found(page, line, sought) if waits and sought else ([], "")
        account = bench_line.account_of(page.session, line)
        here = Place(account.id, f"{line.booked_on:%Y-%m}", reading.WAITING, 1, line_id)
        shown = page.render(
            "pages/bench/line.html",
            form=form,
            notes=notes_of(page.session, line_id),
            others=others_at(page, here),
            line=line,
            at=account,
            history=bench_line.history(page.session, line_id),
            proposed=reading.proposals_of(page.session, [line_id]).get(line_id),
            suggestions=suggest(page.session, line_id) if waits else [],
            sought=sought,
            found=found,
            sought_wrong=wrong,
            placed=bench_line.is_placed(page.session, line_id),
        )
        officer = page.officer
    arrive(officer, here)
    return shown


@pages.post("/note")
@guarded("releaser")
def note_it(line_id: int) -> Answer:
    """Write a note under the line; it changes nothing."""

    def work(act: Act) -> Done:
        act.officer.require_unit(line_of(act.session, line_id).unit_code)
        act.require(said="bench.note_missing")
        by = day(act, "answer_by")
        write_note(act.session, act.officer.officer_id, line_id, act.get("said"), by, act.now)
        return Done(url_for("bench_line.show", line_id=line_id), act.say("bench.noted"))

    return acting(work, lambda form: _show(line_id, form))


@pages.get("/place")
@guarded("releaser")
def place_form(line_id: int) -> str:
    """The parts that a line would be, to the đồng, before anything is proposed."""
    return _place_page(line_id, EMPTY)


@pages.post("/place")
@guarded("releaser")
def place_it(line_id: int) -> Answer:
    """Propose what the page showed."""

    def work(act: Act) -> Done:
        act.require(reason="bench.reason_missing", code="form.code_missing")
        typed = list(zip(act.all("target"), act.all("amount"), strict=False))
        line = line_of(act.session, line_id)
        shown = draft_parts(act.session, line, typed)
        parts = [(one.word, one.amount) for one in shown]
        return _propose(act, line_id, match_draft(act.session, line_id, parts, act.get("reason")))

    return acting(_as_input(work), lambda form: _place_page(line_id, form))


@pages.get("/take-back")
@guarded("releaser")
def take_back_form(line_id: int) -> str:
    """What was placed by hand, to be taken back."""
    return _take_back_page(line_id, EMPTY)


@pages.post("/take-back")
@guarded("releaser")
def take_back_it(line_id: int) -> Answer:
    """Propose that the line waits again."""

    def work(act: Act) -> Done:
        act.require(reason="bench.reason_missing", code="form.code_missing")
        return _propose(act, line_id, unmatch_draft(act.session, line_id, act.get("reason")))

    return acting(_as_input(work), lambda form: _take_back_page(line_id, form))


def _propose(act: Act, line_id: int, draft: Draft) -> Done:
    act.officer.require_unit(draft.unit)
    signer = Signer(act.officer.officer_id, act.code)
    row = propose(act.session, act.keyring, signer, draft, act.now)
    line = line_of(act.session, line_id)
    after = bench_line.after(act.session, line)
    return Done(
        url_for("bench.show", contract_id=line.contract_id, period=f"{line.booked_on:%Y-%m}",
                tab=reading.WAITING, _anchor=f"line-{after}" if after else None),
        act.say("bench.proposed", number=row.id),
    )  # fmt: skip


def _as_input(work: Callable[[Act], Done]) -> Callable[[Act], Done]:
    """A target that does not exist is a fault of the form, not a page that is not there."""

    def checked(act: Act) -> Done:
        try:
            return work(act)
        except NotFound as error:
            raise InputError(error.message, error.what_to_do) from error

    return checked


def _place_page(line_id: int, form: Form) -> str:
    with opened() as page:
        line = _line(page, line_id)
        wanted, why = _wanted(page, line_id)
        parts, wrong = _parts(page, line, wanted) if wanted else ([], "")
        return page.render(
            "pages/bench/place.html",
            form=form,
            line=line,
            at=bench_line.account_of(page.session, line),
            parts=parts,
            wrong=wrong,
            typed=(wanted + [("", "")] * ROWS)[: max(ROWS, len(wanted))],
            why=why,
        )


def _wanted(page: Page, line_id: int) -> tuple[list[tuple[str, str]], str]:
    """Targets and amounts as typed, or those of the suggestion that was picked, with its why."""
    if picked := page.arguments.get("pick"):
        for one in suggest(page.session, line_id):
            if one.key == picked:
                return [(word, str(amount)) for word, amount in one.parts], "; ".join(one.why)
    typed = request.values
    return list(zip(typed.getlist("target"), typed.getlist("amount"), strict=False)), ""


def _found(page: Page, line: Any, sought: str) -> tuple[list[Payment], str]:
    """The payments that were looked for, or what is wrong with what was typed."""
    try:
        return search(page.session, line, sought), ""
    except InputError as error:
        return [], error.on_page


def _parts(page: Page, line: Any, wanted: list[tuple[str, str]]) -> tuple[list[Part], str]:
    """The parts as they would be booked, or what is wrong with them."""
    try:
        return draft_parts(page.session, line, wanted), ""
    except (InputError, NotFound, Refused, Conflict) as error:
        return [], error.on_page


def _take_back_page(line_id: int, form: Form) -> str:
    with opened() as page:
        line = _line(page, line_id)
        wrong = ""
        try:
            unmatch_draft(page.session, line_id, page.say("bench.take_back"))
        except AnSinhError as error:
            wrong = error.on_page
        return page.render("pages/bench/take_back.html", form=form, line=line, wrong=wrong,
                           at=bench_line.account_of(page.session, line),
                           parts=bench_line.parts_of(page.session, line_id))  # fmt: skip


def _line(page: Page, line_id: int) -> Any:
    """A line of one of the officer's units that waits or waited. Raises NotFound."""
    line = line_of(page.session, line_id)
    page.officer.require_unit(line.unit_code)
    return line
