"""Hardware tokens: brought in by file, given to an officer by two, blocked when lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, request, url_for

from app.access.accounts import officer_row
from app.access.factors import factor_in_words
from app.access.tokens import Held, assign_token, block_token, import_tokens, tokens_held
from app.errors import NotFound
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.refusals import told
from app.web.second import both, me
from app.web.site import asked_language, opened
from app.web.uploads import content_of

pages = Blueprint("tokens", __name__)
SUFFIXES = (".csv", ".txt", ".xml", ".pskc")


@pages.get("/officers/tokens")
@guarded("admin")
def index() -> str:
    """Every token: whose it is, whether it is blocked; and a file of new ones."""
    return _index(EMPTY)


@pages.post("/officers/tokens")
@guarded("admin")
def import_it() -> Answer:
    """Bring in a vendor's file of seeds; each is encrypted at once."""

    def work(act: Act) -> Done:
        act.require(code="form.code_missing")
        name, content = content_of("file", SUFFIXES)
        done = import_tokens(act.session, act.keyring, name, content, _key(act), me(act), act.now)
        key = "officers.tokens_known" if done.known else "officers.tokens_in"
        return Done(url_for("tokens.index"), act.say(key, n=done.tokens))

    return acting(work, _index, about="file")


def _key(act: Act) -> bytes:
    """The key of an encrypted file, as hex; none for a file in clear."""
    try:
        return bytes.fromhex(act.get("password_key"))
    except ValueError:
        raise Faulty([Problem("password_key", act.say("officers.key_wrong"))]) from None


def _index(form: Form) -> str:
    with opened() as page:
        found: list[Held] = tokens_held(page.session, page.arguments.get("q", ""))
        paged = paging(request.args.get("page"), len(found))
        shown = found[paged.offset : paged.offset + paged.size]
        return page.render("pages/officers/tokens.html", rows=shown, paging=paged, form=form)


@pages.get("/officers/tokens/block")
@guarded("admin")
def block_form() -> str:
    """A token that is lost or broken, by the number printed on it."""
    return _block_form(EMPTY)


@pages.post("/officers/tokens/block")
@guarded("admin")
def block_it() -> Answer:
    """Block a token at once; its holder is enrolled anew or given another."""

    def work(act: Act) -> Done:
        act.require(serial="officers.serial_missing", reason="officers.reason_missing")
        with _known():
            block_token(act.session, act.keyring, act.get("serial"), me(act), act.get("reason"),
                        act.now)  # fmt: skip
        return Done(url_for("tokens.index"), act.say("officers.blocked", serial=act.get("serial")))

    return acting(work, _block_form, about="serial")


@contextmanager
def _known() -> Iterator[None]:
    """A serial number that no token has is a fault of the field, not of the address."""
    try:
        yield
    except NotFound as error:
        raise Faulty([Problem("serial", *told(error, asked_language()))]) from error


def _block_form(form: Form) -> str:
    with opened() as page:
        asked = page.arguments.get("serial", "")
        return page.render("pages/officers/block.html", form=form, serial=asked)


@pages.get("/officers/<key:officer_id>/token")
@guarded("admin")
def assign_form(officer_id: int) -> str:
    """Which token an officer gets, with the code that it shows."""
    return _assign_form(officer_id, EMPTY)


@pages.post("/officers/<key:officer_id>/token")
@guarded("admin")
def assign_it(officer_id: int) -> Answer:
    """Give an officer a token by two; what he used before is dead."""

    def work(act: Act) -> Done:
        act.require(serial="officers.serial_missing", code_shown="officers.shown_missing")
        who, serial = officer_row(act.session, officer_id), act.get("serial")
        shown = "".join(act.get("code_shown").split())
        with _known():
            assign_token(act.session, act.keyring, serial, officer_id, shown, both(act), act.now)
        said = act.say("officers.assigned", serial=serial, who=who.name)
        return Done(url_for("officer.show", officer_id=officer_id), said)

    return acting(work, lambda form: _assign_form(officer_id, form), about="serial")


def _assign_form(officer_id: int, form: Form) -> str:
    with opened() as page:
        who = officer_row(page.session, officer_id)
        factor = factor_in_words(page.session, officer_id)
        return page.render("pages/officers/assign.html", who=who, form=form, factor=factor)
