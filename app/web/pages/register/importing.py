"""A commune's list by page: sent, mended, looked at, and applied by a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.beneficiaries import headings as h
from app.beneficiaries.difference import KINDS, difference
from app.beneficiaries.lists import last_lists, read_list, refuse_known
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.uploads import keep
from app.beneficiaries.uploads import opened as opened_file
from app.errors import Conflict, Refused
from app.months import shift
from app.payroll.late_lists import refuse_late
from app.statements.register_difference import group_name
from app.web import typed
from app.web.access import guarded
from app.web.asking import asked
from app.web.paging import paging
from app.web.place import chosen, communes, name_of
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.lists import faults_of
from app.web.site import NUL, Page, opened, site
from app.web.uploads import content_of

pages = Blueprint("importing", __name__, url_prefix="/lists")

SUFFIXES = (".xlsx", ".xls", ".csv")
REASON_MAX = 300


@pages.get("")
@guarded("maker")
def index() -> str:
    """The form to fill in, the place for a list, and the lists that came last."""
    return first_page(EMPTY)


@pages.post("")
@guarded("maker")
def send() -> Answer:
    """Keep the list that was sent; nothing of it is applied yet."""

    def work(act: Act) -> Done:
        area, period = own_area(act), typed.month(act, "period")
        name, content = content_of("file", SUFFIXES)
        here = site()
        digest = keep(here.keyring, here.home, act.officer.officer_id, name, content, act.now)
        return Done(url_for("importing.show", digest=digest, area=area, month=period or None))

    return acting(work, first_page)


@pages.get("/<digest>")
@guarded("maker")
def show(digest: str) -> str:
    """What is wrong with a list, cell by cell; or what it would change."""
    return _page(digest, EMPTY)


@pages.post("/<digest>/apply")
@guarded("maker")
def apply_it(digest: str) -> Answer:
    """Let a worker apply the list, if it still changes what was shown."""

    def work(act: Act) -> Done:
        area, period = own_area(act), act.get("month")
        arguments = {
            "area": area,
            "period": period,
            "said": act.all("map"),
            "expected": act.get("expected"),
            "digest": digest,
            "officer": act.officer.username,
            "officer_id": act.officer.officer_id,
        }
        with reading(act.session, act.officer, digest, area, period) as (_, read):
            refuse_known(act.session, read, act.now)
            refuse_late(act.session, read.commune_code, read.period)
        return asked(act, "register_import", arguments)

    return acting(work, lambda form: _page(digest, form))


def own_area(act: Act) -> str:
    """The commune of the form. Raises Faulty for none, NotFound for another's."""
    act.require(area="lists.area_missing")
    act.officer.require_area(act.get("area"))
    return act.get("area")


def said() -> list[str]:
    """What the officer said of headings: 'as found=ours'."""
    told = [*request.args.getlist("map"), *request.form.getlist("map")]
    return list(dict.fromkeys(one.replace(NUL, "") for one in told if "=" in one))


def first_page(form: Form) -> str:
    """The page with the form to fill in and the place for a list."""
    with opened() as page:
        mine = communes(page)
        area = form.get("area") or chosen(page) or (mine[0].code if mine else "")
        rows = last_lists(page.session, page.officer.areas)
        newest = max((one.period for one in rows if one.area_code == area), default=page.period)
        return page.render("pages/register/lists.html", form=form, area=area, areas=mine,
                           rows=rows, name_of=name_of, following=shift(newest, 1),
                           suffixes=",".join(SUFFIXES), longest=REASON_MAX)  # fmt: skip


@contextmanager
def reading(
    session: Session, who: Viewer, digest: str, area: str, month: str
) -> Iterator[tuple[Path, WorkbookResult]]:
    """The officer's list as it was sent, and what it says. Raises NotFound."""
    here = site()
    who.require_area(area)
    with opened_file(here.keyring, here.home, who.officer_id, digest) as path:
        yield path, read_list(session, path, area, month, said())


def _page(digest: str, form: Form) -> str:
    area, month = (request.values.get(name, "").replace(NUL, "") for name in ("area", "month"))
    with opened() as page, reading(page.session, page.officer, digest, area, month) as (path, read):
        told = {"form": form, "digest": digest, "area": area, "of_month": month, "read": read,
                "said": said(), "name_of": name_of}  # fmt: skip
        if read.missing:
            return page.render("pages/register/list_columns.html", ours=h.HEADINGS, **told)
        if read.errors:
            faults = faults_of(path, read)
            return page.render("pages/register/list_faults.html", faults=faults, **told)
        return _difference(page, read, told)


def _difference(page: Page, read: WorkbookResult, told: dict[str, Any]) -> str:
    found = difference(page.session, site().keyring, read)
    paged = paging(page.arguments.get("page"), len(found.lines))
    return page.render(
        "pages/register/list_difference.html",
        found=found,
        rows=found.lines[paged.offset : paged.offset + paged.size],
        paging=paged,
        kinds=KINDS,
        blocked=_blocked(page, read),
        group_name=group_name,
        **told,
    )


def _blocked(page: Page, read: WorkbookResult) -> str:
    """Why the list cannot be applied any more, '' where it can."""
    try:
        refuse_known(page.session, read, page.as_of)
        refuse_late(page.session, read.commune_code, read.period)
    except (Conflict, Refused) as error:
        return error.on_page
    return ""
