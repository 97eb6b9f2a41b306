"""What waits for its turn is not late: a code counts as of the moment its request arrived."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from app.access.codes import STEP_SECONDS
from app.clock import elapsed
from app.config import Settings
from app.web.arrival import ARRIVED
from app.web.server import THREADS, server_of
from tests.app.web.serving import Browser, of_house, signed_in
from tests.app.web.test_approving import CHECKER, MINE, form_of, october_submitted, state_of
from tests.factories import House
from tests.support.listening import listening

application = of_house


@pytest.mark.stage(of=october_submitted)
def test_a_code_that_ran_out_in_the_queue_counts_once(house: House, application: Any) -> None:
    checker: Browser = signed_in(application, CHECKER)
    form, address = form_of(checker), f"/payrolls/{MINE}"
    left = STEP_SECONDS - house.later().timestamp() % STEP_SECONDS
    house.clock.advance(timedelta(seconds=left + 1))  # a code that has just begun
    code = house.code()
    house.clock.advance(timedelta(seconds=70))
    assert checker.send(address, **form, code=code).status_code == 403, "it came now: too late"
    checker.environ_base[ARRIVED] = elapsed() - 20
    assert checker.send(address, **form, code=code).status_code == 403, "that late then too"
    assert state_of(house, MINE) == "submitted"
    checker.environ_base[ARRIVED] = elapsed() - 70
    assert checker.send(address, **form, code=code).status_code == 303, "it came while it counted"
    again = checker.send("/step-up", code=code)
    assert (again.status_code, "đã dùng rồi" in again.get_data(as_text=True)) == (409, True)
    house.clock.advance(timedelta(seconds=200))
    old = house.code()
    house.clock.advance(timedelta(seconds=200))
    checker.environ_base[ARRIVED] = elapsed() - 200
    assert checker.send("/step-up", code=old).status_code == 403, "nobody waits so long"


def test_the_server_says_when_a_request_came(tmp_path: Path) -> None:
    """By its own clock, not by what somebody sends; that all threads are busy counts as waiting."""
    busy, gate = threading.Semaphore(0), threading.Event()

    def answers(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        waited = elapsed() - environ[ARRIVED]
        if environ["PATH_INFO"] == "/held":
            busy.release()
            gate.wait(20)
        start("200 OK", [])
        return [f"{waited}".encode()]

    settings = Settings(database_url=f"sqlite:///{tmp_path / 'none'}")
    server = server_of(answers, settings, 0)  # type: ignore[arg-type]

    def asked(path: str) -> float:
        address = f"http://{settings.host}:{server.effective_port}{path}"
        with urlopen(Request(address, headers={"Ansinh-Arrived": "0"}), timeout=30) as answer:
            return float(answer.read())

    with listening(server), ThreadPoolExecutor(THREADS + 1) as pool:
        held = [pool.submit(asked, "/held") for _ in range(THREADS)]
        for _ in held:
            assert busy.acquire(timeout=20)
        waits = pool.submit(asked, "/")
        time.sleep(0.3)
        gate.set()
        assert waits.result() > 0.1
        assert all(0 <= one.result() < 20 for one in held)
