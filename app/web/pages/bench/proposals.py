"""What one finance officer proposed and another decides: read whole, confirmed by its digest."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from app.access.together import Signer
from app.disbursement.workbench.deciding import accept, reject
from app.disbursement.workbench.proposing import proposal_of
from app.errors import NotFound
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import bench_proposal as reading
from app.web.site import Page, opened

pages = Blueprint("bench_proposals", __name__, url_prefix="/recon/proposals")


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """Proposals that wait for a second officer, those of others first."""
    with opened() as page:
        rows = reading.waiting(page.session, page.officer)
        return page.render("pages/bench/proposals.html", rows=rows)


@pages.get("/<key:proposal_id>")
@guarded("releaser", "auditor")
def show(proposal_id: int) -> str:
    """One proposal in the words that its digest covers, with what may be done about it."""
    return _page(proposal_id, EMPTY)


@pages.post("/<key:proposal_id>/confirm")
@guarded("releaser")
def confirm_it(proposal_id: int) -> Answer:
    """Another officer confirms what he read; it is booked at once."""

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        _require_mine(act, proposal_id)
        accept(act.session, act.keyring, _signer(act), proposal_id, act.get("digest"), act.now)
        return Done(
            url_for("bench_proposals.index"), act.say("bench.confirmed", number=proposal_id)
        )

    return acting(work, lambda form: _page(proposal_id, form))


@pages.post("/<key:proposal_id>/reject")
@guarded("releaser")
def reject_it(proposal_id: int) -> Answer:
    """An officer turns a proposal down, or takes back his own."""

    def work(act: Act) -> Done:
        act.require(reason="bench.reason_missing", code="form.code_missing")
        _require_mine(act, proposal_id)
        reject(act.session, act.keyring, _signer(act), proposal_id, act.get("reason"), act.now)
        return Done(url_for("bench_proposals.index"), act.say("bench.rejected", number=proposal_id))

    return acting(work, lambda form: _page(proposal_id, form))


def _signer(act: Act) -> Signer:
    return Signer(act.officer.officer_id, act.code)


def _require_mine(act: Act, proposal_id: int) -> None:
    """Raise NotFound for a proposal about another unit's line."""
    proposal_of(act.session, proposal_id)
    act.officer.require_unit(reading.unit_of(act.session, proposal_id))


def _page(proposal_id: int, form: Form) -> str:
    with opened() as page:
        found = _found(page, proposal_id)
        return page.render("pages/bench/proposal.html", form=form, found=found,
                           content=reading.content(page.session, found),
                           is_mine=found.proposed_by == page.officer.officer_id)  # fmt: skip


def _found(page: Page, proposal_id: int) -> Any:
    found = reading.one(page.session, proposal_id)
    if found is None:
        raise NotFound(page.say("bench.no_proposal"))
    page.officer.require_unit(found.unit_code or "")
    return found
