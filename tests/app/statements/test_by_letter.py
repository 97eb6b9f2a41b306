"""Letters to people of a commune: for whom the case is true, with the figures of the books."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import event, select, update

from app.answers.standing import parts_of
from app.audit.tables import audit_event
from app.beneficiaries.tables import person
from app.clock import local_date
from app.errors import Forbidden, InputError, NotFound
from app.jobs.asked import run_one
from app.messaging.states import CASH_READY, JOINED, LEFT, RETURNED, TAKEN_BACK
from app.signing.reading import by_code
from app.statements.by_letter import document
from app.statements.by_letter.document import KINDS, Wanted, write_by_letter
from app.statements.by_letter.wording import Payment, said
from app.statements.person_statement import Paper
from app.statements.reading import of_person, stories
from app.tasks.asking import ask, task_of
from bank_adapters.contract import LineKind, ReportKind
from tests.app.printing.reading import read_pdf
from tests.app.statements.october import approve_october, send_october
from tests.app.web.test_hostile_names import HOSTILE, UNSEEN
from tests.factories import (
    BANK,
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
)
from tests.reconciliation.desk import match, newest, unmatch
from tests.support.commands import ansinh, ansinh_json
from tests.support.messages import HELP

PEOPLE, BACK, AT_ONCE = 40, range(1, 25), 10
MAKER = f"maker.{COMMUNE}"
LEAVER, JOINER = 4, 6
NUMBER = re.compile(r"Nông Thị Người (\d+)")


def _row(one: int) -> Any:
    make = in_cash if one % 5 == 0 else row
    return make(one, hamlet="" if one == 7 else f"Tổ {one % 12 + 1}")


def sent(house: House, people: list[Any]) -> dict[int, str]:
    """September of these people has left; gives the reference of each."""
    house.register(SEPTEMBER, *people)
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    return {one: house.reference(one, SEPTEMBER) for one in range(1, len(people) + 1)}


def mixed(house: House) -> None:
    """September came, came back for two reasons, or waits as cash."""
    refs = sent(house, [_row(one) for one in range(1, PEOPLE + 1)])
    debits = [booked(refs[one], -500_000, "2026-09-10") for one in refs if one % 5]
    back = [booked(refs[one], 500_000, "2026-09-11", reason="AC04" if one % 2 else "BE08")
            for one in BACK if one % 5]  # fmt: skip
    opening, left = 500_000 * len(debits), 500_000 * len(back)
    house.receives(BANK, report(ReportKind.STATEMENT, house.account(BANK), *debits, *back,
                                opening=opening, closing=left))  # fmt: skip
    cash = listed(LineKind.PAID_CASH, refs[5], 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))


def changed(house: House) -> None:
    """October's list has one person more and one less than September's, and arrears."""
    people = [_row(one) for one in range(1, 5)]
    sent(house, people)
    approve_october(house, *people[:-1], _row(JOINER))


pytestmark = pytest.mark.stage(of=mixed)


@pytest.fixture(autouse=True)
def _by_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "AT_ONCE", AT_ONCE)


def written(house: House, kind: str, period: str, area: str = COMMUNE) -> tuple[str, list[str]]:
    """The list that goes with the letters, and the words of each letter."""
    out, told = io.BytesIO(), list[int]()
    wanted, paper = (
        Wanted(area, period, kind, HELP),
        Paper(house.keyring, True, "https://v.example"),
    )
    with house.database.view() as session:
        count = write_by_letter(session, wanted, paper, house.clock.now(), out, told.append)
    pages = [" ".join(" ".join(one).split()) for one in read_pdf(out.getvalue()).pages]
    first = next(at for at, page in enumerate(pages) if "Kính gửi" in page)
    letters = pages[first:]
    assert len(letters) == count == told[-1]
    return " ".join(pages[:first]), letters


def number(letter: str) -> int:
    return int(NUMBER.findall(letter)[0])


def sums(letters: list[str]) -> dict[int, int]:
    """The sum of each letter, by person; in words too, and nowhere another sum."""
    said = re.compile(r"Số tiền [^:]*: ([\d.]+) đồng \(bằng chữ: [A-Z][^)]+ đồng\)\.")
    found = {number(one): said.findall(one) for one in letters}
    assert all(len(one) == 1 for one in found.values())
    return {who: int(one[0].replace(".", "")) for who, one in found.items()}


def books(house: House, period: str) -> dict[int, tuple[int, int]]:
    """(what was owed, what is owed still) to each person for a month, by the exported books."""
    folder = house.home / f"export-{period}"
    assert ansinh_json(house, "ledger", "export", "--format", "csv", "--output", folder)
    with (folder / "accounts.csv").open(encoding="utf-8-sig") as file:
        payable = {one["account"] for one in csv.DictReader(file) if one["item"] == "obligation"}
    items: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    with (folder / "postings.csv").open(encoding="utf-8-sig") as file:
        for one in csv.DictReader(file):
            if one["account"] in payable and one["item"]:
                mine = items[int(one["item"])]
                mine[0] = mine[0] or int(one["credit"])
                mine[1] += int(one["credit"]) - int(one["debit"])
    whose = house.rows(
        "select o.id, p.name from obligation o join person p on p.id = o.person_id"
        f" where o.period = '{period}'"
    )
    return {number(name): (items[item][0], items[item][1]) for item, name in whose}


def test_a_letter_goes_to_whom_it_is_true_of_with_the_figures_of_the_books(house: House) -> None:
    told = {kind: sums(written(house, kind, SEPTEMBER)[1]) for kind in (RETURNED, CASH_READY)}
    known_books, back = books(house, SEPTEMBER), {one for one in BACK if one % 5}
    assert told[RETURNED] == {one: known_books[one][1] for one in back}
    assert set(told[RETURNED].values()) == {500_000}
    assert told[CASH_READY] == {one: known_books[one][0] for one in range(10, PEOPLE + 1, 5)}
    # What a question by SMS is answered is what the letters say.
    with house.database.view() as session:
        for (who,) in house.rows(select(person.c.id)):
            known = stories(session, *of_person(who))
            parts = parts_of(session, known, local_date(house.clock.now()))
            name = number(str(house.ask(select(person.c.name).where(person.c.id == who))))
            forms = {one.form for one in parts if one.month == SEPTEMBER}
            assert ("returned" in forms) == (name in told[RETURNED]), name
            assert ("cash_ready" in forms) == (name in told[CASH_READY]), name


@pytest.mark.stage(of=changed)
def test_a_list_that_changed_is_told_to_whom_it_names_first_or_no_more(house: House) -> None:
    _, joined = written(house, JOINED, OCTOBER)
    assert sums(joined) == {JOINER: books(house, OCTOBER)[JOINER][0]}
    assert "mỗi tháng 540.000 đồng" in joined[0]
    _, left = written(house, LEFT, OCTOBER)
    assert sums(left) == {LEAVER: books(house, SEPTEMBER)[LEAVER][0]}
    assert "Kỳ cuối cùng có tên là tháng 9/2026: 500.000 đồng" in left[0]
    for letter in (*joined, *left):
        require_confirmed(house, letter)
    for kind, month in ((JOINED, SEPTEMBER), (LEFT, SEPTEMBER), (CASH_READY, OCTOBER)):
        with pytest.raises(NotFound):
            written(house, kind, month)


def test_what_stands_in_a_letter_and_what_does_not(house: House) -> None:
    cover, letters = written(house, RETURNED, SEPTEMBER)
    by_number = {number(one): one for one in letters}
    assert "mang căn cước đến Ủy ban nhân dân" in by_number[1]
    assert "sửa số tài khoản" in by_number[1]
    assert "tài khoản ****1000" in by_number[1]
    assert "chưa cần làm gì" in by_number[2]
    assert f"gọi số {HELP}" in by_number[1]
    assert row(1).citizen_id not in " ".join(letters)
    _, cash = written(house, CASH_READY, SEPTEMBER)
    assert "mang theo căn cước" in cash[0]
    assert "từ ngày 10/09/2026" in cash[0]
    for letter in (letters[0], cash[0]):
        require_confirmed(house, letter)
    for text in (cover, *letters, *cash):
        assert not re.search(r"hưu trí|bảo trợ|khuyết tật|trợ giúp|đối tượng", text, re.I)
    # The list that goes with them names people and how many, no sum and no case.
    assert f"Số thư: {len(letters)}" in cover
    assert not re.search(r"đồng|₫|tài khoản|trả lại", cover)


def test_they_lie_as_they_are_carried_out(house: House) -> None:
    """By hamlet in the order of numbers, in each by name; list and letters alike."""
    cover, letters = written(house, RETURNED, SEPTEMBER)
    order = [number(one) for one in letters]
    hamlets = [one % 12 + 1 for one in order if one != 7]
    assert order.index(7) == 0, "whose hamlet nobody wrote down comes first"
    assert hamlets == sorted(hamlets)
    assert [int(one) for one in NUMBER.findall(cover)] == order
    counts = {f"Tổ {one}": hamlets.count(one) for one in hamlets}
    for hamlet, count in counts.items():
        assert re.search(rf"{hamlet} {count}\b", cover), hamlet


def carried(house: House) -> None:
    """September's cash was not collected; October's list pays both months, and has left."""
    refs = sent(house, [in_cash(1), in_cash(2)])
    unpaid = [listed(LineKind.UNPAID, refs[one], 500_000, "2026-09-20") for one in (1, 2)]
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), *unpaid))
    send_october(house, in_cash(1), in_cash(2))


@pytest.mark.stage(of=carried)
def test_two_months_of_one_person_are_one_letter(house: House) -> None:
    """A line each, one sum; the code is of the newest month; the older month has no letter more."""
    _, letters = written(house, CASH_READY, OCTOBER)
    both = [books(house, month)[1][0] for month in (SEPTEMBER, OCTOBER)]
    assert sums(letters) == {1: sum(both), 2: sum(both)}
    assert re.search(r"Tháng 9/2026: 500.000 đồng, nhận tại", letters[0])
    assert re.search(r"Tháng 10/2026: [\d.]+ đồng, nhận tại", letters[0])
    assert "tháng 10/2026, tổng" in letters[0]
    require_confirmed(house, letters[0])
    with pytest.raises(NotFound):
        written(house, CASH_READY, SEPTEMBER)


def require_confirmed(house: House, letter: str) -> None:
    """What anybody sees of the code stands in the letter."""
    code = re.findall(r"Mã kiểm tra: (\S+)", letter)[0]
    with house.database.view() as session:
        found = by_code(session, house.keyring, code)
    assert found is not None
    assert (found.standing, found.persons) == ("stands", 1)
    month = f"tháng {int(found.period[5:])}/{found.period[:4]}"
    assert f"{month}, tổng {found.total:,}".replace(",", ".").replace(". t", ", t") in letter


def test_a_payment_that_was_taken_back_is_corrected(house: House) -> None:
    """Until it arrives after all."""
    with pytest.raises(NotFound):
        written(house, TAKEN_BACK, SEPTEMBER)
    reference = house.reference(29, SEPTEMBER)
    line = int(house.ask(f"select id from bank_line where reference = '{reference}'"))
    unmatch(house, line)
    _, letters = written(house, TAKEN_BACK, SEPTEMBER)
    assert sums(letters) == {29: 500_000}
    assert "xin lỗi" in letters[0]
    match(house, line, (reference, 0))
    assert newest(house) > line
    with pytest.raises(NotFound):
        written(house, TAKEN_BACK, SEPTEMBER)


def test_cash_that_was_taken_back_has_no_account_to_be_named(house: House) -> None:
    with house.database.view() as session:
        paid = next(iter(stories(session, *of_person(5))))
    told = said(TAKEN_BACK, SEPTEMBER, [Payment(paid, 500_000)], "Ủy ban", HELP)
    assert "500.000\xa0đồng tiền mặt tại " in told.paragraphs[1]


def test_nobody_is_asked_for_alone(house: House) -> None:
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(house.database.engine, "before_cursor_execute", note)
    _, letters = written(house, RETURNED, SEPTEMBER)
    event.remove(house.database.engine, "before_cursor_execute", note)
    chunks = -(-len(letters) // AT_ONCE)
    assert chunks == 2
    assert len(asked) <= 3 + 4 * chunks + 2


def test_who_died_and_whom_it_is_not_about_gets_none(house: House) -> None:
    with house.owner.engine.begin() as connection:
        who = person.c.name.in_(["Nông Thị Người 001", "Nông Thị Người 002"])
        connection.execute(update(person).where(who).values(died_on=house.clock.now().date()))
    _, letters = written(house, RETURNED, SEPTEMBER)
    assert {1, 2}.isdisjoint(sums(letters))
    for kind, month, area, why in (
        (RETURNED, OCTOBER, COMMUNE, NotFound),
        (RETURNED, SEPTEMBER, OTHER_COMMUNE, NotFound),
        ("paid", SEPTEMBER, COMMUNE, InputError),
        (RETURNED, "x", COMMUNE, InputError),
    ):
        with pytest.raises(why):
            written(house, kind, month, area)


def test_a_name_stays_a_name(house: House) -> None:
    for name in HOSTILE:
        with house.owner.engine.begin() as connection:
            connection.execute(update(person).values(name=name, hamlet=name))
        out = io.BytesIO()
        with house.database.view() as session:
            count = write_by_letter(session, Wanted(COMMUNE, SEPTEMBER, RETURNED),
                                    Paper(house.keyring, True), house.clock.now(), out,
                                    lambda _: None)  # fmt: skip
        read = read_pdf(out.getvalue())
        assert sum("Kính gửi" in " ".join(page) for page in read.pages) == count
        assert not UNSEEN.search(read.text.replace("\n", " ").replace("\t", " "))


def test_by_command_and_by_a_task_it_stands_in_the_trail(house: House) -> None:
    """Done twice it is the same file; only who has the commune's people."""
    made = house.home / "letters.pdf"
    words = ("papers", "letters", "--case", RETURNED, "--period", SEPTEMBER, "--output")
    told = ansinh_json(house, *words, made, "--area", COMMUNE, "--officer", MAKER)
    assert told["letters"] == sum(one % 5 != 0 for one in BACK)
    other = house.home / "other.pdf"
    for area, officer, kind in (
        (OTHER_COMMUNE, MAKER, Forbidden | NotFound),
        (OTHER_COMMUNE, "auditor", NotFound),
        ("", MAKER, InputError),
        (COMMUNE, "desk", Forbidden | NotFound),
    ):
        more = ("--area", area, "--officer", officer)
        assert isinstance(ansinh(house, *words, other, *more).exception, kind), (area, officer)
    assert not other.exists()
    trail = select(audit_event.c.actor, audit_event.c.detail, audit_event.c.after)
    trail = trail.where(audit_event.c.action == "papers:letters:write")
    line = (MAKER, f"{RETURNED} {SEPTEMBER}", f'{{"letters":{told["letters"]}}}')
    assert house.rows(trail) == [line]
    wanted = {"area": COMMUNE, "period": SEPTEMBER, "officer": MAKER, "case": RETURNED}
    files = []
    for _ in range(2):
        with house.work() as session:
            number = ask(session, "by_letter", wanted, house.officer(MAKER), house.clock.now())
        assert run_one(house.runtime)
        with house.database.view() as session:
            task = task_of(session, house.officer(MAKER), number)
        assert task is not None
        assert (task.state, task.done) == ("done", told["letters"])
        files.append((house.home / task.path).read_bytes())
    assert files[0] == files[1]
    assert house.rows(trail) == [line] * 3
    assert set(KINDS) == {RETURNED, CASH_READY, JOINED, LEFT, TAKEN_BACK}


def test_a_task_that_failed_leaves_nothing(house: House) -> None:
    """What it had begun may name people; what a worker before had begun goes too."""
    wanted = {"area": COMMUNE, "period": "2026-01", "officer": MAKER, "case": RETURNED}
    with house.work() as session:
        number = ask(session, "by_letter", wanted, house.officer(MAKER), house.clock.now())
    folder = house.home / "tasks"
    folder.mkdir(exist_ok=True)
    others = folder / "99-1.part"
    for begun in (folder / f"{number}-1.part", others):
        begun.write_text("Nguyễn Thị A")
    assert run_one(house.runtime)
    with house.database.view() as session:
        task = task_of(session, house.officer(MAKER), number)
    assert task is not None
    assert task.state == "failed"
    assert list(folder.iterdir()) == [others]
