"""Every page in every state: no barrier, no sideways scroll, light, nothing inline, no fault.

The list of routes says which pages there are. One that answers in no house below fails here: give
`houses.py` what it needs, or `KNOWN` its address.
"""

from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.app.web.test_matrix import OFFICERS
from tests.browser import houses
from tests.browser.site import NARROW, WIDE, Site
from tests.browser.walking import SIGNED_IN, WALKERS, Walk
from tests.factories import BANK, COMMUNE
from tests.support.province import PENSION

ACCOUNT = f"{COMMUNE}/{PENSION}/{BANK}?period=2026-09"
KNOWN = {
    "enrol.form": f"/enrol/{houses.LINK}",
    "verify.show": f"/verify/{'2' * 16}",
    "closings.show": f"/closings/{ACCOUNT}",
    "settlements.show": f"/settlements/{ACCOUNT}",
    "bench_line.take_back_form": "/recon/lines/6/take-back",
    "jobs.slot": "/jobs/remind/2026-09-20",
    "hotline.hits": "/hotline/2",
    "hotline_check.form": "/hotline/3/check",
    "hotline_person.show": "/hotline/4/person",
}
"""Addresses that no page links to, or only on another day or in another month."""
AUTUMN = {
    "bench_line.place_form", "bench_line.show", "bench_line.take_back_form",
    "bench_rules.make_form", "deaths.show", "recoveries.person", "settlements.show",
    "paying.account_form", "paying.id_form", "paying.order_form",
}  # fmt: skip
"""Pages that the house with something everywhere has not, and autumn has."""
ROOMS = {"bench", *(one.partition(".")[0] for one in AUTUMN)}
ELSEWHERE = {
    "sign_in.code", "sign_in.recovery",  # test_signing_in.py
    "importing.show",  # test_making.py
    "waiting.file",  # a file
    "issuer.leave", "issuer.back",  # on the way to another's page
    # test_my_page.py
    "my.code", "my.kiosk", "my_months.who", "my_months.show",
    "my_months.months", "my_months.why", "my_months.statement", "my_telling.form", "my_asking.form",
    "my_telling.told",
    "lending.return_form",  # for who lent a role, tests/app/web/test_admin_officers.py
}  # fmt: skip


PARTS = {"maker": 2, "releaser": 3, "admin": 2}
"""Roles whose pages are too many for one test."""
WALKS = [
    (role, (part, PARTS.get(role, 1))) for role in WALKERS for part in range(PARTS.get(role, 1))
]


def walk(
    site: Site, role: str, width: int, rooms: Collection[str] = (), part: tuple[int, int] = (0, 1)
) -> Walk:
    """A role's pages in a window of that width."""
    here = OFFICERS.get(role)
    window = site.officer(here, width=width) if here else site.visitor(width=width)
    if role == SIGNED_IN:
        window.open("/step-up?next=/work")
        window.confirm()
    return Walk(site.application, role, window, known=KNOWN, rooms=rooms, part=part).go()


MANY = {"maker", "releaser", "admin"}
EMPTY = [pytest.param(one, marks=pytest.mark.long) if one in MANY else one for one in WALKERS]
"""Of roles with many pages the empty ones are looked at in the long tests."""


@pytest.mark.stage(of=houses.something_everywhere)
@pytest.mark.parametrize(("role", "part"), WALKS)
def test_full_pages_on_a_phone_and_what_they_refuse(
    site: Site, role: str, part: tuple[int, int]
) -> None:
    walked = walk(site, role, NARROW, part=part).refused()
    assert walked.faults == []
    assert walked.unseen - AUTUMN - ELSEWHERE == set()


@pytest.mark.stage(of=houses.autumn)
@pytest.mark.parametrize("role", ["maker", "releaser"])
def test_pages_of_autumn(site: Site, role: str) -> None:
    walked = walk(site, role, NARROW, ROOMS).refused()
    assert walked.faults == []
    assert walked.unseen & AUTUMN == set()


@pytest.mark.stage(of=houses.nothing)
@pytest.mark.parametrize("role", EMPTY)
def test_empty_pages(site: Site, role: str) -> None:
    assert walk(site, role, WIDE).faults == []
