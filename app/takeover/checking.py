"""A read take-over file against itself and against this database: every fault, nothing written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.headings import PROGRAMMES
from app.privacy import Keyring
from app.takeover import headings as h
from app.takeover.content import Balance, Content
from app.takeover.loaded import known
from app.takeover.people import refuse_owed, tie
from app.takeover.rows import BalanceRow, Place, TakeOverFile, UnpaidRow
from app.units.tables import contract, paying_unit, programme, provider
from ledger.balances import account_balances
from ledger.chart import KINDS, Cell
from ledger.money import format_vnd
from ledger.periods import is_closed, period_of
from reconciliation.years import last_closed_year

_WORDS = {code: word for word, code in PROGRAMMES.items()}
# What several cells share; its postings do not tell that a cell was worked in.
_SHARED = ("payable", "overpayment", "written_off", "expense", "fee")


def check(session: Session, keyring: Keyring, file: TakeOverFile, today: date) -> Content | None:
    """Check the file; gives its content, or None with every fault in `file.errors`.

    First what the file says of itself and of codes and persons; only then whether this house can
    still take it. Content that was loaded before is known again, whatever has happened since.
    """
    if file.errors or file.balances_on is None:
        return None
    _stated(file)
    places = _places(session)
    for name, rows in ((h.BALANCES, file.balances), (h.UNPAID, file.unpaid)):
        _known_places(session, file, name, rows, places)
    if file.errors:
        return None
    _kinds(file)
    unpaid = tie(session, keyring, file, places)
    _balanced(file)
    balances = [
        Balance(one.row, places[one.place], one.kind, one.amount, one.note)
        for one in file.balances
    ]  # fmt: skip
    content = Content(file.balances_on, balances, unpaid)
    if not file.errors and known(session, content.digest) is None:
        _day(session, file, file.balances_on, today)
        _unused(session, file, places)
        refuse_owed(session, file, unpaid)
    return None if file.errors else content


def _stated(file: TakeOverFile) -> None:
    """Counts and sums that the file states of itself."""
    read: Mapping[str, list[int]] = {
        h.BALANCES: [one.amount for one in file.balances],
        h.UNPAID: [one.amount for one in file.unpaid],
    }
    for name, amounts in read.items():
        sheet = file.sheets[name]
        if sheet.rows != len(amounts):
            file.fault(
                f"Trang “{name}” ghi {sheet.rows} dòng, đọc được {len(amounts)}."
                " Kiểm tra dòng thiếu hoặc thừa."
            )
        if sheet.total != sum(amounts):
            stated = format_vnd(sheet.total or 0)
            file.fault(
                f"Trang “{name}” ghi tổng {stated}, cộng các dòng được {format_vnd(sum(amounts))}."
                " Đối chiếu với sổ cũ."
            )
    if not file.balances:
        file.fault(f"Trang “{h.BALANCES}” không có dòng nào. Nhập số dư của sổ cũ.")


def _day(session: Session, file: TakeOverFile, day: date, today: date) -> None:
    if day > today:
        file.fault(f"Ngày chốt số dư {day:%d/%m/%Y} chưa tới. Nhập ngày đã khoá sổ cũ.")
    closed = last_closed_year(session)
    if closed is not None and day.year <= closed:
        file.fault(f"Năm {closed} đã khoá, không nhận số dư ngày {day:%d/%m/%Y} được nữa.")
    for code in sorted({one.place.programme for one in file.balances}):
        if is_closed(session, code, period_of(day)):
            file.fault(
                f"Tháng {day:%m/%Y} của chương trình “{_WORDS[code]}” đã khoá."
                " Chốt số dư ở một tháng còn mở."
            )


def _places(session: Session) -> dict[Place, Cell]:
    c = contract.c
    rows = session.execute(select(c.unit_code, c.programme, c.provider, c.fund))
    return {Place(*row[:3]): Cell(row.fund, row.programme, row.unit_code, row.provider)
            for row in rows}  # fmt: skip


def _known_places(
    session: Session,
    file: TakeOverFile,
    name: str,
    rows: Iterable[BalanceRow | UnpaidRow],
    places: Mapping[Place, Cell],
) -> None:
    units = set(session.scalars(select(paying_unit.c.code)))
    programmes = set(session.scalars(select(programme.c.code)))
    providers = set(session.scalars(select(provider.c.code)))
    for row in rows:
        unit, code, through = row.place
        if unit not in units:
            file.note(name, row.row, h.UNIT, f"ghi đơn vị “{unit}”, không có. Tra lại mã.")
        elif code not in programmes:
            file.note(name, row.row, h.PROGRAMME, "ghi chương trình chưa mở ở tỉnh này.")
        elif through not in providers:
            known = ", ".join(sorted(providers))
            message = f"ghi nơi chi trả “{through}”, không có. Hiện có: {known}."
            file.note(name, row.row, h.PROVIDER, message)
        elif row.place not in places:
            message = f"không có hợp đồng của đơn vị {unit} với {through} cho chương trình này."
            file.note(name, row.row, h.PROVIDER, message)


def _kinds(file: TakeOverFile) -> None:
    """Kinds that cannot come over, and control balances told twice."""
    seen: dict[tuple[Place, str], int] = {}
    for row in file.balances:
        if row.kind == "transit":
            file.note(
                h.BALANCES, row.row, h.KIND,
                "là tiền đang chuyển: lệnh ở hệ thống cũ không theo sang được. Chờ ngân hàng báo"
                " xong rồi mới chốt số dư.",
            )  # fmt: skip
        first = seen.setdefault((row.place, row.kind), row.row)
        if first != row.row and (row.kind == "payable" or not KINDS[row.kind].itemised):
            file.note(h.BALANCES, row.row, h.KIND, f"trùng dòng {first}. Gộp thành một dòng.")


def _unused(session: Session, file: TakeOverFile, places: Mapping[Place, Cell]) -> None:
    """A cell that has entries began with something else already."""
    used = used_cells(session)
    told: set[Place] = set()
    for row in file.balances:
        if places[row.place] in used and row.place not in told:
            told.add(row.place)
            file.note(
                h.BALANCES, row.row, h.UNIT,
                f"{row.place.unit}, {row.place.provider}: đã có bút toán trong An Sinh."
                " Số dư đầu chỉ nhận một lần, trước bút toán đầu tiên.",
            )  # fmt: skip


def used_cells(session: Session) -> set[Cell]:
    """Cells whose own accounts were ever posted to."""
    kinds = [kind for kind in KINDS if kind not in _SHARED]
    return {one.cell for one in account_balances(session, kinds=kinds)}


def _balanced(file: TakeOverFile) -> None:
    """Both sides of the old books agree in every cell, and the payable with its obligations."""
    sides: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    payable: Counter[Place] = Counter()
    for row in file.balances:
        sides[row.place]["debit" if row.kind in h.DEBITS else "credit"] += row.amount
        if row.kind == "payable":
            payable[row.place] += row.amount
    for place, side in sides.items():
        _same_sides(file, place, side["debit"], side["credit"])
    owed: Counter[Place] = Counter()
    for unpaid in file.unpaid:
        owed[unpaid.place] += unpaid.amount
    for place in sorted(payable.keys() | owed.keys()):
        if payable[place] != owed[place]:
            file.fault(
                f"{_place(place)}: “{KINDS['payable'].name}” ghi {format_vnd(payable[place])},"
                f" trang “{h.UNPAID}” cộng được {format_vnd(owed[place])},"
                f" lệch {format_vnd(payable[place] - owed[place])}. Đối chiếu từng người."
            )


def _same_sides(file: TakeOverFile, place: Place, debit: int, credit: int) -> None:
    if debit != credit:
        file.fault(
            f"{_place(place)}: bên Nợ {format_vnd(debit)}, bên Có {format_vnd(credit)},"
            f" lệch {format_vnd(debit - credit)}. Sổ cũ phải cân mới nhận được."
        )


def _place(place: Place) -> str:
    return f"{place.unit} · {_WORDS.get(place.programme, place.programme)} · {place.provider}"
