"""Providers: the list, one provider's page, a new one by two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import func, select

from app.channels.contracts import all_contracts
from app.channels.inbound import counted
from app.channels.lookup import all_channels, in_force
from app.channels.providers import (
    Provider,
    add_provider,
    all_providers,
    capabilities_now,
    provider_named,
)
from app.clock import local_date
from app.errors import AnSinhError, Conflict
from app.units.tables import contract_route
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.reading.settling import names
from app.web.second import both
from app.web.site import Page, opened, site

pages = Blueprint("providers", __name__, url_prefix="/providers")
LOOKS = ("releaser", "auditor", "admin")
CALLS_SHOWN = timedelta(days=7)


def sees(page: Page, unit: str) -> bool:
    """Whether what stands at a unit is his to see: administrators see contracts everywhere, and
    nobody's people or money by that."""
    units = page.officer.units
    return page.officer.is_one_of("admin") or units is None or unit in units


@pages.get("")
@guarded(*LOOKS)
def index() -> str:
    """Every provider: its adapter, whose money it is, contracts, whether it can be reached."""
    with opened() as page:
        reached, wrong = _reached(page)
        rows = all_providers(page.session)
        return page.render("pages/providers/list.html", rows=rows, reached=reached, wrong=wrong)


def _reached(page: Page) -> tuple[Mapping[str, str], str]:
    """The courier of each provider with a channel in force, or what is wrong with one."""
    try:
        rows = in_force(page.session, local_date(page.as_of))
    except Conflict as error:
        return {}, error.on_page
    return {row.provider: row.courier for row in rows}, ""


@pages.get("/new")
@guarded("releaser")
def form() -> str:
    """A new provider, with the adapter that speaks for it."""
    return _form(EMPTY)


@pages.post("/new")
@guarded("releaser")
def add_it() -> Answer:
    """Add a provider: two finance officers sign; it is never changed."""

    def work(act: Act) -> Done:
        act.require(provider="providers.code_missing", name="providers.name_missing",
                    adapter="providers.adapter_missing",
                    advance="providers.advance_missing")  # fmt: skip
        what = Provider(act.get("provider"), act.get("name"), act.get("adapter"),
                        act.get("advance") == "yes", bool(act.get("promised")))  # fmt: skip
        settings = site().settings
        add_provider(act.session, act.keyring, settings, both(act), what, act.now)
        said = act.say("providers.added", name=what.name)
        return Done(url_for("providers.show", provider=what.code), said)

    return acting(work, _form, about="provider")


def _form(form: Form) -> str:
    with opened() as page:
        return page.render("pages/providers/new.html", form=form, adapters=site().settings.adapters)


@pages.get("/<provider>")
@guarded(*LOOKS)
def show(provider: str) -> str:
    """One provider: what it does, how it is reached, its contracts, what it called to say."""
    with opened() as page:
        session, today = page.session, local_date(page.as_of)
        row = provider_named(session, provider)
        rows = [one for one in all_contracts(session, provider) if sees(page, one.unit_code)]
        paged = paging(page.arguments.get("page"), len(rows))
        shown = rows[paged.offset : paged.offset + paged.size]
        channels = all_channels(session, provider)
        reached, wrong = _reached(page)
        return page.render(
            "pages/providers/show.html",
            row=row,
            today=today,
            contracts=shown,
            paging=paged,
            routes=_routes(page, [one.id for one in shown]),
            waits=[one for one in channels if one.confirmed_at is None],
            versions=len(channels),
            courier=reached.get(provider, ""),
            wrong=wrong,
            able=_able(page, provider),
            calls=counted(session, provider, page.as_of - CALLS_SHOWN),
            names=names(session, {one.unit_code for one in shown}),
        )


def _routes(page: Page, ids: Sequence[int]) -> dict[int, int]:
    """How many banks each contract reaches."""
    r = contract_route.c
    query = select(r.contract_id, func.count().label("banks")).where(r.contract_id.in_(ids))
    rows = page.session.execute(query.where(r.bank_bin != "").group_by(r.contract_id))
    return {row.contract_id: row.banks for row in rows}


def _able(page: Page, provider: str) -> Any:
    """How a provider can pay by its channel of today, or in words why that is not known."""
    try:
        today, settings = local_date(page.as_of), site().settings
        return sorted(one.value for one in capabilities_now(
            page.session, settings, provider, today).methods)  # fmt: skip
    except AnSinhError as error:
        return error.on_page
