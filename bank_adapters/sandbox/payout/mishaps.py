"""What a fault does to a request on its way in, and to the answer on its way out."""

from __future__ import annotations

from .answers import GARBAGE, Answer, Reset, ServerError, Timeout, garbled, say
from .settings import Settings
from .switches import Switches

BUSY, BROKEN = (429, 503), (500, 502, 503, 504)


class Mishaps:
    """Plays the faults of plan.ANSWER; which variant of one is decided by the plan as well."""

    def __init__(self, settings: Settings, switches: Switches) -> None:
        self._settings, self._switches = settings, switches
        self._plan = settings.faults

    def arrives(self, fault: str, name: str, attempt: int) -> bool:
        """Whether the bank does what it is asked for."""
        if fault in ("lost", "busy"):
            return False
        if fault in ("server_error", "reset"):
            return self._plan.coin(f"{fault} taken", name, attempt) == 1
        return True

    def busy(self, name: str, attempt: int) -> Answer:
        """Nothing was taken, and the bank says so in so many words."""
        status = BUSY[self._plan.coin("busy", name, attempt, len(BUSY))]
        return say(status, {"taken": False}, Retry_After=f"{self._settings.busy_seconds}")

    def happen(self, answer: Answer, fault: str, name: str, attempt: int) -> Answer:
        """What the client gets of this answer; raises Timeout, Reset or ServerError."""
        if fault in ("lost", "accept_then_timeout") or self._switches.on("silence"):
            raise Timeout(name)
        if fault == "reset":
            raise Reset(name)
        if fault == "server_error":
            status = self._plan.coin("broken", name, attempt, len(BROKEN))
            raise ServerError(name, BROKEN[status])
        if fault == "garbage_answer":
            return garbled(answer, self._plan.coin("garbage", name, attempt, len(GARBAGE)))
        if fault == "slow":
            return Answer(answer.status, answer.body, answer.headers, self._settings.slow_seconds)
        return answer
