"""How far a commune is from cash to account, and the papers that are taken along."""

from __future__ import annotations

from flask import Blueprint

from app.beneficiaries.still_cash import REASONS
from app.cashless.campaign_kept import running
from app.cashless.follow_up import how_many_to_do, to_do
from app.cashless.profile import profiles
from app.cashless.progress import Progress, progress
from app.cashless.requests import unanswered
from app.clock import local_date
from app.reference.banks import all_banks
from app.web.access import SEES, guarded
from app.web.asking import asked
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.site import opened

pages = Blueprint("cashless", __name__, url_prefix="/accounts")

SHEETS = ("pdf", "xlsx")
REASON_MAX = 300


@pages.get("")
@guarded(*SEES)
def index() -> str:
    """A commune's figures, each of which leads to its people, and what can be asked for."""
    return _page(EMPTY)


@pages.get("/returned")
@guarded(*SEES)
def returned() -> str:
    """People whose money came back and who take cash since."""
    with opened() as page:
        area = chosen(page) if page.arguments.get("area") else ""
        areas = page.officer.areas
        paged = paging(page.arguments.get("page"), how_many_to_do(page.session, area, areas))
        rows = to_do(page.session, area, areas=areas, limit=paged.size, skip=paged.offset)
        return page.render("pages/cashless/returned.html", rows=rows, paging=paged, name_of=name_of)


@pages.post("/visits")
@guarded("maker")
def visits() -> Answer:
    """Ask for the visit sheets of a commune."""

    def work(act: Act) -> Done:
        if act.get("form") not in SHEETS:
            raise Faulty([Problem("", act.say("waiting.no_form"))])
        return _asked(act, "account_visits", form=act.get("form"))

    return acting(work, _page)


@pages.post("/forms")
@guarded("maker")
def forms() -> Answer:
    """Ask for registration forms of everybody on cash; full numbers stand in them."""

    def work(act: Act) -> Done:
        act.require(why="cashless.why_missing")
        return _asked(act, "account_forms", reason=act.get("why"))

    return acting(work, _page)


@pages.post("/list")
@guarded("maker")
def bank_list() -> Answer:
    """Ask for the list by which a bank is asked to open accounts."""

    def work(act: Act) -> Done:
        act.require(bank="cashless.bank_missing", ground="cashless.why_missing")
        if act.get("profile") not in profiles():
            raise Faulty([Problem("profile", act.say("editing.choose"))])
        told = {"bank": act.get("bank"), "profile": act.get("profile"), "reason": act.get("ground")}
        return _asked(act, "account_list", form=profiles()[act.get("profile")].format, **told)

    return acting(work, _page)


def _asked(act: Act, kind: str, **more: str) -> Done:
    """Put the work down for a worker; it is the officer's own commune or none."""
    area = act.get("area")
    act.officer.require_area(area)
    arguments = {"area": area, "officer": act.officer.username, **more}
    return asked(act, kind, arguments)


def _page(form: Form) -> str:
    with opened() as page:
        area = form.get("area") or chosen(page)
        found, today = Progress(), local_date(page.as_of)
        campaign = running(page.session, today)
        if area:
            page.officer.require_area(area)
            found = progress(page.session, area, today, campaign).get(area, Progress())
        mine = frozenset((area,))
        return page.render(
            "pages/cashless/progress.html",
            form=form,
            area=area,
            areas=communes(page),
            name_of=name_of,
            found=found,
            campaign=campaign,
            reasons=REASONS,
            returned=how_many_to_do(page.session, area, mine),
            unanswered=unanswered(page.session, mine),
            banks=[(one.bin, one.short_name) for one in all_banks() if one.receives_transfers],
            profiles=[(code, one.name) for code, one in profiles().items()],
            may=page.officer.is_one_of("maker"),
            longest=REASON_MAX,
        )
