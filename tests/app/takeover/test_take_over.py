"""Take-over: checked against the house, loaded by one, accepted by another, paid once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.benefits.tables import obligation
from app.disbursement.proofs import Evidence, prove_everything
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from app.jobs.month_end import close_month
from app.takeover import headings as h
from app.takeover.tables import take_over, take_over_acceptance
from bank_adapters.contract import LineKind, ReportKind
from ledger.balances import account_balances, cell_balances
from ledger.chart import Cell
from ledger.periods import close_period
from tests.app.takeover import files, office
from tests.app.takeover.files import AT_BANK, BALANCES, UNPAID, Line, balance, changed, unpaid
from tests.app.takeover.office import registered, taken_over
from tests.factories import (
    BANK,
    COMMUNE,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    listed,
    report,
    row,
)

pytestmark = pytest.mark.stage(of=registered)
CELL = Cell("local", "pension", COMMUNE, POST)
BANK_CELL = Cell("local", "pension", COMMUNE, BANK)


def faults(house: House, *rows: Any, **told: Any) -> str:
    """Every error of a file of these rows."""
    file, found = office.checked(house, files.workbook(house.home / "cu.xlsx", *rows, **told))
    assert found is None
    return "\n".join(error.message for error in file.errors)


def broken(house: House) -> list[str]:
    """Names of the proofs that do not hold."""
    with house.work() as session:
        found = prove_everything(session, Evidence(keyring=house.keyring))
    return [one.name for one in found if not one.ok]


def unguard(house: House, table: str) -> None:
    """Drop the rule that keeps a table as it was written, as its owner can."""
    name = f"{table}_no_update" if house.database.is_sqlite else f"{table}_append_only"
    house.tamper(f"drop trigger {name}" + ("" if house.database.is_sqlite else f" on {table}"))


# ------------------------------------------------------------------ checked against the house
def test_a_sound_file_has_a_digest_of_its_content(house: House, tmp_path: Path) -> None:
    """Whatever the order of the rows and the form of the file; any change is another."""
    found = office.content(house)
    assert (found.total, found.unpaid_total, found.cells) == (10_000_000, 500_000, [CELL])
    turned = office.content(house, BALANCES[::-1])
    _, from_csv = office.checked(house, files.csv_file(tmp_path / "cu.csv"))
    assert from_csv is not None
    assert turned.digest == from_csv.digest == found.digest
    other = office.content(house, changed(BALANCES, 0, NOTE="khác"))
    assert other.digest != found.digest


UNPAID_FAULTS: list[tuple[tuple[Line, ...], str]] = [
    ((unpaid(9),), "Ô B6 không có trong sổ"),
    ((unpaid(2, NAME="Nông Thị Khác"),), "Ô C6 ghi “Nông Thị Khác”, khác tên trong sổ"),
    ((unpaid(2, PERIOD="09/2026"),), "Ô G6 sau ngày chốt số dư"),
    ((unpaid(2, PERIOD="12/2025"),), "Ô D6 người này không có quyết định hưởng khoản đó"),
    ((unpaid(2, COMPONENT="Chăm sóc"),), "không có quyết định hưởng khoản đó"),
    ((unpaid(2, 250_000), unpaid(2, 250_000)), "Ô B7 trùng dòng 6"),
    ((unpaid(2, UNIT="99999"),), "Ô E6 ghi đơn vị “99999”, không có"),
    ((unpaid(2, PROGRAMME="Người có công"),), "Ô D6 ghi chương trình chưa mở"),
    ((unpaid(2, PROVIDER="vnpost"),), "Ô F6 ghi nơi chi trả “vnpost”, không có"),
    ((unpaid(2, 400_000),), "ghi 500.000 ₫, trang “Chưa trả” cộng được 400.000 ₫, lệch 100"),
    ((), "trang “Chưa trả” cộng được 0 ₫"),
    ((unpaid(2, PROVIDER=BANK),), "“Trợ cấp phải trả” ghi 0 ₫"),
]


def test_unpaid_rows_against_the_register(house: House) -> None:
    for owed, words in UNPAID_FAULTS:
        assert words in faults(house, BALANCES, owed).replace("\u00a0", " "), words


BALANCE_FAULTS: list[tuple[Sequence[Line], Line, str]] = [
    (changed(BALANCES, 0, AMOUNT=999_999), {}, "bên Nợ 4.999.999 ₫, bên Có 5.000.000 ₫"),
    (BALANCES, {h.TOTAL_LABEL: 1}, "ghi tổng 1 ₫, cộng các dòng được 10.000.000 ₫"),
    (BALANCES, {h.ROWS_LABEL: 3}, "ghi 3 dòng, đọc được 4"),
    (BALANCES, {h.DAY_LABEL: "02/09/2026"}, "02/09/2026 chưa tới"),
    ([*BALANCES, balance("Tiền đang chuyển", 5)], {}, "E10 là tiền đang chuyển"),
    ([*BALANCES, balance("Chi trợ cấp", 5)], {}, "E10 trùng dòng 7"),
    ([*BALANCES, balance("Trợ cấp phải trả", 5)], {}, "E10 trùng dòng 9"),
    ([], {}, "không có dòng nào"),
]


def test_balances_against_themselves(house: House) -> None:
    for lines, told, words in BALANCE_FAULTS:
        assert words in faults(house, lines, UNPAID, told).replace("\u00a0", " "), words


def test_a_closed_month_is_refused(house: House) -> None:
    with house.work() as session:
        close_period(session, "pension", "2026-08", house.clock.now())
    assert "Tháng 08/2026 của chương trình “Hưu trí xã hội” đã khoá" in faults(house)


def test_what_is_owed_here_already_is_refused(house: House) -> None:
    """August of person 2 was listed by us."""
    house.register("2026-08", row(1), in_cash(2), in_cash(3))
    house.list_month("2026-08")
    assert "Ô G6 đã có trong An Sinh" in faults(house)


# ------------------------------------------------------------------ two persons
def test_loaded_is_not_accepted(house: House) -> None:
    found = office.content(house)
    first = office.load(house, found)
    assert (first.is_new, first.accepted) == (True, False)
    assert office.load(house, found, "finance.two").is_new is False
    assert house.count(take_over) == 1
    assert house.rows("select step from act where step <> 'ladder'") == [("take_over_load",)]
    assert house.rows("select count(*) from entry") == [(0,)]
    assert house.count(obligation) == 0
    with pytest.raises(Forbidden, match="không có quyền"):
        office.load(house, office.content(house, changed(BALANCES, 0, NOTE="x")), "auditor")


def test_the_same_person_cannot_accept(house: House) -> None:
    """Not by the room, and not by a row written past it."""
    loaded = office.load(house, office.content(house))
    with pytest.raises(Refused, match="không được tự tiếp nhận"):
        office.accept(house, loaded.digest, "finance.one")
    one, two = house.officer("finance.one"), house.officer("finance.two")
    columns = "take_over_id, loaded_by, digest, officer_id, act_id, accepted_at"
    for loaded_by, officer, digest in ((one, one, loaded.digest), (two, one, loaded.digest),
                                       (one, two, "0" * 64)):  # fmt: skip
        with pytest.raises(DBAPIError):
            house.tamper(
                f"insert into take_over_acceptance ({columns}) values"
                f" (1, {loaded_by}, '{digest}', {officer}, 1, '2026-09-01 00:00:00+00:00')"
            )
    assert house.count(take_over_acceptance) == 0


def test_the_code_must_be_right_and_new(house: House) -> None:
    loaded = office.load(house, office.content(house))
    with pytest.raises(Forbidden, match="Mã xác thực không đúng"):
        office.accept(house, loaded.digest, code="000000")
    with pytest.raises(Forbidden, match="không có quyền"):
        office.accept(house, loaded.digest, "auditor")
    two, now = office.signer(house, "finance.two"), house.clock.now()
    other = office.content(house, changed(BALANCES, 0, NOTE="x"))
    with house.work() as session:
        office.load_file(session, house.keyring, two, "khac.xlsx", other, now)
    with pytest.raises(Conflict, match="đã dùng rồi"), house.work() as session:
        office.accept_file(session, house.keyring, two, loaded.digest, now)
    assert house.rows("select count(*) from entry") == [(0,)]


def test_the_digest_names_what_was_read(house: House) -> None:
    office.load(house, office.content(house))
    for given in ("", "abc", "%" * 12):
        with pytest.raises(InputError, match="ít nhất 12 ký tự"):
            office.accept(house, given)
    with pytest.raises(NotFound):
        office.accept(house, "0" * 64)


CHANGES = (
    ("take_over_balance", "amount = amount + 1", "amount = amount - 1"),
    ("take_over_unpaid", "person_id = person_id + 1", "person_id = person_id - 1"),
    ("take_over_unpaid", "amount = amount * 10", "amount = amount / 10"),
    ("take_over", "balances_on = '2026-08-30'", "balances_on = '2026-08-31'"),
    ("take_over", "unpaid_total = unpaid_total + 1", "unpaid_total = unpaid_total - 1"),
)


def test_what_was_changed_between_is_not_accepted(house: House) -> None:
    """Not by the application, and if the owner drops the rule, not past the digest."""
    loaded = office.load(house, office.content(house))
    for table in ("take_over", "take_over_balance", "take_over_unpaid"):
        with pytest.raises(DBAPIError):
            house.tamper(f"delete from {table}")
        unguard(house, table)
    for table, change, back in CHANGES:
        house.tamper(f"update {table} set {change}")
        with pytest.raises(Conflict, match="không còn là nội dung"):
            office.accept(house, loaded.digest)
        house.tamper(f"update {table} set {back}")
    assert office.accept(house, loaded.digest).is_new


# ------------------------------------------------------------------ what is posted
def test_accepted_once(house: House) -> None:
    found = office.content(house)
    loaded = office.load(house, found)
    done = office.accept(house, loaded.digest[:12])
    assert (done.entries, done.obligations, done.is_new) == (4, 1, True)
    with house.work() as session:
        left = {one.path: one.balance for one in account_balances(session)}
    assert left == {
        "advance/local/pension/01273/postoffice": -1_000_000,
        "expense/local/pension/01273": -4_000_000,
        "funding/local/pension/01273/postoffice": 4_500_000,
        "opening/local/pension/01273/postoffice": 0,
        "payable/local/pension": 500_000,
    }
    days = house.rows("select distinct effective_on, fiscal_year, source from entry")
    assert [(str(day), *rest) for day, *rest in days] == [("2026-08-31", 2026, "take-over:1")]
    assert broken(house) == []
    assert office.accept(house, loaded.digest, "finance.one").is_new is False
    assert office.load(house, found).accepted is True
    with house.work() as session:
        close_period(session, "pension", "2026-08", house.clock.now())
    assert office.load(house, office.content(house)).is_new is False  # from the file, once more
    assert house.rows("select count(*) from entry") == [(4,)]


def test_every_kind_comes_over(house: House) -> None:
    lines = [
        *BALANCES,
        balance("Tiền gửi tại ngân hàng", 700_000, AT_BANK),
        balance("Phải đòi đơn vị chi trả", 20_000, AT_BANK),
        balance("Phải đòi đơn vị chi trả", 10_000, AT_BANK, NOTE="phí tháng 7"),
        balance("Phải thu do chi trùng hoặc chi thừa", 5_000, AT_BANK),
        balance("Tiền vào chưa rõ nguồn", 70_000, AT_BANK),
        balance("Phải nộp trả Kho bạc", 100_000, AT_BANK),
        balance("Kinh phí được cấp", 565_000, AT_BANK),
    ]
    office.accept(house, office.load(house, office.content(house, lines)).digest)
    kinds = ("bank", "claim", "overpayment", "suspense", "treasury", "funding", "opening")
    with house.work() as session:
        found = cell_balances(session, kinds, BANK_CELL)
    assert found == {
        "bank": -700_000, "claim": -30_000, "overpayment": -5_000, "suspense": 70_000,
        "treasury": 100_000, "funding": 565_000, "opening": 0,
    }  # fmt: skip
    items = [one for (one,) in house.rows("select item from posting where item < 0")]
    assert sorted(items) == sorted(
        -one for (one,) in house.rows(
            "select id from take_over_balance where kind in ('claim', 'overpayment', 'suspense')"
        )
    )  # fmt: skip
    assert len(items) == 4
    assert broken(house) == []


def test_a_second_take_over_of_a_cell_is_refused(house: House) -> None:
    """Loaded while the first one waited, or checked after it."""
    first = office.load(house, office.content(house))
    second = office.load(house, office.content(house, changed(BALANCES, 0, NOTE="lần hai")))
    office.accept(house, first.digest)
    with pytest.raises(Refused, match="đã có bút toán hoặc đã tiếp nhận số dư khác"):
        office.accept(house, second.digest)
    third = faults(house, changed(BALANCES, 0, NOTE="lần ba"))
    assert "Ô B6 01273, postoffice: đã có bút toán trong An Sinh" in third
    assert "Ô G6 đã có trong An Sinh" in third
    assert house.count(take_over_acceptance) == 1


def test_two_files_for_one_cell_at_once(house: House) -> None:
    """Each loaded by one and accepted by the other: only one of them finds the cell unused."""
    first = office.load(house, office.content(house))
    other = office.content(house, changed(BALANCES, 0, NOTE="lần hai"))
    second = office.load(house, other, "finance.two")
    house.later()
    now, start = house.clock.now(), Barrier(2)
    told: list[str] = []

    def accept(digest: str, name: str) -> None:
        who = Signer(house.officer(name), house.code())
        start.wait()
        try:
            house.database.serializable(
                lambda session: office.accept_file(session, house.keyring, who, digest, now)
            )
            told.append("accepted")
        except Refused:
            told.append("refused")

    pairs = ((first.digest, "finance.two"), (second.digest, "finance.one"))
    threads = [Thread(target=accept, args=pair) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["accepted", "refused"]
    assert house.rows("select count(*) from entry") == [(4,)]
    assert broken(house) == []


def test_days_may_have_passed_before_the_second_person(house: House) -> None:
    """The month was closed meanwhile; or the obligation was listed here."""
    loaded = office.load(house, office.content(house))
    house.register("2026-08", row(1), in_cash(2), in_cash(3))
    house.list_month("2026-08")
    with pytest.raises(Refused, match="1 khoản chưa trả trong tệp nay đã có"):
        office.accept(house, loaded.digest)
    with house.work() as session:
        close_period(session, "pension", "2026-08", house.clock.now())
    with pytest.raises(Refused, match="đã khoá"):
        office.accept(house, loaded.digest)
    assert house.rows("select count(*) from entry") == [(0,)]


def test_the_bound_acts_are_proved(house: House) -> None:
    """Rows changed by the owner after the acceptance are found by what two persons signed."""
    office.accept(house, office.load(house, office.content(house)).digest)
    unguard(house, "take_over_unpaid")
    house.tamper("update take_over_unpaid set reason = 'khác'")
    assert broken(house) == ["acts = what officers confirmed"]


# ------------------------------------------------------------------ paid by the ordinary lists
@pytest.mark.stage(of=taken_over)
def test_paid_once_by_the_ordinary_payroll(house: House) -> None:
    """September's list carries it, does not accrue it again, and the bridge explains it."""
    house.on("2026-09-03")
    (payroll,) = house.approve_month(SEPTEMBER)
    assert sorted(house.lines_of(payroll)) == [
        (500_000, "carried", "cash"),
        (500_000, "joined", "account"),
        (500_000, "joined", "cash"),
        (500_000, "joined", "cash"),
    ]
    bridge = dict(house.rows(f"select cause, amount from bridge where payroll_id = {payroll}"))
    assert {cause: amount for cause, amount in bridge.items() if amount} == {
        "joined": 1_500_000,
        "carried": 500_000,
    }
    with house.work() as session:
        assert cell_balances(session, ("payable",), CELL) == {"payable": 2_000_000}
    house.fund(SEPTEMBER)  # the post office holds 1,000,000 and gets 500,000 for 1,500,000
    assert house.rows("select listed, unspent, amount from funding_request order by id")[-1] == (
        1_500_000, 1_000_000, 500_000,
    )  # fmt: skip
    house.on("2026-09-10")
    built = house.build(SEPTEMBER)
    house.release(built)
    for one in built:
        house.send(one)
    taken = house.reference(2, "2026-08")
    paid = [
        listed(LineKind.PAID_CASH, reference, 500_000, "2026-09-12", voucher=f"BD{number}")
        for number, reference in enumerate(
            (taken, house.reference(2, SEPTEMBER), house.reference(3, SEPTEMBER))
        )
    ]
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), *paid))
    assert house.state(taken) == "settled"
    house.register(OCTOBER, row(1), in_cash(2), in_cash(3))
    (october,) = house.list_month(OCTOBER)
    assert "carried" not in {cause for _, cause, _ in house.lines_of(october)}
    assert broken(house) == []


@pytest.mark.stage(of=taken_over)
def test_the_month_of_the_take_over_closes(house: House) -> None:
    """What came over counts as the month's opening, so that the identity holds."""
    house.on("2026-09-03")
    assert "1 cells closed" in close_month(house.runtime, "2026-08")
    (row_,) = house.rows("select opening, balance, unspent from closing")
    assert row_ == (1_000_000, 1_000_000, 1_000_000)


@pytest.mark.stage(of=taken_over)
def test_a_month_that_the_older_system_listed_is_not_listed_again(house: House) -> None:
    with pytest.raises(Refused, match="Kỳ 08/2026 do hệ thống cũ lập danh sách"):
        house.list_month("2026-08")
