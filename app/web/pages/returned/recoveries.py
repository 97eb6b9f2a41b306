"""What was granted too much and how it comes back: notice, decision, receipts, plan, write-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for

from app.clock import local_date
from app.disbursement.instalments import Plan, lay_down
from app.disbursement.recovery import Decision, Overpayment, decide, overpaid
from app.disbursement.recovery_notices import WAYS, Notice, give_notice
from app.disbursement.recovery_standing import Standing, standings, still_open
from app.disbursement.repaid import Receipt, receive
from app.disbursement.written_off import WriteOff, write_off
from app.errors import NotFound
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting, seen
from app.web.reading import batches as batch_reading
from app.web.reading.returned import people_named
from app.web.second import both, me
from app.web.site import Page, opened
from app.web.typed import amount, needed_day

pages = Blueprint("recoveries", __name__, url_prefix="/recoveries")
READS = ("releaser", "approver", "auditor")
ACTS = ("releaser",)
OF_PERSON = ("notice", "decide")
OF_DECISION = ("repaid", "plan", "off")


@pages.get("")
@guarded(*READS)
def index() -> str:
    """What was granted too much and not decided upon, or the decisions and how they stand."""
    with opened() as page:
        decided = page.arguments.get("show") == "decided"
        found, stand = _found(page), _stand(page)
        chosen: Any = stand if decided else found
        paged = paging(page.arguments.get("page"), len(chosen))
        rows = chosen[paged.offset : paged.offset + paged.size]
        return page.render(
            "pages/returned/recoveries.html", decided=decided, rows=rows, paging=paged,
            found=len(found), stand=len(stand), whole=sum(one.recoverable for one in found),
            still_open=sum(one.still_open for one in stand),
            names=people_named(page.session, [one.person_id for one in rows]),
        )  # fmt: skip


@pages.get("/of/<key:person_id>")
@guarded(*READS)
def person(person_id: int) -> str:
    """What would be recovered of a person, and the forms of the notice and the decision."""
    act = request.args.get("act", "")
    return _person(person_id, EMPTY, act if act in OF_PERSON else OF_PERSON[0])


@pages.post("/of/<key:person_id>/notice")
@guarded(*ACTS)
def notice(person_id: int) -> Answer:
    """Record that the person was told, and until when he may answer."""
    _require_known(person_id)

    def work(act: Act) -> Done:
        act.require(number="recoveries.number_missing", code="form.code_missing")
        act.require_seen(_recoverable(_of_person(act, person_id)))
        programme, unit = _place()
        one = Notice(act.get("number"), needed_day(act, "sent_on"), needed_day(act, "answer_by"),
                     act.get("way"), person_id, programme, unit)  # fmt: skip
        row = give_notice(act.session, act.keyring, me(act), one, act.now)
        return Done(_address(person_id), act.say("recoveries.noticed", number=row.number))

    return acting(work, lambda form: _person(person_id, form, "notice"))


@pages.post("/of/<key:person_id>/decision")
@guarded(*ACTS)
def decision(person_id: int) -> Answer:
    """Two officers record the decision; what is open becomes a receivable."""
    _require_known(person_id)

    def work(act: Act) -> Done:
        act.require(number="recoveries.number_missing", signer="recoveries.signer_missing")
        act.require_seen(_recoverable(_of_person(act, person_id)))
        programme, unit = _place()
        one = Decision(act.get("number"), needed_day(act, "decided_on"), act.get("signer"),
                       person_id, programme, unit)  # fmt: skip
        done = decide(act.session, act.keyring, both(act), one, act.now)
        address = url_for("recoveries.show", decision_id=done.number)
        return Done(address, act.say("recoveries.decided", number=one.number))

    return acting(work, lambda form: _person(person_id, form, "decide"))


@pages.get("/<key:decision_id>")
@guarded(*READS)
def show(decision_id: int) -> str:
    """A decision: what came back, what is open, and the acts that end it."""
    act = request.args.get("act", "")
    return _show(decision_id, EMPTY, act if act in OF_DECISION else OF_DECISION[0])


@pages.post("/<key:decision_id>/repaid")
@guarded(*ACTS)
def repaid(decision_id: int) -> Answer:
    """Two officers record what the person paid back into the account."""

    def work(act: Act) -> Any:
        act.require(document="recoveries.document_missing")
        one = Receipt(decision_id, act.get("document"), needed_day(act, "received_on"),
                      act.get("provider"), amount(act, "amount"))  # fmt: skip
        return receive(act.session, act.keyring, both(act), one, act.now)

    return _acted(decision_id, work, "repaid")


@pages.post("/<key:decision_id>/plan")
@guarded(*ACTS)
def plan(decision_id: int) -> Answer:
    """Two officers record that it is paid back month by month."""

    def work(act: Act) -> Any:
        act.require(number="recoveries.number_missing", signer="recoveries.signer_missing",
                    first="recoveries.first_missing")  # fmt: skip
        one = Plan(decision_id, act.get("number"), needed_day(act, "decided_on"),
                   act.get("signer"), amount(act, "monthly"), act.get("first"))  # fmt: skip
        return lay_down(act.session, act.keyring, both(act), one, act.now)

    return _acted(decision_id, work, "plan")


@pages.post("/<key:decision_id>/write-off")
@guarded(*ACTS)
def give_up(decision_id: int) -> Answer:
    """Finance proposes and an approver of the province confirms that the rest is written off."""

    def work(act: Act) -> Any:
        act.require(number="recoveries.number_missing", signer="recoveries.signer_missing",
                    reason="recoveries.reason_missing")  # fmt: skip
        act.require_seen(still_open(act.session, decision_id))
        one = WriteOff(decision_id, act.get("number"), needed_day(act, "decided_on"),
                       act.get("signer"), act.get("reason"))  # fmt: skip
        return write_off(act.session, act.keyring, both(act), one, act.now)

    return _acted(decision_id, work, "off")


def _acted(decision_id: int, work: Callable[[Act], Any], name: str) -> Answer:
    """Do one of the acts about a decision, and go back to its page."""
    with opened() as page:
        _standing(page, decision_id)

    def once(act: Act) -> Done:
        work(act)
        said = {
            "repaid": act.say("recovery_done.repaid"),
            "plan": act.say("recovery_done.plan"),
            "off": act.say("recovery_done.off"),
        }
        return Done(url_for("recoveries.show", decision_id=decision_id), said[name])

    return acting(once, lambda form: _show(decision_id, form, name))


def _found(page: Page | Act) -> list[Overpayment]:
    units = page.officer.units
    return [one for one in overpaid(page.session) if units is None or one.unit_code in units]


def _stand(page: Page) -> list[Standing]:
    units, today = page.officer.units, local_date(page.as_of)
    return [one for one in standings(page.session, today)
            if units is None or one.unit_code in units]  # fmt: skip


def _standing(page: Page, decision_id: int) -> Standing:
    for one in _stand(page):
        if one.decision_id == decision_id:
            return one
    raise NotFound(page.say("recoveries.none"))


def _place() -> tuple[str, str]:
    return request.args.get("programme", ""), request.args.get("unit", "")


def _address(person_id: int) -> str:
    programme, unit = _place()
    return url_for("recoveries.person", person_id=person_id, programme=programme, unit=unit)


def _require_known(person_id: int) -> None:
    with opened() as page:
        _of_person(page, person_id)


def _of_person(page: Page | Act, person_id: int) -> list[Overpayment]:
    """What was granted too much to a person, of the programme and unit in the address."""
    programme, unit = _place()
    found = [one for one in _found(page) if one.person_id == person_id
             and programme in ("", one.programme) and unit in ("", one.unit_code)]  # fmt: skip
    if not found:
        raise NotFound(page.say("recoveries.nothing"))
    return found


def _recoverable(found: list[Overpayment]) -> int:
    """What a notice and a decision are about: all of it that was paid, at the first one's place."""
    place = (found[0].programme, found[0].unit_code)
    return sum(one.recoverable for one in found if (one.programme, one.unit_code) == place)


def _person(person_id: int, form: Form, act: str) -> str:
    with opened() as page:
        found = _of_person(page, person_id)
        place = (found[0].programme, found[0].unit_code)
        total = _recoverable(found)
        return page.render(
            "pages/returned/recover_person.html", form=form, act=act, acts=OF_PERSON,
            found=found, person_id=person_id,
            programme=place[0], unit=place[1], total=total, seen=seen(total), ways=WAYS,
            may=page.officer.is_one_of(*ACTS),
            names=people_named(page.session, [person_id]),
        )  # fmt: skip


def _show(decision_id: int, form: Form, act: str) -> str:
    with opened() as page:
        found = _standing(page, decision_id)
        return page.render(
            "pages/returned/recovery.html", form=form, act=act, acts=OF_DECISION, found=found,
            names=people_named(page.session, [found.person_id]),
            providers=batch_reading.providers(page.session),
            may=page.officer.is_one_of(*ACTS) and found.still_open > 0,
            seen=seen(found.still_open),
        )  # fmt: skip
