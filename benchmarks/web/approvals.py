"""Officers of as many communes who approve at the same moment, each by a browser of his own.

The service runs as it is served, in a process of its own. Everyone signs in, opens his list, and
when the next one-time code begins all send their approval at once.
"""

from __future__ import annotations

import multiprocessing
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pyotp
from sqlalchemy import text

from app.access.passwords import TRAINING_PASSWORD
from app.clock import TIME_ZONE
from app.config import Settings
from app.db import Database
from app.demo.province import demo_secret
from app.web.server import serve
from app.web.site import read_installation
from tests.support.ports import free_port

CODE_SECONDS = 30
_START_SECONDS_MAX = 60
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TICK = re.compile(r'name="(flag-\d+)"')
_FORM = re.compile(r'<form method="post"[^>]*action="/payrolls/\d+".*?</form>', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Running:
    """The machine's clock moved to where the province stands."""

    ahead: timedelta

    def now(self) -> datetime:
        return datetime.now(TIME_ZONE) + self.ahead


@dataclass(frozen=True, slots=True)
class Sent:
    """What the service answered: the status (0 where the wire broke), and after how many ms."""

    status: int
    took: float


@dataclass(frozen=True, slots=True)
class Approvals:
    """Every request by what it was for, and how many lists were approved and are not."""

    opened: list[Sent]
    empty: list[Sent]
    approved: list[Sent]
    done: int
    left: int
    others: Counter[int]

    @property
    def errors(self) -> int:
        """Answers of the service that are no answer: 5xx and broken wires."""
        every = (*self.opened, *self.empty, *self.approved)
        return sum(one.status == 0 or one.status >= 500 for one in every) + sum(
            count for status, count in self.others.items() if status == 0 or status >= 500
        )


class Officer:
    """A browser of one approver."""

    def __init__(self, address: str, username: str, payroll: int, clock: Running) -> None:
        self._address, self._username, self._payroll = address, username, payroll
        self._clock = clock
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._form: dict[str, str] = {}
        self.others: Counter[int] = Counter()

    def sign_in(self) -> None:
        """With the password all training officers have, and his code of this moment."""
        self._ask("/sign-in")
        self._ask("/sign-in", {"username": self._username, "password": TRAINING_PASSWORD})
        self._ask("/sign-in/code", {"code": self._code()})

    def look(self, path: str) -> Sent:
        """A page that is asked for, timed."""
        return self._ask(path)[0]

    def open_list(self) -> Sent:
        """The list that waits for him; what its form holds is kept."""
        sent, page = self._ask(f"/payrolls/{self._payroll}")
        form = next((one for one in _FORM.findall(page) if 'name="seen"' in one), "")
        self._form = {name: unescape(value) for name, value in _HIDDEN.findall(form)}
        self._form |= dict.fromkeys(_TICK.findall(page), "1")
        return sent

    def approve(self) -> Sent:
        """Send the form with the code of this moment."""
        fields = {**self._form, "act": "confirm", "code": self._code()}
        return self._ask(f"/payrolls/{self._payroll}", fields)[0]

    def _code(self) -> str:
        return pyotp.TOTP(demo_secret(self._username)).at(self._clock.now())

    def _ask(self, path: str, fields: dict[str, str] | None = None) -> tuple[Sent, str]:
        data = urlencode(fields).encode() if fields is not None else None
        began = time.perf_counter()
        try:
            with self._opener.open(self._address + path, data, timeout=120) as answer:
                status, page = answer.status, answer.read().decode()
        except HTTPError as error:
            status, page = error.code, error.read().decode()
        except OSError:
            status, page = 0, ""
        self.others[status] += 1
        return Sent(status, (time.perf_counter() - began) * 1000), page


def approve_at_once(url: str, officers: int) -> Approvals:
    """So many approvers of lists that are checked; the database is changed by it."""
    database = Database(url)
    with database.view() as session:
        moment = read_installation(session).moment
        rows = session.execute(text(_WAITING), {"most": officers}).all()
    assert moment is not None
    clock = Running(moment + timedelta(minutes=5) - datetime.now(TIME_ZONE))
    with _served(url, clock) as address:
        people = [Officer(address, f"approver.{unit}", number, clock) for unit, number in rows]
        found = _all_at_once(people, clock)
    with database.view() as session:
        numbers = ", ".join(str(number) for _, number in rows)
        query = f"select count(*) from payroll where state = 'approved' and id in ({numbers})"
        done = int(session.execute(text(query)).scalar_one())
    database.close()
    others: Counter[int] = sum((one.others for one in people), Counter())
    return Approvals(*found, done, len(rows) - done, others)


_WAITING = """select unit_code, min(id) from payroll where state = 'checked' and lines > 0
 and kind = 'monthly' and unit_code in (select code from paying_unit where kind = 'commune')
 group by unit_code order by max(lines) desc, unit_code limit :most"""


def _all_at_once(people: Sequence[Officer], clock: Running) -> tuple[list[Sent], ...]:
    gate = threading.Barrier(len(people))

    def work(one: Officer) -> tuple[Sent, Sent, Sent]:
        one.sign_in()
        gate.wait()
        empty, opened = one.look("/password"), one.open_list()
        if gate.wait() == 0:
            # A code serves once; the last one went to the sign-in.
            time.sleep(CODE_SECONDS - clock.now().timestamp() % CODE_SECONDS + 0.5)
        gate.wait()
        return opened, empty, one.approve()

    with ThreadPoolExecutor(len(people)) as pool:
        asked = list(pool.map(work, people))
    return tuple(list(one) for one in zip(*asked, strict=True))


@contextmanager
def _served(url: str, clock: Running) -> Iterator[str]:
    """The service of this database on a port of this machine, in a process of its own."""
    port = free_port()
    settings = Settings(database_url=url, training=True, port=port)
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, clock))
    process.start()
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        process.terminate()
        process.join()


def _wait(address: str) -> None:
    until = time.monotonic() + _START_SECONDS_MAX
    while True:
        try:
            build_opener().open(f"{address}/healthz", timeout=5).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
