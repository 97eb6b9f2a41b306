"""Money that providers lost, made good, or sent back to the Treasury: each by a paper and two."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, url_for

from app.access.together import Signer
from app.disbursement.recovery import Recorded
from app.disbursement.settling import losses as room
from app.disbursement.settling.losses import Loss, Repayment, Return
from app.disbursement.year_end.carrying import cell_named
from app.errors import InputError, NotFound
from app.web.access import guarded
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import batches as batch_reading
from app.web.reading import payrolls as payroll_reading
from app.web.reading.settling import names
from app.web.second import both
from app.web.site import opened
from app.web.typed import amount_of, day_of
from ledger.chart import Cell

pages = Blueprint("losses", __name__, url_prefix="/losses")
Record = Callable[[Act, list[Signer]], Recorded]


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """Every loss, what was made good, and what is still claimed."""
    with opened() as page:
        units = page.officer.units
        rows = [one for one in room.losses(page.session) if units is None or one.cell.unit in units]
        return page.render("pages/settling/losses.html", rows=rows,
                           names=names(page.session, (one.cell.unit for one in rows)))  # fmt: skip


@pages.get("/new")
@guarded("releaser")
def lose_form() -> str:
    """The form for money that a provider lost."""
    return _paper_page(EMPTY, "lose")


@pages.post("/new")
@guarded("releaser")
def lose_it() -> Answer:
    """Two record a loss by its report."""

    def record(act: Act, two: list[Signer]) -> Recorded:
        one = Loss(
            _cell(act), act.get("paper"), day_of(act.get("on")), amount_of(act.get("amount"))
        )
        return room.lose(act.session, act.keyring, two, one, act.now)

    return _recorded(record, lambda form: _paper_page(form, "lose"))


@pages.get("/unspent")
@guarded("releaser")
def return_form() -> str:
    """The form for unspent money that went back to the Treasury."""
    return _paper_page(EMPTY, "give_back")


@pages.post("/unspent")
@guarded("releaser")
def return_it() -> Answer:
    """Two record by its slip that unspent money went back."""

    def record(act: Act, two: list[Signer]) -> Recorded:
        one = Return(
            _cell(act), act.get("paper"), day_of(act.get("on")), amount_of(act.get("amount"))
        )
        return room.give_back(act.session, act.keyring, two, one, act.now)

    return _recorded(record, lambda form: _paper_page(form, "give_back"))


@pages.get("/<key:loss_id>/paid")
@guarded("releaser")
def paid_form(loss_id: int) -> str:
    """The form for what a provider makes good."""
    return _paid_page(loss_id, EMPTY)


@pages.post("/<key:loss_id>/paid")
@guarded("releaser")
def paid_it(loss_id: int) -> Answer:
    """Two record that a provider made good what it lost, or a part of it."""

    def record(act: Act, two: list[Signer]) -> Recorded:
        act.officer.require_unit(room.loss_of(act.session, loss_id).cell.unit)
        paper = act.get("paper")
        one = Repayment(loss_id, paper, day_of(act.get("on")), amount_of(act.get("amount")))
        return room.make_good(act.session, act.keyring, two, one, act.now)

    return _recorded(record, lambda form: _paid_page(loss_id, form))


def _recorded(record: Record, again: Callable[[Form], str]) -> Answer:
    def work(act: Act) -> Done:
        act.require(paper="settling.paper_missing", on="settling.day_missing",
                    amount="settling.amount_missing")  # fmt: skip
        done = record(act, both(act))
        number = act.get("paper")
        before = act.say("settling.recorded_before", number=number)
        said = act.say("settling.recorded", number=number) if done.is_new else before
        return Done(url_for("losses.index"), said)

    return acting(work, again)


def _cell(act: Act) -> Cell:
    """The contract that the form names, of the officer's units."""
    act.officer.require_unit(act.get("unit"))
    try:
        return cell_named(act.session, act.get("unit"), act.get("programme"), act.get("provider"))
    except NotFound as error:
        raise InputError(error.message, error.what_to_do) from error


def _paper_page(form: Form, kind: str) -> str:
    with opened() as page:
        return page.render(
            "pages/settling/paper.html",
            form=form,
            kind=kind,
            loss=None,
            programmes=payroll_reading.programmes(page.session),
            providers=batch_reading.providers(page.session),
        )


def _paid_page(loss_id: int, form: Form) -> str:
    with opened() as page:
        loss = room.loss_of(page.session, loss_id)
        page.officer.require_unit(loss.cell.unit)
        return page.render("pages/settling/paper.html", form=form, kind="make_good", loss=loss,
                           programmes=[], providers=[])  # fmt: skip
