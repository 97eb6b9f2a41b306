"""Where a person's money goes, and a new number of his identity card: two officers confirm each."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.beneficiaries.cooling import OTHER, PROOFS, usable_from
from app.beneficiaries.destinations import person_row
from app.beneficiaries.kinds import BANK, KINDS, POST, NewAccount
from app.beneficiaries.order_of_use import standing
from app.beneficiaries.reissue import NewId, reissue
from app.beneficiaries.signed_changes import change_account, change_order
from app.clock import local_date
from app.reference.banks import all_banks
from app.reference.money_providers import all_money_providers
from app.web import typed
from app.web.access import guarded
from app.web.pages.register.person import EDITORS, REASON_MAX, back, found
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.second import both, names_and_codes
from app.web.site import opened

pages = Blueprint("paying", __name__, url_prefix="/people/<key:person_id>")

REASONS = ("reissued", "corrected")


@pages.get("/account")
@guarded("maker")
def account_form(person_id: int) -> str:
    """The form for another place that the money goes to."""
    return _page("account", person_id, EMPTY)


@pages.post("/account")
@guarded("maker")
def account(person_id: int) -> Answer:
    """Maker and checker change where the money goes; a new account may have to wait."""

    def work(act: Act) -> Done:
        act.require(reference="editing.ground_missing")
        kind, proof = act.get("kind"), act.get("proof") or OTHER
        if kind not in KINDS:
            raise Faulty([Problem("kind", act.say("editing.choose"))])
        new = NewAccount(act.get("bank"), act.get("account"), act.get("holder"), kind)
        asked = act.officer.username if act.get("own_phone") else ""
        change_account(act.session, act.keyring, both(act), person_id, new, act.get("reference"),
                       act.now, asked_phone=asked, proof=proof)  # fmt: skip
        waits = None if kind == POST else usable_from(proof, act.now)
        done = back(act, person_id, "paying.done")
        if waits is None:
            return done
        return Done(done.address, act.say("paying.waits", day=f"{waits:%d/%m/%Y}"))

    return acting(work, lambda form: _page("account", person_id, form), about="account")


@pages.get("/order/<key:version>")
@guarded("maker")
def order_form(person_id: int, version: int) -> str:
    """The form for putting an earlier destination first again."""
    return _page("order", person_id, EMPTY, version)


@pages.post("/order/<key:version>")
@guarded("maker")
def order(person_id: int, version: int) -> Answer:
    """Maker and checker put an earlier destination first again."""

    def work(act: Act) -> Done:
        act.require(reference="editing.ground_missing")
        change_order(act.session, act.keyring, both(act), person_id, version,
                     act.get("reference"), act.now)  # fmt: skip
        return back(act, person_id, "paying.ordered")

    return acting(work, lambda form: _page("order", person_id, form, version))


@pages.get("/id")
@guarded(*EDITORS)
def id_form(person_id: int) -> str:
    """The form for a number that was issued anew or put right."""
    return _page("id", person_id, EMPTY)


@pages.post("/id")
@guarded(*EDITORS)
def new_id(person_id: int) -> Answer:
    """Two officers give a person another number; the old one still finds him."""

    def work(act: Act) -> Done:
        if act.get("reason") not in REASONS:
            raise Faulty([Problem("reason", act.say("editing.choose"))])
        day = typed.day(act, "changed_on") or local_date(act.now)
        number = "".join(act.get("new_id").split())
        new = NewId(number, act.get("reason"), act.get("reference"), day)
        reissue(act.session, act.keyring, person_id, new, names_and_codes(act), act.now)
        return back(act, person_id, "paying.new_id_done")

    return acting(work, lambda form: _page("id", person_id, form), about="new_id")


def _page(what: str, person_id: int, form: Form, version: int = 0) -> str:
    with opened() as page:
        row = found(page, person_id)
        person_row(page.session, person_id)
        here = standing(page.session, [person_id])[person_id].rows
        return page.render(
            f"pages/register/{what}.html",
            form=form,
            found=row,
            destinations=here,
            chosen=next((one for one in here if one.version == version), None),
            kinds=KINDS,
            keepers=_keepers(),
            bank_kind=BANK,
            proofs=PROOFS,
            reasons=REASONS,
            longest=REASON_MAX,
        )


def _keepers() -> list[tuple[str, str]]:
    """(code, name) of every bank that takes transfers and every provider of mobile money."""
    rows: list[Any] = [one for one in all_banks()
                       if one.receives_transfers and not one.is_deprecated]  # fmt: skip
    banks = [(one.bin, one.short_name) for one in rows]
    known = {code for code, _ in banks}
    others = [(one.code, one.short_name) for one in all_money_providers()]
    return sorted([*banks, *(one for one in others if one[0] not in known)], key=lambda one: one[1])
