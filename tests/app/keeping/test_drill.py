"""The drill: the machine is lost after it sent more than its backup knows; nobody is paid twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import inspect, select

from app import schema
from app.disbursement import collection
from app.disbursement.clearing import Signed, sign_comparison
from app.disbursement.comparison import Comparison, compare
from app.disbursement.holds import standing
from app.disbursement.tables import batch_event, hold
from app.errors import Conflict, Forbidden, Held, InputError, NotFound, Refused
from app.jobs.month_end import nightly_proofs, seal_chain
from app.jobs.resending import resend_in_doubt
from app.keeping.page import page_of
from bank_adapters.contract import ReportKind
from reconciliation import intake, lines
from tests.app.keeping.before import Story, after_backup, restored, september_approved, taken
from tests.factories import BANK, OCTOBER, OTHER_COMMUNE, POST, SEPTEMBER, House, booked, report
from tests.support.reports import digest_of

pytestmark = pytest.mark.stage(of=september_approved)


def compared(house: House) -> Comparison:
    """A comparison, a minute later."""
    now = house.later()
    with house.work() as session:
        return compare(session, now)


def signs(house: House, username: str, digest: str) -> Signed:
    """An officer's signature under a comparison."""
    who = house.acting(username)
    with house.work() as session:
        return sign_comparison(session, house.keyring, who, digest, house.clock.now())


def held(house: House) -> list[str]:
    """Scope and key of every hold that stands."""
    with house.database.view() as session:
        return [f"{row.scope} {row.key}" for row in standing(session)]


def resend(story: Story) -> str:
    """The job that hands the same bytes over again."""
    story.house.later()
    return resend_in_doubt(story.providers.connected(story.house.runtime))


def test_the_machine_is_lost(story: Story, new: House, tmp_path: Path) -> None:
    made = taken(story, tmp_path / "backups")
    after_backup(story)
    executed = story.providers.executed()
    message = story.message(story.unknown)
    old = story.house

    tables = set(inspect(old.database.engine).get_table_names())
    with (old.home / "send-journal.jsonl").open("a") as file:
        file.write('{"at": "2026-09-')  # the power went while a line was written

    done = restored(story, made, new)
    assert [one.name for one in done.proofs if not one.ok] == []
    assert done.unreadable == (5,)
    assert set(inspect(new.database.engine).get_table_names()) == tables
    with new.database.engine.connect() as connection:
        assert schema.missing_rules(connection) == []
    assert done.lost_entries == 4  # three batches left, one of them was built as well
    assert done.recovered.in_doubt == (story.released, story.built)
    assert [one.message_id for one in done.recovered.unknown] == [message]
    assert story.states() == ["sent", "in_doubt", "in_doubt", "released"]
    assert held(new) == ["global restored", f"provider {POST}"]
    _evidence_is_the_journal(story, old)

    new.on("2026-09-11")
    assert story.send().startswith("0 sent; 1 held: Khôi phục từ bản sao lưu ansinh-2026-09-10")
    assert "; 2 held: " in resend(story)
    story.unknown = story.build(OTHER_COMMUNE, POST, date(2026, 9, 11))
    assert story.message(story.unknown) == message
    with pytest.raises(Held, match="Khôi phục"):
        new.release([story.unknown])
    assert story.providers.executed() == executed

    _two_sign(new, message)
    assert held(new) == [f"provider {POST}"]
    waiting = story.message(story.waiting)
    assert story.send() == "1 sent"
    assert waiting in "".join(story.providers.delivered())
    _the_unknown_goes_no_second_time(story)
    assert resend(story).startswith("2 of 3 in doubt")
    assert story.states() == ["done", "sent", "sent", "sent"]
    assert story.providers.executed().keys() > executed.keys()
    assert set(story.providers.executed().values()) == {1}
    seal_chain(new.runtime)
    assert "failed" not in nightly_proofs(new.runtime)
    new.on("2026-09-20")
    new.list_month(OCTOBER)  # sequences go on where they stood


def _evidence_is_the_journal(story: Story, old: House) -> None:
    """Each step that the backup did not know is there, at the moment of the journal's line."""
    query = select(batch_event.c.state, batch_event.c.evidence, batch_event.c.at)
    events = story.house.rows(
        query.where(batch_event.c.batch_id == story.built).order_by(batch_event.c.seq)
    )
    assert [one[0] for one in events] == ["built", "released", "sending", "in_doubt"]
    told = {one[1] for one in events[1:]}
    assert told == {f"send_journal:{story.message(story.built)}.xlsx"}
    assert events[2][2] < old.clock.now()


def _two_sign(new: House, message: str) -> None:
    """One page, two persons; and every other way is closed."""
    number = new.ask(select(hold.c.id).where(hold.c.key == "restored"))
    with pytest.raises(NotFound, match="Chưa có bảng đối chiếu"):
        signs(new, "finance.one", "0" * 12)
    first = compared(new)
    page = page_of(first)
    assert message in page
    assert "1 dòng nhật ký không đọc được" in page
    assert "TỆP ĐÃ GỬI MÀ SỔ KHÔNG BIẾT: 1 tệp" in page
    assert [one["difference"] for one in first.value["accounts"] if one["books"]] == [None] * 5
    with pytest.raises(Refused, match="ansinh restore sign"):
        new.clear_hold(number, "finance.one")
    for username in ("auditor", "checker.all"):
        with pytest.raises(Forbidden):
            signs(new, username, first.digest)
    with pytest.raises(InputError, match="12 ký tự"):
        signs(new, "finance.one", first.digest[:11])
    assert not signs(new, "finance.one", first.digest[:12]).cleared
    assert compared(new).id == first.id

    other = new.acting("finance.two")  # the books move on: a page with other content
    _a_statement_comes(new)
    with pytest.raises(Conflict, match="Số liệu đã đổi"), new.work() as session:
        sign_comparison(session, new.keyring, other, first.digest, new.clock.now())
    second = compared(new)
    assert second.digest != first.digest
    with pytest.raises(Conflict, match="không phải của số liệu hiện nay"):
        signs(new, "finance.two", first.digest)
    assert not signs(new, "finance.two", second.digest).cleared
    assert not signs(new, "finance.two", second.digest).cleared
    assert signs(new, "finance.one", second.digest).cleared


def _a_statement_comes(new: House) -> None:
    """The bank's own word on what was sent before the backup."""
    debit = booked(new.reference(1, SEPTEMBER), -500_000, "2026-09-10")
    stated = report(ReportKind.STATEMENT, new.account(BANK), debit, opening=500_000, closing=0)
    name, now = "statement.xml", new.later()
    sha256 = digest_of(name)
    path = intake.stored_path(new.home / "inbound", sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(repr((name,)).encode())
    with new.work() as session:
        intake.receive(session, BANK, name, sha256, 1, now)
        (file_id, *_) = intake.waiting(session, "received")[-1]
        assert lines.read_reports(session, file_id, BANK, iter([stated]), now.date()) == ""
        assert collection.process(session, file_id, now)["settled"] == 1


def _the_unknown_goes_no_second_time(story: Story) -> None:
    """Its provider's own hold is cleared by two; released anew, it is in doubt and not carried."""
    house = story.house
    number = house.ask(select(hold.c.id).where(hold.c.scope == "provider"))
    house.clear_hold(number, "finance.one")
    assert house.clear_hold(number, "finance.two").cleared
    assert held(house) == []
    house.release([story.unknown])
    files = story.providers.delivered()
    story.send()
    assert house.batch_state(story.unknown) == "in_doubt"
    assert story.providers.delivered() == files
