"""Fixtures of the browser's tests: one Chromium, a served province at a stage, windows on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import started
from tests.browser.site import Site, served
from tests.browser.tabs import Tabs
from tests.factories import set_up
from tests.support.mould import Mould

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives the browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def tabs() -> Iterator[Tabs]:
    """The tabs of this test process's browser, which goes with the last test of this folder: while
    it is there a loop of asyncio runs in this thread, and other tests start their own."""
    with started() as browser:
        yield Tabs(browser)


@pytest.fixture
def site(
    request: pytest.FixtureRequest, tabs: Tabs, mould: Mould, tmp_path: Path
) -> Iterator[Site]:
    """A tiny province on SQLite, served; `@pytest.mark.stage(of=...)` says how far it is. The
    same pages are tried on both databases in `tests/app/web`."""
    marker = request.node.get_closest_marker("stage")
    house = mould.on_sqlite(marker.kwargs["of"] if marker else set_up, tmp_path)
    with served(house, tabs) as found:
        yield found
    house.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts: every way is gone twice."""
    return bool(request.param)
