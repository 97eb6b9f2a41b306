"""Browsers for tests: one that is signed in, fills forms in and presses their buttons."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.access.officers import officer_named
from app.access.sessions import open_session
from app.clock import Clock
from app.config import Settings
from app.privacy import Keyring
from app.web.access import public
from app.web.application import _site, create_app
from app.web.csrf import FIELD, token_of
from app.web.site import EXTENSION, Site
from tests.factories import House


class Browser(FlaskClient):
    """A client whose posts carry the token of its session, as every form does."""

    @property
    def session_id(self) -> str:
        """The id in its cookie, '' for none."""
        site: Site = self.application.extensions[EXTENSION]
        found = self.get_cookie(site.cookie)
        return found.value if found else ""

    def send(self, address: str, **fields: Any) -> TestResponse:
        """Post a form of ours: with the token, and without following where it leads."""
        data: Mapping[str, Any] = {FIELD: token_of(self.session_id), **fields}
        return self.post(address, data=data)

    def told(self, answer: TestResponse) -> str:
        """The page that an act leads to, or the page that it came back as."""
        return words(self.get(answer.location) if answer.status_code == 303 else answer)


ClientAs = Callable[[str], Browser]


def signed_in(application: Flask, username: str) -> Browser:
    """A browser in which an officer signed in just now; no password is asked of him."""
    site: Site = application.extensions[EXTENSION]
    session_id = secrets.token_urlsafe(32)
    with site.database.unit_of_work() as session:
        who = officer_named(session, username)
        open_session(session, who, session_id, site.clock.now(), agent="test", address="127.0.0.1")
    browser = visitor(application)
    browser.set_cookie(site.cookie, session_id)
    return browser


def visitor(application: Flask) -> Browser:
    """A browser in which nobody is signed in."""
    application.test_client_class = Browser
    found = application.test_client()
    assert isinstance(found, Browser)
    return found


def serve(house: House) -> Flask:
    """The service of the tiny province, at the house's clock, with its keys and its folder."""
    return application_of(settings_of(house), house.keyring, house.clock)


def settings_of(house: House) -> Settings:
    """Those of the service of the tiny province."""
    url = house.database.url.render_as_string(hide_password=False)
    return Settings(database_url=url, home=house.home)


@pytest.fixture
def of_house(house: House) -> Iterator[Flask]:
    """The service of the tiny province; a module calls it `application`."""
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def finance_one(application: Flask) -> Browser:
    """A finance officer of the province, signed in; a module calls him `one`."""
    return signed_in(application, "finance.one")


@pytest.fixture
def finance_two(application: Flask) -> Browser:
    """Another one; a module calls him `two`."""
    return signed_in(application, "finance.two")


def text_of(browser: FlaskClient, address: str) -> str:
    """The words of a page that answers well, without hard spaces."""
    answer = browser.get(address)
    assert answer.status_code == 200, words(answer)
    return words(answer).replace("\xa0", " ")


def application_of(settings: Settings, keyring: Keyring, clock: Clock | None = None) -> Flask:
    """What `create_app` makes; routes and templates of this process's first serve all of them."""
    if not _FIRST:
        # Kept as it is, before it answers anything; a test may put a view of its own into a copy.
        _FIRST.append(create_app(settings, keyring=keyring, clock=clock))
    made = copy(_FIRST[0])
    made.extensions = {EXTENSION: _site(settings, keyring, clock)}
    made.view_functions = dict(made.view_functions)
    return made


def failing(application: Flask) -> str:
    """The address of a page that fails from now on."""
    return instead(application, public(_fails))


def instead(application: Flask, view: Callable[[], str]) -> str:
    """The address of a page that shows this from now on."""
    application.view_functions["health.index"] = view
    return "/health"


def _fails() -> str:
    raise RuntimeError("the inside")


_FIRST: list[Flask] = []


def words(answer: TestResponse) -> str:
    """The text of a page, without tags."""
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", unescape(text))
