"""A complaint is opened once, answered by somebody who may, within its term; no other way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, true, update
from sqlalchemy.exc import DBAPIError

from app.beneficiaries.history_tables import erasure
from app.beneficiaries.tables import person
from app.complaints.moving import answer, close, rate, reopen, take
from app.complaints.opening import open_complaint
from app.complaints.reading import (
    complaint_of,
    evidence_of,
    last_answer,
    of_person,
    steps_of,
    waiting,
)
from app.complaints.states import KINDS
from app.complaints.tables import complaint, complaint_step
from app.complaints.terms import term_of, terms
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from app.jobs.queueing import queue_messages
from tests.factories import SEPTEMBER, House, september_sent
from tests.support.messages import HELP, phone, set_phone, told, with_plan
from tests.support.province import COMMUNE

pytestmark = pytest.mark.stage(of=september_sent)
WORDS = "Tôi chưa thấy tiền tháng 9, số 0912345678"


def opened(house: House, **changes: Any) -> int:
    told: dict[str, Any] = {
        "who": "page",
        "person_id": 1,
        "channel": "page",
        "kind": "not_received",
    }
    told |= {"words": WORDS, **changes}
    if "payment_id" not in told:
        told["payment_id"] = payment(house, 1)
    with house.work() as session:
        return open_complaint(session, house.keyring, now=house.later(), **told)


def payment(house: House, number: int) -> int:
    reference = house.reference(number, SEPTEMBER)
    return int(house.ask(f"select id from instruction where reference = '{reference}'"))


def moved(house: House, move: Any, username: str, number: int, *words: Any) -> None:
    with house.work() as session:
        said = (house.officer(username), number, *words, house.later())
        move(session, house.keyring, *said)


def test_every_kind_has_a_dated_term_shorter_than_the_law() -> None:
    assert {one.kind for one in terms()} == set(KINDS)
    assert all(one.source and 0 < one.working_days <= 30 * 5 // 7 for one in terms())
    assert term_of("question", date(2020, 1, 1)).working_days == 3


def test_from_the_press_of_a_button_to_closure(house: House) -> None:
    """Once, with evidence, owner and day; answered by the commune; reopened when not content."""
    house.on("2026-09-11")
    number = opened(house)
    assert opened(house, words="") == number
    assert opened(house, kind="wrong_amount", words="Thiếu 50 nghìn") == number + 1
    with house.database.view() as session:
        row = complaint_of(session, number).row
        assert (row.unit_code, row.due_on, row.state) == (COMMUNE, date(2026, 9, 18), "received")
        proof = evidence_of(session, house.keyring, number)
        assert proof is not None
        (attempt,) = proof["obligations"][0]["attempts"]
        assert attempt["reference"] == house.reference(1, SEPTEMBER)
        assert attempt["batch"]["sha256"]
        assert complaint_of(session, number).is_overdue(date(2026, 9, 19))
        assert [one.row.id for one in of_person(session, 1, true())] == [number + 1, number]
        assert [one.row.id for one in waiting(session, complaint.c.unit_code == COMMUNE)] == [
            number, number + 1,
        ]  # fmt: skip
    with pytest.raises(Conflict, match="mới nhận"):
        moved(house, close, f"maker.{COMMUNE}", number)
    with pytest.raises(Forbidden):
        moved(house, take, "auditor", number)
    moved(house, take, f"maker.{COMMUNE}", number)
    with pytest.raises(Refused, match="rồi"):
        moved(house, take, f"maker.{COMMUNE}", number)
    with pytest.raises(InputError, match="chưa nói"):
        moved(house, answer, f"checker.{COMMUNE}", number, " .. ")
    moved(house, answer, f"checker.{COMMUNE}", number, "Ngân hàng báo tiền về ngày 12/9.")
    house.on("2026-09-21")
    assert opened(house, words="Vẫn chưa có") == number
    moved(house, answer, f"checker.{COMMUNE}", number, "Tiền đã về sáng nay.")
    moved(house, close, f"maker.{COMMUNE}", number)
    with house.work() as session:
        rate(session, house.keyring, "sms", number, 4, house.later())
    with house.database.view() as session:
        row = complaint_of(session, number).row
        assert (row.state, row.satisfaction, row.due_on) == ("closed", 4, date(2026, 9, 28))
        steps = steps_of(session, house.keyring, number)
        assert [one.state for one in steps] == [
            "received", "taken", "taken", "answered", "reopened", "taken", "answered", "closed",
            "closed",
        ]  # fmt: skip
        assert steps[0].words == WORDS
        assert last_answer(session, house.keyring, number) == "Tiền đã về sáng nay."
    other = opened(house)
    assert other not in (number, number + 1)
    with pytest.raises(Conflict, match=f"số {other}"), house.work() as session:
        reopen(session, house.keyring, "page", number, "", house.later())
    kept = house.rows("select actor, action from audit_event where object like 'complaint:%'")
    assert ("page", "complaints:case:open") in kept
    assert (f"checker.{COMMUNE}", "complaints:case:answered") in kept


def test_what_is_said_of_officers_goes_to_the_province(house: House) -> None:
    number = opened(house, kind="staff", words="Cán bộ nói nặng lời", payment_id=None)
    with house.database.view() as session:
        row = complaint_of(session, number).row
        assert (row.unit_code, row.evidence_digest) == ("", "")
        assert evidence_of(session, house.keyring, number) is None
    with pytest.raises(Forbidden):
        moved(house, answer, f"maker.{COMMUNE}", number, "Không có chuyện đó.")
    moved(house, answer, "checker.all", number, "Đã nhắc cán bộ và xin lỗi bà.")


def test_what_cannot_be_is_told(house: House) -> None:
    """Another's payment, a person nobody knows, no such kind, words that say nothing or a lot."""
    wrong: list[tuple[dict[str, Any], type[Exception], str]] = [
        ({"payment_id": payment(house, 2)}, NotFound, "khoản chi"),
        ({"person_id": 999}, NotFound, "999"),
        ({"kind": "nothing"}, InputError, "Loại việc"),
        ({"channel": "fax"}, InputError, "Loại việc"),
        ({"kind": "question", "words": "?!"}, InputError, "chưa nói"),
        ({"words": "a" * 2_001}, InputError, "2000"),
    ]
    for changes, error, words in wrong:
        with pytest.raises(error, match=words):
            opened(house, **changes)
    assert house.ask("select count(*) from complaint") == 0


def test_the_database_refuses_every_short_cut(house: House) -> None:
    """No move without its step, none that is no move, no day that slips, no second open one."""
    number = opened(house)
    with house.database.view() as session:
        row = dict(session.execute(complaint.select()).mappings().one())
    who = house.officer(f"maker.{COMMUNE}")
    taken = {"state": "taken", "officer_id": who}
    other = {**row, "id": 99, "kind": "staff"}
    short_cuts: list[tuple[Any, str]] = [
        (update(complaint).values(**taken, steps=2), "a step is written"),
        (update(complaint).values(steps=2), "a step is written"),
        (update(complaint).values(due_on=date(2027, 1, 1)), "complaint"),
        (update(complaint).values(state="closed"), "complaint"),
        (update(complaint).values(kind="thanks"), "written fact"),
        (insert(complaint).values({**row, "id": 99}), "(?i)unique"),
        (insert(complaint).values({**other, "due_on": None}), "(?i)null"),
        (insert(complaint).values({**other, "state": "closed"}), "(?i)complaint"),
        (insert(complaint_step).values(complaint_id=number, seq=5, state="taken", actor="x",
                                       words_cipher=b"", at=house.clock.now()), "the next one"),
        (complaint_step.update().values(actor="y"), "append-only"),
        (complaint.delete(), "kept|append-only"),
    ]  # fmt: skip
    for statement, refused in short_cuts:
        with pytest.raises(DBAPIError, match=refused), house.owner.engine.begin() as connection:
            connection.execute(statement)
    with house.owner.engine.begin() as connection:
        step = {"complaint_id": number, "seq": 2, "state": "closed", "actor": "x"}
        connection.execute(
            insert(complaint_step).values(**step, words_cipher=b"", at=house.clock.now())
        )
        with pytest.raises(DBAPIError, match="no such move"):
            connection.execute(update(complaint).values(
                state="closed", steps=2, officer_id=who, answered_at=house.clock.now(),
                closed_at=house.clock.now()))  # fmt: skip


def test_words_and_evidence_are_sealed_and_go_with_the_person(house: House) -> None:
    number = opened(house)
    kept = house.rows("select evidence_cipher from complaint union all"
                      " select words_cipher from complaint_step")  # fmt: skip
    name = house.ask(person.select().with_only_columns(person.c.name).where(person.c.id == 1))
    for (one,) in kept:
        assert WORDS.encode() not in bytes(one)
        assert str(name).encode() not in bytes(one)
    with house.owner.engine.begin() as connection:
        gone = {"person_id": 1, "reason": "r", "asked_by": 1, "confirmed_by": 2}
        connection.execute(insert(erasure).values(**gone, erased_at=house.clock.now()))
    assert {bytes(one) for (one,) in house.rows("select words_cipher from complaint_step")} == {b""}
    with house.database.view() as session:
        assert evidence_of(session, house.keyring, number) is None
        assert [one.words for one in steps_of(session, house.keyring, number)] == [""]
    with pytest.raises(Refused, match="đã xoá"):
        opened(house, kind="question", words="Có gì không?", payment_id=None)


def test_who_complained_is_told_once_of_each_answer(house: House) -> None:
    """Nothing of what it was about; not who has no number; what is said of an answer tells none."""
    set_phone(house, 1, phone(1))
    run = with_plan(house)
    number, other = opened(house), opened(house, person_id=2, payment_id=payment(house, 2))
    for one in (number, other):
        moved(house, answer, f"maker.{COMMUNE}", one, "Tiền đã về ngày 12/9.")
    assert "case 1" in queue_messages(run)
    with house.work() as session:
        rate(session, house.keyring, "sms", number, 2, house.later())
    assert "case" not in queue_messages(run)
    opened(house, words="Vẫn chưa có")
    moved(house, answer, f"maker.{COMMUNE}", number, "Đã chi lại.")
    assert "case 1" in queue_messages(run)
    said = [one for one in told(house) if one[0] == "case"]
    assert [one[1] for one in said] == [phone(1)] * 2
    assert said[0][2] == (
        f"Phan anh so {number} cua Ong/Ba da duoc tra loi."
        f" Muon nghe cau tra loi, hoac chua dong y, goi {HELP}"
    )
    assert all(len(one[2]) <= 160 for one in said)
