"""Two officers undo an approved payroll as long as nothing of it has left the house."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, url_for
from sqlalchemy import select

from app.access.tables import officer
from app.access.together import Signer
from app.disbursement.states import CANCELLED
from app.disbursement.undoing import ROLES, is_stoppable, undo
from app.payroll.returning import REASON_MAX
from app.payroll.states import APPROVED
from app.web.access import guarded
from app.web.pages.payrolls import one_of_his
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import payrolls as reading
from app.web.site import opened

pages = Blueprint("undoing", __name__, url_prefix="/payrolls/<key:payroll_id>/undo")


@pages.get("")
@guarded(*ROLES)
def form(payroll_id: int) -> str:
    """What undoing does, and the places for both officers' codes."""
    return _page(payroll_id, EMPTY)


@pages.post("")
@guarded(*ROLES)
def undo_it(payroll_id: int) -> Answer:
    """Undo the payroll: batches are cancelled, the books reversed, a draft takes its place."""
    with opened() as page:
        one_of_his(page, payroll_id)

    def work(act: Act) -> Done:
        act.require(reason="making.reason_missing", code="form.code_missing",
                    username_two="undoing.name_missing", code_two="form.code_missing")  # fmt: skip
        reason = act.get("reason")
        did = undo(act.session, act.keyring, _signers(act), payroll_id, reason, act.now)
        address = url_for("payrolls.show", payroll_id=did.successor)
        return Done(address, act.say("undoing.done", number=payroll_id, batches=did.batches))

    return acting(work, lambda kept: _page(payroll_id, kept))


def _signers(act: Act) -> Sequence[Signer]:
    """Who approves first, who releases second, whichever of them is signed in."""
    name = act.get("username_two")
    other = act.session.scalar(select(officer.c.id).where(officer.c.username == name))
    if other is None:
        raise Faulty([Problem("username_two", act.say("undoing.no_name"))])
    mine = Signer(act.officer.officer_id, act.code)
    his = Signer(other, "".join(act.get("code_two").split()))
    return (mine, his) if act.officer.is_one_of(ROLES[0]) else (his, mine)


def _page(payroll_id: int, form: Form) -> str:
    with opened() as page:
        found = one_of_his(page, payroll_id)
        sent = reading.batches(page.session, payroll_id)
        standing = [one for one in sent if one.state != CANCELLED]
        gone = [one for one in standing if not is_stoppable(one.state)]
        other = ROLES[1] if page.officer.is_one_of(ROLES[0]) else ROLES[0]
        return page.render("pages/approving/undo.html", form=form, found=found, batches=standing,
                           gone=gone, other=other, longest=REASON_MAX,
                           may=found.state == APPROVED and not gone)  # fmt: skip
