"""Nobody learns from the clock whether an ID is known: a rank test over requests in turns.

What is compared is the processor time of each request, known and unknown IDs by turns, so that a
busy machine and a warm cache meet both alike; ranks, so that a pause counts once. AUC is the chance
that a known one took longer than an unknown one: a half where nothing can be told.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from time import thread_time

import pytest
from flask import Flask

from tests.app.web.serving import Browser, visitor
from tests.app.web.test_my_page import application
from tests.factories import SEPTEMBER, House, row
from tests.support.messages import phone, set_phone, with_plan
from tests.support.own_page import outcomes

__all__ = ["application"]
KNOWN, ROUNDS, TRIES = 14, 2, 3
TOLD = 0.42
"""How far from a half AUC may be: more than five standard deviations of 28 against 28."""


def many(house: House) -> None:
    """People with phones that an officer wrote down; the same number of IDs is nobody's."""
    house.register(SEPTEMBER, *(row(one) for one in range(1, KNOWN + 1)))
    for one in range(1, KNOWN + 1):
        set_phone(house, one, phone(one))
    house.on("2026-09-15", "09:00")


pytestmark = pytest.mark.stage(of=many)


def auc(ones: Sequence[float], others: Sequence[float]) -> float:
    """The share of pairs in which the first is larger; a tie is half of one."""
    wins = sum((one > two) + (one == two) / 2 for one in ones for two in others)
    return wins / (len(ones) * len(others))


def taken(house: House, application: Flask) -> tuple[list[float], list[float]]:
    """(known, unknown): the processor time of asking for a code and typing a wrong one."""
    told: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        house.clock.advance(timedelta(days=2))
        turns = [(side, one) for one in range(1, KNOWN + 1)
                 for side in ((0, 1) if one % 2 else (1, 0))]  # fmt: skip
        asked = [_asking(application, side, one) for side, one in turns]
        outcomes(with_plan(house))
        for (side, _one), (browser, asking) in zip(turns, asked, strict=True):
            began = thread_time()
            browser.post("/my/enter", data={"code": "000000"})
            told[side].append(asking + thread_time() - began)
    return told


def _asking(application: Flask, side: int, one: int) -> tuple[Browser, float]:
    """The browser in which a known (0) or unknown (1) ID was typed, and what that took."""
    browser, number = visitor(application), one + 500 * side
    where = {"REMOTE_ADDR": f"10.{side}.{one}.1"}
    began = thread_time()
    told = {"citizen_id": row(number).citizen_id}
    browser.post("/my/code", data=told, environ_overrides=where)
    return browser, thread_time() - began


def test_known_and_unknown_take_as_long(house: House, application: Flask) -> None:
    visitor(application).get("/my")
    gc.collect()
    for _ in range(TRIES):  # a machine may stumble once; what can be told is told each time
        known, unknown = taken(house, application)
        found = auc(known, unknown)
        if abs(found - 0.5) < TOLD:
            break
    assert abs(found - 0.5) < TOLD, "the clock tells who is known"
    slower = [one + median(unknown) for one in known]
    assert auc(slower, unknown) - 0.5 > TOLD, "a difference would have been seen"
