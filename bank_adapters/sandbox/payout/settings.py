"""What the payout bank is told when it starts: the key "payout" of the configuration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from typing import Any

from ..bankdays import Calendar
from .plan import ANSWER, CALLBACK, ENQUIRY, FATE, FaultPlan

DAY = 86_400
BEHAVIOURS = (
    "silence",  # does everything, says nothing: no answer, enquiry, callback or report
    "contradictory_enquiries",  # the first enquiry about a reference says NOTF, the next the truth
    "amount_changed",  # every payment is executed with another amount
    "closes_at_cut_off",  # from the cut-off on 503 {"taken": false}, else queued for the next day
    "duplicate_acknowledgement",  # every callback and batch answer again under another id
    "partial_file",  # takes only the first half of a bulk file and says ACTC
    "rejected_file_executed",  # says RJCT of a bulk file whose payments it executes
    "success_in_return_file",  # its file of returns also holds payments that went well
    "statement_twice",  # every statement comes under a second name
    "statement_gap",  # the statement of a day never comes; the next one goes on after it
    "statements_overlap",  # a statement begins one day too early
    "wrong_balance",  # the closing balance of a statement is wrong
    "return_first",  # returns are told before the payment is acknowledged
)
PLAYED = (*ANSWER, *FATE, *CALLBACK, *ENQUIRY)
WRONG_BY = 1_000


@dataclass(frozen=True)
class Settings:
    """The configuration, checked. Spans are whole seconds.

    `holds_advance`: pays out of money handed to it beforehand, else debits our own account.
    `dedupe`: "reference" refuses a repetition within `dedupe_seconds`, "" executes it again.
    `settles`: the last status it gives, "ACSC" or "ACCC"; "" when only booked lines tell.
    `overdraft`: an unknown account opens itself and none has to be funded.
    `endings`: payee accounts ending in 9001, 9004 ... behave as at the SFTP bank.
    `clock`: "own" goes by the machine's time, "told" by the control port's.
    """

    provider: str = "payout"
    token: str = ""
    holds_advance: bool = False
    dedupe: str = "reference"
    dedupe_seconds: int = 7 * DAY
    settles: str = "ACSC"
    settle_seconds: int = 60
    return_seconds: int = 3 * DAY
    overdraft: bool = False
    endings: bool = True
    cut_off: time | None = None
    clock: str = "own"
    hang_seconds: int = 60
    slow_seconds: int = 2
    busy_seconds: int = 5
    callback_url: str = ""
    callback_ca: str = ""
    callback_secrets: tuple[str, ...] = ()
    callback_late_seconds: int = DAY
    callback_retry_seconds: int = 5
    faults: FaultPlan = field(default_factory=FaultPlan)
    behaviours: frozenset[str] = frozenset()
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        if self.dedupe not in ("", "reference"):
            raise ValueError(f'dedupe is "reference" or "", not {self.dedupe!r}')
        if self.settles not in ("", "ACSC", "ACCC"):
            raise ValueError(f'settles is "ACSC", "ACCC" or "", not {self.settles!r}')
        if self.clock not in ("own", "told"):
            raise ValueError(f'clock is "own" or "told", not {self.clock!r}')
        check_behaviours(self.behaviours)


def check_behaviours(names: frozenset[str]) -> None:
    """ValueError for a name that is no behaviour."""
    if unknown := sorted(names - set(BEHAVIOURS)):
        known = ", ".join(BEHAVIOURS)
        raise ValueError(f"unknown behaviours {', '.join(unknown)}; there are {known}")


def plan_of(raw: Mapping[str, Any], played: Collection[str]) -> FaultPlan:
    """Read {"seed", "per_mille"}; ValueError for a fault that this bank does not play."""
    plan = FaultPlan(int(raw.get("seed", 0)), dict(raw.get("per_mille", {})))
    if unknown := sorted(set(plan.per_mille) - set(played)):
        known = ", ".join(played)
        raise ValueError(f"this bank does not play {', '.join(unknown)}; it plays {known}")
    return plan


def load(raw: Mapping[str, Any], holidays: list[str] | None = None) -> Settings:
    """Read the configuration's values; ValueError says which key is wrong."""
    names = {one.name for one in fields(Settings)} - {"calendar"}
    if unknown := sorted(set(raw) - names):
        raise ValueError(f"payout: unknown keys {', '.join(unknown)}")
    given = dict(raw)
    given["faults"] = plan_of(given.get("faults", {}), PLAYED)
    given["behaviours"] = frozenset(given.get("behaviours", ()))
    given["callback_secrets"] = tuple(given.get("callback_secrets", ()))
    given["calendar"] = Calendar([date.fromisoformat(day) for day in holidays or []])
    if given.get("cut_off"):
        given["cut_off"] = time.fromisoformat(given["cut_off"])
    return Settings(**given)
