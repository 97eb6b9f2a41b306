"""Papers of a budget year's end: a decision that lets money stay, a slip of money that went."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from app.disbursement.year_end.carrying import Decision, cell_named, write_decision
from app.disbursement.year_end.refunds import Slip, refund
from app.errors import InputError, NotFound
from app.web.access import guarded
from app.web.pages.settling.year import year_asked
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading import batches as batch_reading
from app.web.reading import payrolls as payroll_reading
from app.web.second import both, me
from app.web.site import opened
from app.web.typed import amount, needed_day
from ledger.chart import Cell
from ledger.money import format_vnd

pages = Blueprint("year_papers", __name__, url_prefix="/year-end")
CARRY, REFUND = "carry", "refund"


@pages.get("/carry")
@guarded("releaser")
def carry_form() -> str:
    """The form for a decision that lets a place keep money of the year."""
    return _page(EMPTY, CARRY)


@pages.post("/carry")
@guarded("releaser")
def carry_it() -> Answer:
    """One finance officer records the decision."""

    def work(act: Act) -> Done:
        cell, year = _named(act), year_asked()
        number, on, value = act.get("paper"), needed_day(act, "on"), _amount(act)
        one = Decision(cell, year, number, on, value)
        is_new = write_decision(act.session, act.keyring, me(act), one, act.now)
        key = "year_end.carried" if is_new else "year_end.recorded_before"
        return _told(act, key, number, value)

    return acting(work, lambda form: _page(form, CARRY))


@pages.get("/refund")
@guarded("releaser")
def refund_form() -> str:
    """The form for a slip of the Treasury: money of the year that went back."""
    return _page(EMPTY, REFUND)


@pages.post("/refund")
@guarded("releaser")
def refund_it() -> Answer:
    """Two finance officers record the slip."""

    def work(act: Act) -> Done:
        cell, year = _named(act), year_asked()
        number, on, value = act.get("paper"), needed_day(act, "on"), _amount(act)
        one = Slip(cell, year, number, on, value)
        done = refund(act.session, act.keyring, both(act), one, act.now)
        key = "year_end.refunded" if done.is_new else "year_end.recorded_before"
        return _told(act, key, number, value)

    return acting(work, lambda form: _page(form, REFUND))


def _told(act: Act, key: str, number: str, value: int) -> Done:
    said = act.say(key, number=number, amount=format_vnd(value))
    return Done(url_for("year_end.index", year=year_asked()), said)


def _amount(act: Act) -> int:
    """An amount of nothing takes a decision back; a slip of nothing is refused by its room."""
    return 0 if act.get("amount") == "0" else amount(act, "amount")


def _named(act: Act) -> Cell:
    """The contract that the form names. Raises Faulty for empty fields, InputError for none."""
    act.require(unit="year_end.unit_missing", paper="settling.paper_missing",
                amount="settling.amount_missing")  # fmt: skip
    try:
        return cell_named(act.session, act.get("unit"), act.get("programme"), act.get("provider"))
    except NotFound as error:
        raise InputError(error.message, "Xem lại đơn vị, chương trình, nơi chi trả.") from error


def _page(form: Form, kind: str) -> str:
    with opened() as page:
        page.officer.require_everything()
        return page.render(
            "pages/settling/year_paper.html",
            form=form,
            kind=kind,
            year=year_asked(),
            given={name: request.args.get(name, "") for name in ("unit", "programme", "provider")},
            programmes=payroll_reading.programmes(page.session),
            providers=batch_reading.providers(page.session),
        )
