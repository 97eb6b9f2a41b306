"""What stands on paper about a person: who takes the money for him, disability, his household."""

from __future__ import annotations

from flask import Blueprint

from app.beneficiaries.papers import Payee, set_disability, set_payee, set_poverty
from app.statements.person_file import person_file
from app.web import typed
from app.web.access import guarded
from app.web.pages.register.person import EDITORS, REASON_MAX, actor, back, found
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.site import opened, site

pages = Blueprint("papers", __name__, url_prefix="/people/<key:person_id>")

PAYEES = ("self", "guardian", "authorised")
DEGREES = ("extreme", "severe", "light")
LEVELS = ("poor", "near_poor", "none")


@pages.get("/payee")
@guarded(*EDITORS)
def payee_form(person_id: int) -> str:
    """The form for who takes the money."""
    return _page("payee", person_id, EMPTY)


@pages.post("/payee")
@guarded(*EDITORS)
def payee(person_id: int) -> Answer:
    """Record who takes the money from now on."""

    def work(act: Act) -> Done:
        kind = _one_of(act, "kind", PAYEES)
        signed_on, until = typed.day(act, "signed_on"), typed.day(act, "valid_until")
        who, months = actor(act), site().settings.authorisation_months
        given = Payee("self")
        if kind != "self":
            name, number, relation = (act.get(one) for one in ("name", "citizen_id", "relation"))
            given = Payee(kind, name, number, relation, who.reference, signed_on, until)
        set_payee(act.session, act.keyring, who, person_id, given, months)
        return back(act, person_id, "editing.done")

    return acting(work, lambda form: _page("payee", person_id, form))


@pages.get("/disability")
@guarded(*EDITORS)
def disability_form(person_id: int) -> str:
    """The form for a certificate of disability."""
    return _page("disability", person_id, EMPTY)


@pages.post("/disability")
@guarded(*EDITORS)
def disability(person_id: int) -> Answer:
    """Record a certificate of disability; its number is the ground."""

    def work(act: Act) -> Done:
        degree, who = _one_of(act, "degree", DEGREES), actor(act)
        day = typed.day(act, "certified_on")
        set_disability(act.session, who, person_id, act.get("kind"), degree, who.reference, day)
        return back(act, person_id, "editing.done")

    return acting(work, lambda form: _page("disability", person_id, form), about="kind")


@pages.get("/poverty")
@guarded(*EDITORS)
def poverty_form(person_id: int) -> str:
    """The form for the level of the person's household."""
    return _page("poverty", person_id, EMPTY)


@pages.post("/poverty")
@guarded(*EDITORS)
def poverty(person_id: int) -> Answer:
    """Record from which month on the household is poor, near-poor or neither, by decision."""

    def work(act: Act) -> Done:
        home = person_file(act.session, person_id)
        if home["household"] is None:
            raise Faulty([Problem("", act.say("editing.no_household"))])
        level, who = _one_of(act, "level", LEVELS), actor(act)
        act.require(since="editing.month_missing")
        set_poverty(act.session, who, home["area_code"], home["household"]["number"],
                    typed.month(act, "since"), level, who.reference,
                    typed.day(act, "decided_on"))  # fmt: skip
        return back(act, person_id, "editing.done")

    return acting(work, lambda form: _page("poverty", person_id, form))


def _one_of(act: Act, name: str, allowed: tuple[str, ...]) -> str:
    if act.get(name) not in allowed:
        raise Faulty([Problem(name, act.say("editing.choose"))])
    return act.get(name)


def _page(what: str, person_id: int, form: Form) -> str:
    with opened() as page:
        row = found(page, person_id)
        return page.render(
            f"pages/register/{what}.html",
            form=form,
            found=row,
            file=person_file(page.session, person_id),
            payees=PAYEES,
            degrees=DEGREES,
            levels=LEVELS,
            months=site().settings.authorisation_months,
            longest=REASON_MAX,
        )
