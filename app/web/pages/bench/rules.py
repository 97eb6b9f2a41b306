"""Rules made from a line: what they would have taken is shown before one is proposed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.access.together import Signer
from app.access.viewer import Viewer
from app.disbursement.line_rules import SAYS
from app.disbursement.workbench.lines import line_of
from app.disbursement.workbench.proposing import propose
from app.disbursement.workbench.ruling import Wanted, end_draft, preview, rule_draft, rule_of
from app.disbursement.workbench.telling import rule_told
from app.errors import AnSinhError, NotFound
from app.web import catalogue
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting, typed
from app.web.reading import bench as reading
from app.web.reading import bench_line
from app.web.site import Page, asked_language, opened, site
from app.web.typed import amount_of, day_of

pages = Blueprint("bench_rules", __name__, url_prefix="/recon")
SHOWN = 20


@pages.get("/rules")
@guarded("releaser", "auditor")
def index() -> str:
    """The rules at the officer's accounts that two confirmed, also those that ended."""
    with opened() as page:
        rows = [(row, rule_told(row._asdict()), _may_end(page, row))
                for row in reading.rules_of(page.session, page.officer)]  # fmt: skip
        return page.render("pages/bench/rules.html", rows=rows)


@pages.get("/lines/<key:line_id>/rule")
@guarded("releaser")
def make_form(line_id: int) -> str:
    """A rule from this line, with the lines of the last year that it would have taken."""
    return _make_page(line_id, EMPTY)


@pages.post("/lines/<key:line_id>/rule")
@guarded("releaser")
def make_it(line_id: int) -> Answer:
    """Propose the rule as it was shown; `preview` only shows again what it would take."""
    if request.form.get("preview"):
        return _make_page(line_id, Form(typed()))

    def work(act: Act) -> Done:
        act.officer.require_unit(line_of(act.session, line_id).unit_code)
        act.require(reason="bench.reason_missing", code="form.code_missing")
        rule = rule_of(act.session, line_id, _wanted(act.values), act.now)
        draft = rule_draft(rule, act.get("reason"))
        signer = Signer(act.officer.officer_id, act.code)
        row = propose(act.session, act.keyring, signer, draft, act.now)
        return Done(url_for("bench_proposals.index"), act.say("bench.proposed", number=row.id))

    return acting(work, lambda form: _make_page(line_id, form))


@pages.get("/rules/<key:rule_id>/end")
@guarded("releaser")
def end_form(rule_id: int) -> str:
    """The day from which a rule is used no more."""
    return _end_page(rule_id, EMPTY)


@pages.post("/rules/<key:rule_id>/end")
@guarded("releaser")
def end_it(rule_id: int) -> Answer:
    """Propose the end of a rule."""

    def work(act: Act) -> Done:
        act.require(on="bench.day_missing", reason="bench.reason_missing", code="form.code_missing")
        _require_his(act.session, act.officer, rule_id)
        draft = end_draft(act.session, rule_id, day_of(act.get("on")), act.get("reason"), act.now)
        signer = Signer(act.officer.officer_id, act.code)
        row = propose(act.session, act.keyring, signer, draft, act.now)
        return Done(url_for("bench_proposals.index"), act.say("bench.proposed", number=row.id))

    return acting(work, lambda form: _end_page(rule_id, form))


def _may_end(page: Page, row: Any) -> bool:
    """Whether the officer may propose its end: a rule of every account ends for every unit."""
    return page.officer.is_one_of("releaser") and (
        bool(row.account) or page.officer.sees_everything
    )


def _require_his(session: Session, officer: Viewer, rule_id: int) -> Row[Any]:
    """A rule at the officer's accounts. Raises NotFound; Forbidden for one of every account where
    some units only are his."""
    rows = reading.rules_of(session, officer)
    row = next((one for one in rows if one.proposal_id == rule_id), None)
    if row is None:
        raise NotFound(catalogue.say(asked_language(), "bench.no_rule"))
    if not row.account:
        officer.require_everything()
    return row


def _wanted(values: Any) -> Wanted:
    """What the form asks of the rule; empty fields are what the line says."""
    since = values.get("since", "").strip()
    low, high = (amount_of(values.get(name, "")) for name in ("least", "most"))
    return Wanted(values.get("means", ""), values.get("words", "").strip(), low, high,
                  bool(values.get("any_account")), day_of(since) if since else None)  # fmt: skip


def _make_page(line_id: int, form: Form) -> str:
    with opened() as page:
        line = line_of(page.session, line_id)
        page.officer.require_unit(line.unit_code)
        values = form.values or page.arguments
        rule, found, wrong = _shown(page, line_id, values, site().clock.now())
        return page.render(
            "pages/bench/rule.html",
            form=form if form.values else Form({**page.arguments}),
            line=line,
            at=bench_line.account_of(page.session, line),
            meanings=[one for one in SAYS.items() if (one[0] == "fee") == (line.amount < 0)],
            rule=rule,
            found=found[:SHOWN],
            count=len(found),
            wrong=wrong,
        )


def _shown(page: Page, line_id: int, values: Any, now: datetime) -> tuple[str, list[Any], str]:
    """The rule in words and the lines it would have taken; or what is wrong with it."""
    if not values.get("means"):
        return "", [], ""
    try:
        rule = rule_of(page.session, line_id, _wanted(values), now)
    except AnSinhError as error:
        return "", [], error.on_page
    return rule_told(asdict(rule)), preview(page.session, rule, now), ""


def _end_page(rule_id: int, form: Form) -> str:
    with opened() as page:
        row = _require_his(page.session, page.officer, rule_id)
        return page.render("pages/bench/rule_end.html", form=form, row=row,
                           told=rule_told(row._asdict()))  # fmt: skip
