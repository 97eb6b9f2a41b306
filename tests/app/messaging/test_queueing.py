"""Posted outcomes, ready cash and changed lists become one message each, whatever is killed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select

from app.jobs.queueing import OFF, queue_messages
from app.messaging.tables import message
from app.messaging.wishes import NO_AMOUNTS, NO_MESSAGES, set_wish
from tests.factories import OCTOBER, House, in_cash, row
from tests.support.messages import (
    HELP,
    IN_CASH,
    PEOPLE,
    answered,
    phone,
    sent,
    set_phone,
    told,
    with_plan,
)
from tests.support.source import ROOT

pytestmark = pytest.mark.stage(of=sent)


def test_one_message_per_event_to_those_who_may_be_told(house: House) -> None:
    """Once each, of 160 plain signs at most, with one amount, to vouched numbers only, sealed."""
    assert queue_messages(house.runtime) == OFF
    run = with_plan(house)
    assert queue_messages(run) == "cash_ready 1"
    with house.work() as session:
        set_wish(session, [3], NO_MESSAGES, True, "sms", house.later())
        set_wish(session, [4], NO_AMOUNTS, True, "sms", house.later())
        set_wish(session, [5], NO_MESSAGES, True, "sms", house.later())
        set_wish(session, [5], NO_MESSAGES, False, "sms", house.later())
    answered(house)
    house.on("2026-09-10", "22:00")
    assert queue_messages(run) == "paid 4, returned 1"
    assert queue_messages(run) == "nothing new"
    unit = "UBND xa 01273"
    wrong = f"Chua thay tien hoac sai, goi {HELP}"
    assert [one[:3] for one in told(house)] == [
        ("cash_ready", phone(8), f"{unit}: Moi Ong/Ba Nong Thi Nguoi 008 nhan 500.000d tien mat tu"
         f" ngay 10/09, mang theo can cuoc. Khong di duoc hoac hoi, goi {HELP}"),
        *(("paid", phone(one), f"{unit}: Ong/Ba Nong Thi Nguoi {one:03} {what} ***1000 ngay 10/09."
           f" {wrong}")
          for one, what in ((1, "duoc chuyen 500.000d vao TK"), (2, "duoc chuyen 500.000d vao TK"),
                            (4, "da duoc chuyen tien vao TK"), (5, "duoc chuyen 500.000d vao TK"))),
        ("returned", phone(2), f"{unit}: Ngay 10/09 500.000d cua Ong/Ba Nong Thi Nguoi 002 khong"
         f" vao duoc TK ***1000. Moi mang can cuoc den UBND xa sua so TK. Hoi: {HELP}"),
    ]  # fmt: skip
    # Nothing is sent at night; nothing can be read in the file.
    waits = house.ask(select(func.min(message.c.try_at)).where(message.c.kind == "paid"))
    assert waits.astimezone(house.clock.now().tzinfo).isoformat()[:16] == "2026-09-11T07:00"
    rows = house.rows(select(message))
    assert not any(
        b"Nong" in bytes(cell) for one in rows for cell in one if isinstance(cell, bytes)
    )
    assert phone(1) not in str(rows)
    assert set(house.rows(select(message.c.parts, message.c.cost))) == {(1, 350)}


def test_who_came_onto_a_list_and_who_left_it(house: House) -> None:
    """By approved lists only, the dead apart; the first list of a place is nobody's news."""
    run = with_plan(house)
    queue_messages(run)
    stays = [row(one) for one in PEOPLE if one not in (1, IN_CASH)]
    house.register(OCTOBER, *stays, in_cash(IN_CASH), row(9))
    set_phone(house, 9, phone(9))
    house.list_month(OCTOBER)
    assert queue_messages(run) == "nothing new", "a draft tells nobody"
    house.approve_month(OCTOBER)
    assert queue_messages(run) == "joined 1, left 1"
    texts = {kind: text for kind, _, text, _ in told(house)}
    assert texts["joined"] == (
        "UBND xa 01273: Ong/Ba Nong Thi Nguoi 009 co ten trong danh sach chi tra tu thang 10/2026,"
        f" moi thang 540.000d. Hoi: {HELP}"
    )
    assert "Nguoi 001 khong con trong danh sach chi tra thang 10/2026" in texts["left"]


def test_a_process_killed_between_any_two_commits(house: House) -> None:
    """Killed before and after every commit, one after the other, until one comes through."""
    answered(house)
    run = with_plan(house)
    url = house.database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.app.messaging.queue_run", url, str(house.home)]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 5
    assert queue_messages(run) == "nothing new"
    kinds = [(kind, text) for kind, _, text, _ in told(house)]
    assert sorted(kind for kind, _ in kinds) == ["paid"] * 5 + ["returned"]
    assert len(set(kinds)) == len(kinds)
