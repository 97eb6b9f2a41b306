"""Files of a commune's list that hold full numbers: the form to fill in, and the bad rows given
back. Each is written to the trail before it leaves."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, request, send_file

from app.audit.trail import record
from app.beneficiaries import headings as h
from app.beneficiaries.errors_file import write_errors
from app.beneficiaries.prefilled import rows_of
from app.beneficiaries.template import write_list
from app.units.lookup import facts
from app.web import typed as values
from app.web.access import guarded
from app.web.pages.register.importing import first_page, own_area, reading
from app.web.posting import Act, Answer, Faulty, Form, refused, typed
from app.web.site import opened, site

pages = Blueprint("list_files", __name__, url_prefix="/lists")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.post("/template")
@guarded("maker")
def template() -> Answer:
    """The list of a month with last month's people in it."""
    form, here = Form(typed()), site()
    try:
        area, period, who = _asked(form)
    except Faulty as error:
        return refused(form, error, first_page)
    with here.database.unit_of_work() as session:
        record(session, here.clock.now(), who, "cli:register:template", f"area:{area}:{period}",
               form.get("reason"))  # fmt: skip
    with here.database.snapshot() as session, TemporaryDirectory(prefix="ansinh-") as folder:
        notice = h.SYNTHETIC_NOTICE if facts(session).get("training") else ""
        rows = rows_of(session, here.keyring, area, period)
        path = write_list(Path(folder) / "list.xlsx", area, period, rows, notice=notice)
        return _sent(path, f"danh-sach_{area}_{period}.xlsx")


@pages.post("/<digest>/errors")
@guarded("maker")
def errors(digest: str) -> Answer:
    """The bad rows of a list that was sent, wrong cells red, the reason beside them."""
    here, area, month = site(), request.args.get("area", ""), request.args.get("month", "")
    with TemporaryDirectory(prefix="ansinh-") as folder:
        target = Path(folder) / "errors.xlsx"
        with opened() as page, reading(page.session, page.officer, digest, area, month) as sent:
            count = write_errors(*sent, target, page.as_of)
            who, sha256 = page.officer.username, sent[1].sha256
        with here.database.unit_of_work() as session:
            record(session, here.clock.now(), who, "cli:register:errors", f"area:{area}",
                   f"{count} rows of {sha256[:16]} given back")  # fmt: skip
        return _sent(target, f"dong-loi_{area}.xlsx")


def _asked(form: Form) -> tuple[str, str, str]:
    """Commune, month and who asks. Raises Faulty for what is missing."""
    here = site()
    with opened() as page:
        act = Act(page.session, here.keyring, page.officer, form.values, page.language, page.as_of)
        act.require(next="editing.month_missing", reason="lists.reason_missing")
        return own_area(act), values.month(act, "next"), page.officer.username


def _sent(path: Path, name: str) -> Answer:
    content = BytesIO(path.read_bytes())
    return send_file(content, mimetype=XLSX, as_attachment=True, download_name=name)
