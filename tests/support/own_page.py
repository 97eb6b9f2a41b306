"""What tests of people's own page share: asking, the code that left, entering it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from app.beneficiaries.staging import citizen_index
from app.jobs.codes import send_codes
from app.jobs.runtime import Runtime
from app.self_service.asking import Asked, ask
from app.self_service.entering import enter
from tests.factories import House
from tests.support.messages import told

_CODE = re.compile(r"\d{6}")


class Chance:
    """Chance that a test knows: ever the next number."""

    def __init__(self, last: int = 0) -> None:
        self.next = last

    def __call__(self, size: int) -> bytes:
        self.next += 1
        return self.next.to_bytes(size, "big")


def asked(house: House, chance: Chance, citizen_id: str, browser: str, **where: Any) -> None:
    """Somebody at a browser asks for a code with an ID."""
    key = citizen_index(house.keyring, citizen_id)
    with house.work() as session:
        ask(session, Asked(key, browser, where.pop("bucket", 1), **where), chance,
            house.clock.now())  # fmt: skip


def entered(house: House, browser: str, code: str, session_id: str = "s") -> None:
    """Somebody types a code into that browser."""
    with house.work() as session:
        enter(session, house.keyring, browser, code, session_id, house.clock.now())


def outcomes(runtime: Runtime) -> Counter[str]:
    """What the job made of the requests that waited."""
    said = send_codes(runtime).partition(";")[0]
    pairs = (one.split() for one in said.split(", ") if one != "nothing asked")
    return Counter({outcome: int(count) for outcome, count in pairs})


def last_code(house: House) -> str:
    """The digits that left last."""
    texts = [text for kind, _, text, _ in told(house) if kind == "code"]
    found = _CODE.match(texts[-1])
    assert found is not None, texts[-1]
    return found[0]
