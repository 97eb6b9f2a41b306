"""The kinds of cases beside each other, with how many of each wait."""

from __future__ import annotations

from app.checks.told import how_many_deaths
from app.doubles.queue import how_many_open
from app.events.reading import how_many
from app.web.site import Page

Tab = tuple[str, str, bool, int | None]


def tabs(page: Page, here: str, waiting: int | None = None) -> list[Tab]:
    """(text, address, whether it is this one, how many wait) for the macro `tabs`. Proposals that
    are counted already come as `waiting`."""
    areas = page.officer.areas
    counts: dict[str, int | None] = {
        "events": how_many(page.session, areas=areas) if waiting is None else waiting,
        "doubles": how_many_open(page.session, areas=areas),
        "deaths": how_many_deaths(page.session, areas),
        "outside": None,
    }
    return [
        (page.say(f"cases.{name}"), page.link(f"{name}.index"), name == here, count)
        for name, count in counts.items()
    ]
