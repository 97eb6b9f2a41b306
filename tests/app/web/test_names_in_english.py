"""What comes with the release has an English name on an English page: programmes, departments,
groups, kinds of disability, days off, decrees."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from app.benefits.campaigns import all_campaigns
from app.benefits.groups import all_groups
from app.demo.facts import DISABILITIES
from app.demo.province import FUNDS, PROGRAMMES
from app.indicators.targets import all_targets
from app.reference.calendar import holiday_name, unusual_days
from app.units.departments import SHIPPED
from app.web import refusals
from app.web.catalogue import say
from app.web.refusals import _files
from tests.app.web.serving import ClientAs, of_house, words
from tests.app.web.test_matrix import two_communes

pytestmark = pytest.mark.stage(of=two_communes)

application = of_house


def test_every_name_that_comes_with_the_release_has_its_english() -> None:
    groups = {one.public_name for one in all_groups().values()}
    names = groups | {one.lower() for one in groups}  # within a sentence
    names |= {*DISABILITIES, *(name for name, _ in SHIPPED.values())}
    names |= {text for one in all_campaigns().values() for text in (one.name, one.decree)}
    names |= {name for _, name in FUNDS}
    names |= {name for day in unusual_days() if day.year < 2030 and (name := holiday_name(day))}
    assert len(names) > 50
    assert sorted(one for one in names if refusals.shown(one, "en")[1] != "en") == []


def test_every_name_is_still_one_of_the_release() -> None:
    files = resources.files("app.benefits").joinpath("data")
    texts = [one.read_text("utf-8") for one in files.iterdir() if one.name.endswith(".csv")]
    texts += map(holiday_name, unusual_days())
    texts += [*(one[1] for one in FUNDS), *(one[1] for one in PROGRAMMES)]
    texts += [one.public_name.lower() for one in all_groups().values()]
    texts += [*DISABILITIES, *(name for name, _ in SHIPPED.values())]
    texts += [say("en", "editing.disability_hint")]
    texts += [*(one[1].lower() for one in PROGRAMMES), *(one.scope for one in all_targets())]
    everything = "\n".join(texts)
    gone = [one for one in _files()["parts_names.toml"]
            if not re.search(re.escape(one).replace(r"\{\}", ".+"), everything)]  # fmt: skip
    assert gone == []


@pytest.mark.parametrize(
    ("address", "english", "vietnamese"),
    [
        ("/payrolls?period=2026-09", "Social pension", "Trợ cấp hưu trí xã hội"),
        ("/payrolls/1", "Social pension · Local budget", "Ngân sách địa phương"),
        ("/calendar?year=2026", "Lunar New Year", "Tết Nguyên Đán"),
        ("/rates", "Decree 335/2026", "cần đối chiếu"),
        ("/funds?period=2026-09", "Social pension", "Trợ cấp hưu trí xã hội"),
    ],
)
def test_an_english_page_names_it_so(
    client_as: ClientAs, address: str, english: str, vietnamese: str
) -> None:
    mark = "&" if "?" in address else "?"
    finance = client_as("finance.one")
    told = words(finance.get(f"{address}{mark}lang=en"))
    assert english in told
    assert vietnamese not in told
    assert vietnamese in words(finance.get(address))
