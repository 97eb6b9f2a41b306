"""The guides: one's own first, all of them to read and to print."""

from __future__ import annotations

from flask import Blueprint

from app.errors import NotFound
from app.web.access import guarded
from app.web.guides import NAMES, guide
from app.web.guides.glossary import glossary
from app.web.site import opened

pages = Blueprint("guides", __name__)


@pages.get("/guides")
@guarded()
def index() -> str:
    """Every guide, those of his own roles first."""
    with opened() as page:
        found = [guide(name, page.language) for name in NAMES]
        his = [one for one in found if page.officer.is_one_of(*one.roles)]
        others = [one for one in found if one not in his]
        return page.render("pages/guiding/index.html", his=his, others=others)


@pages.get("/guides/words")
@guarded()
def words() -> str:
    """The words of the house in plain words."""
    with opened() as page:
        return page.render("pages/guiding/words.html", words=glossary(page.language))


@pages.get("/guides/<guide_name>")
@guarded()
def show(guide_name: str) -> str:
    """One guide, to read or to print."""
    if guide_name not in NAMES:
        raise NotFound("Không có hướng dẫn này.")
    with opened() as page:
        found = guide(guide_name, page.language)
        his = page.officer.is_one_of(*found.roles)
        return page.render("pages/guiding/guide.html", found=found, his=his)
