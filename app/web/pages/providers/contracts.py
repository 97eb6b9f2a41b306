"""Contracts: added, widened, ended and charged for by two finance officers."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from app.channels.contract_terms import Contract
from app.channels.contracts import add_contract, end_contract, widen
from app.channels.providers import provider_named
from app.channels.routes import OTHERS, routes_of
from app.clock import local_date
from app.disbursement.charges import BATCH, SAYS, Charge, agree, charges
from app.errors import NotFound
from app.reference.banks import all_banks
from app.text import mask_account
from app.units.tables import contract, paying_unit, programme
from app.web.access import guarded
from app.web.pages.providers.listing import LOOKS, sees
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading.settling import names
from app.web.second import both
from app.web.site import Page, opened, site
from app.web.typed import amount, day, needed_day
from bank_adapters.contract import Method

pages = Blueprint("contracts", __name__)
WAYS = (Method.ACCOUNT.value, Method.CASH.value)


@pages.get("/providers/<provider>/contracts/new")
@guarded("releaser")
def form(provider: str) -> str:
    """A new contract with a provider."""
    return _form(provider, EMPTY)


@pages.post("/providers/<provider>/contracts/new")
@guarded("releaser")
def add_it(provider: str) -> Answer:
    """Add a contract with its routes: two finance officers sign."""

    def work(act: Act) -> Done:
        act.require(number="providers.number_missing", unit="providers.unit_missing",
                    programme="providers.programme_missing",
                    account="providers.account_missing")  # fmt: skip
        done = add_contract(act.session, act.keyring, site().settings, both(act),
                            _written(act, provider), act.now)  # fmt: skip
        said = act.say("providers.contract_added", number=act.get("number"), n=done.routes)
        return Done(url_for("contracts.show", contract_id=done.contract_id), said)

    return acting(work, lambda form: _form(provider, form), about="number")


def _written(act: Act, provider: str) -> Contract:
    return Contract(
        act.get("number"), provider, act.get("unit"), act.get("programme"), act.get("account"),
        tuple(sorted(set(act.all("methods")))), tuple(act.all("banks")), needed_day(act, "since"),
        day(act, "until"), _whole(act, "fee", 0), _whole(act, "due_day", 10),
        _whole(act, "settlement_day", 19),
    )  # fmt: skip


def _whole(act: Act, name: str, none: int) -> int:
    told = act.get(name)
    if told and not (told.isascii() and told.isdigit() and len(told) < 6):
        raise Faulty([Problem(name, act.say("providers.no_number"))])
    return int(told) if told else none


def _form(provider: str, form: Form) -> str:
    with opened() as page:
        session, p, u = page.session, programme.c, paying_unit.c
        row = provider_named(session, provider)
        return page.render(
            "pages/providers/contract_new.html",
            row=row,
            form=form,
            units=session.execute(select(u.code, u.name).order_by(u.sort_key)).all(),
            programmes=session.execute(select(p.code, p.name).order_by(p.code)).all(),
            **_ticks(),
        )


def _ticks() -> dict[str, Any]:
    """Ways and banks that may be ticked, and what was."""
    banks = [one for one in all_banks() if one.receives_transfers and not one.is_deprecated
             and (site().training or not one.is_test)]  # fmt: skip
    return {
        "ways": WAYS,
        "others": OTHERS,
        "banks": sorted(banks, key=lambda one: one.short_name.casefold()),
        "ticked": {*request.form.getlist("methods"), *request.form.getlist("banks")},
    }


@pages.get("/contracts/<key:contract_id>")
@guarded(*LOOKS)
def show(contract_id: int) -> str:
    """One contract: its days, the banks it reaches, what the provider may keep."""
    return _page(contract_id, "show", EMPTY)


def _contract(page: Page, contract_id: int) -> Any:
    row = page.session.execute(select(contract).where(contract.c.id == contract_id)).one_or_none()
    if row is None or not sees(page, row.unit_code):
        raise NotFound(page.say("providers.no_contract"))
    return row


def _page(contract_id: int, which: str, form: Form, **more: Any) -> str:
    with opened() as page:
        row = _contract(page, contract_id)
        routes = routes_of(page.session, contract_id)
        return page.render(
            f"pages/providers/contract_{which}.html",
            row=row,
            form=form,
            today=local_date(page.as_of),
            account_hidden=mask_account(row.account),
            reached=[one.bank for one in routes if one.bank],
            charges=[one for one in charges(page.session) if one.contract_id == contract_id],
            names=names(page.session, {row.unit_code}),
            **more,
        )


@pages.get("/contracts/<key:contract_id>/widen")
@guarded("releaser")
def widen_form(contract_id: int) -> str:
    """More banks that a contract reaches."""
    return _page(contract_id, "widen", EMPTY, **_ticks())


@pages.post("/contracts/<key:contract_id>/widen")
@guarded("releaser")
def widen_it(contract_id: int) -> Answer:
    """Let a contract reach payees of more banks: two finance officers sign."""

    def work(act: Act) -> Done:
        if not act.all("banks"):
            raise Faulty([Problem("banks", act.say("providers.banks_missing"))])
        number, banks = _number(act, contract_id), tuple(act.all("banks"))
        done = widen(act.session, act.keyring, site().settings, both(act), number, banks, act.now)
        said = act.say("providers.widened", n=done.routes)
        return Done(url_for("contracts.show", contract_id=contract_id), said)

    return acting(work, lambda form: _page(contract_id, "widen", form, **_ticks()), about="banks")


def _number(act: Act, contract_id: int) -> str:
    asked = select(contract.c.number).where(contract.c.id == contract_id)
    number: str | None = act.session.scalar(asked)
    if number is None:
        raise NotFound(act.say("providers.no_contract"))
    return number


@pages.get("/contracts/<key:contract_id>/end")
@guarded("releaser")
def end_form(contract_id: int) -> str:
    """The last day of a contract, earlier or later than it was."""
    return _page(contract_id, "end", EMPTY)


@pages.post("/contracts/<key:contract_id>/end")
@guarded("releaser")
def end_it(contract_id: int) -> Answer:
    """Set a contract's last day: two finance officers sign."""

    def work(act: Act) -> Done:
        act.require(reason="providers.paper_missing")
        last = needed_day(act, "until")
        end_contract(act.session, act.keyring, both(act), _number(act, contract_id), last,
                     act.get("reason"), act.now)  # fmt: skip
        said = act.say("providers.ended", day=f"{last:%d/%m/%Y}")
        return Done(url_for("contracts.show", contract_id=contract_id), said)

    return acting(work, lambda form: _page(contract_id, "end", form), about="until")


@pages.get("/contracts/<key:contract_id>/charge")
@guarded("releaser")
def charge_form(contract_id: int) -> str:
    """What the contract lets the provider keep, or take as a fee."""
    return _page(contract_id, "charge", EMPTY, kinds=SAYS)


@pages.post("/contracts/<key:contract_id>/charge")
@guarded("releaser")
def charge_it(contract_id: int) -> Answer:
    """Write down a charge of a contract: two finance officers sign."""

    def work(act: Act) -> Done:
        act.require(kind="providers.kind_missing", reason="providers.paper_missing")
        kind = act.get("kind")
        sum_ = 0 if kind == BATCH and not act.get("amount") else amount(act, "amount")
        one = Charge(_number(act, contract_id), kind, sum_, act.get("borne") == "yes",
                     needed_day(act, "since"), act.get("reason"))  # fmt: skip
        agree(act.session, act.keyring, both(act), one, act.now)
        said = act.say("providers.charged")
        return Done(url_for("contracts.show", contract_id=contract_id), said)

    return acting(work, lambda form: _page(contract_id, "charge", form, kinds=SAYS), about="amount")
