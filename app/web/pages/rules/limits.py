"""How much one line may bring, and an account pay in a day at most; two of finance set it."""

from __future__ import annotations

from flask import Blueprint, url_for
from sqlalchemy import select

from app.errors import NotFound
from app.payroll.limit_tables import LINE_MONTH
from app.payroll.limits import MEASURES, Limit, limits, set_limit
from app.units.tables import programme, provider
from app.web.access import guarded
from app.web.pages.rules.tabs import LOOKS, tabs
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading.settling import names
from app.web.refusals import told
from app.web.second import both
from app.web.site import asked_language, opened
from app.web.typed import amount, needed_day

pages = Blueprint("limits", __name__, url_prefix="/limits")


@pages.get("")
@guarded(*LOOKS)
def index() -> str:
    """Every limit that was set, the newest first."""
    return _page(EMPTY)


@pages.post("")
@guarded("releaser")
def set_it() -> Answer:
    """Set a limit from a day on: two finance officers sign."""

    def work(act: Act) -> Done:
        act.require(measure="rules.measure_missing", reason="rules.source_missing")
        measure = act.get("measure")
        field = "programme" if measure == LINE_MONTH else "provider"
        if measure not in MEASURES:
            raise Faulty([Problem("measure", act.say("rules.measure_missing"))])
        limit = Limit(measure, act.get(field), needed_day(act, "since"), amount(act, "amount"),
                      act.get("reason"))  # fmt: skip
        try:
            set_limit(act.session, act.keyring, both(act), limit, act.now)
        except NotFound as error:
            raise Faulty([Problem(field, *told(error, asked_language()))]) from error
        said = act.say("rules.limit_set", day=f"{limit.from_day:%d/%m/%Y}")
        return Done(url_for("limits.index"), said)

    return acting(work, _page, about="amount")


def _page(form: Form) -> str:
    with opened() as page:
        p, v = programme.c, provider.c
        return page.render(
            "pages/rules/limits.html",
            tabs=tabs(page, "limits"),
            rows=list(reversed(limits(page.session))),
            measures=list(MEASURES),
            programmes=page.session.execute(select(p.code, p.name).order_by(p.code)).all(),
            providers=page.session.execute(select(v.code, v.name).order_by(v.code)).all(),
            names=names(page.session, ()),
            line_month=LINE_MONTH,
            form=form,
        )
