"""How a provider is reached: every version, proposed by one, confirmed by another, and tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, url_for

from app.channels.deciding import confirm_channel, propose
from app.channels.lookup import Terms, all_channels, in_force, next_version
from app.channels.profile import COURIERS, PROFILE_MAX
from app.channels.providers import provider_named
from app.clock import local_date
from app.errors import Conflict, InputError, SettingsError
from app.web.access import guarded
from app.web.asking import asked
from app.web.pages.providers.listing import LOOKS
from app.web.posting import EMPTY, Act, Answer, Done, Form, acting
from app.web.second import me
from app.web.site import Page, opened, site
from app.web.typed import day

pages = Blueprint("channels", __name__, url_prefix="/providers/<provider>")


@pages.get("/channels")
@guarded(*LOOKS)
def index(provider: str) -> str:
    """Every version of a channel, which one is in force, and who proposed and confirmed it."""
    return _index(provider, EMPTY)


def _index(provider: str, form: Form) -> str:
    with opened() as page:
        row = provider_named(page.session, provider)
        versions = list(reversed(all_channels(page.session, provider)))
        used, wrong = _used(page)
        return page.render("pages/providers/channels.html", row=row, versions=versions, used=used,
                           wrong=wrong, form=form)  # fmt: skip


def _used(page: Page) -> tuple[set[int], str]:
    try:
        return {one.id for one in in_force(page.session, local_date(page.as_of))}, ""
    except Conflict as error:
        return set(), error.on_page


@pages.get("/channels/new")
@guarded("releaser")
def form(provider: str) -> str:
    """A new version, filled in with the one before it."""
    return _form(provider, EMPTY)


@pages.post("/channels/new")
@guarded("releaser")
def propose_it(provider: str) -> Answer:
    """Propose a version; nothing changes until another finance officer confirms it."""

    def work(act: Act) -> Done:
        act.require(courier="providers.courier_missing", code="form.code_missing")
        row = provider_named(act.session, provider)
        begins = day(act, "since") or local_date(act.now)
        profile = act.get("profile").replace("\r\n", "\n")
        version = next_version(act.session, provider)
        terms = Terms(provider, version, row.adapter, act.get("courier"), profile, begins)
        with _on_this_machine():
            propose(act.session, act.keyring, site().settings, me(act), terms, act.now)
        said = act.say("providers.proposed", n=version)
        return Done(url_for("channels.index", provider=provider), said)

    return acting(work, lambda form: _form(provider, form), about="profile")


@contextmanager
def _on_this_machine() -> Iterator[None]:
    """A key or setting that this machine lacks is told on the form."""
    try:
        yield
    except SettingsError as error:
        raise InputError(" ".join(error.faults)) from error


def _form(provider: str, form: Form) -> str:
    with opened() as page:
        row, known = provider_named(page.session, provider), all_channels(page.session, provider)
        couriers = [one for one in COURIERS if one != "sandbox" or site().training]
        return page.render("pages/providers/channel_new.html", row=row, form=form,
                           last=known[-1] if known else None, couriers=couriers,
                           longest=PROFILE_MAX)  # fmt: skip


@pages.post("/channels/confirm")
@guarded("releaser")
def confirm_it(provider: str) -> Answer:
    """Confirm the version that was read, as another than who proposed it."""

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        with _on_this_machine():
            confirm_channel(act.session, act.keyring, site().settings, me(act), act.get("digest"),
                            act.now)  # fmt: skip
        return Done(url_for("channels.index", provider=provider), act.say("providers.confirmed"))

    return acting(work, lambda form: _index(provider, form))


@pages.post("/try")
@guarded("releaser", "admin")
def try_it(provider: str) -> Answer:
    """Ask a worker to connect, look what waits for us there, and let go: nothing is sent."""

    def work(act: Act) -> Done:
        code = provider_named(act.session, provider).code
        return asked(act, "try_channel", {"provider": code, "officer": act.officer.officer_id})

    return acting(work, lambda form: _index(provider, form))
