"""Lines taken off a draft: chosen, looked at, then taken off with a reason and a code."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from app.payroll.excluding import exclude
from app.payroll.returning import REASON_MAX
from app.payroll.states import DRAFT
from app.web.access import guarded
from app.web.pages.payrolls import one_of_his
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import lines as line_reading
from app.web.site import opened

pages = Blueprint("excluding", __name__, url_prefix="/payrolls/<key:payroll_id>/exclude")

MOST = 100
"""Lines that are taken off in one act at most."""
_DIGITS_MAX = 9


@pages.get("")
@guarded("maker")
def form(payroll_id: int) -> str:
    """The lines that were chosen, and what the payroll holds without them."""
    asked = [*request.args.getlist("line"), request.args.get("lines", "")]
    return _page(payroll_id, EMPTY, _numbers(" ".join(asked)))


@pages.post("")
@guarded("maker")
def take_off(payroll_id: int) -> Answer:
    """Take the lines off; what is owed stays owed."""
    with opened() as page:
        one_of_his(page, payroll_id)

    def work(act: Act) -> Done:
        lines = _numbers(act.get("lines"))
        if not lines:
            raise Faulty([Problem("lines", act.say("excluding.none"))])
        act.require(reason="making.reason_missing", code="form.code_missing")
        did = exclude(act.session, act.keyring, act.officer.officer_id, act.code, payroll_id,
                      lines, act.get("reason"), act.now)  # fmt: skip
        told = act.say("excluding.done", n=did.lines, left=did.lines_left)
        return Done(url_for("payrolls.show", payroll_id=payroll_id), told)

    return acting(work, lambda kept: _page(payroll_id, kept, _numbers(kept.get("lines"))))


def _numbers(text: str) -> list[int]:
    """Numbers of lines from what was ticked or typed, '3, 17 20'; what is no number is left out."""
    words = text.replace(",", " ").replace(";", " ").split()
    known = (one for one in words if one.isascii() and one.isdigit() and len(one) <= _DIGITS_MAX)
    return sorted({int(one) for one in known})[:MOST]


def _page(payroll_id: int, kept: Form, numbers: list[int]) -> str:
    with opened() as page:
        found = one_of_his(page, payroll_id)
        rows: list[Any] = line_reading.numbered(page.session, found, numbers)
        taken = sum(row.amount for row in rows)
        return page.render(
            "pages/making/exclude.html",
            form=kept,
            found=found,
            rows=rows,
            listed=", ".join(str(row.line) for row in rows),
            missing=sorted(set(numbers) - {row.line for row in rows}),
            taken=taken,
            may=found.state == DRAFT,
            longest=REASON_MAX,
            most=MOST,
        )
