"""Documents and traces of two small months, on both databases."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import NotFound
from app.payroll.digest import short_code
from app.payroll.tables import payroll
from app.privacy import Keyring
from app.signing.reading import by_code
from app.statements.payroll_document import write_payroll_list
from app.statements.person_statement import Paper, person_months, write_statement
from app.statements.settlement_document import unpaid_by_place, write_settlements
from app.statements.trace import trace
from app.statements.trace_text import trace_text
from app.statements.verify_code import code_of
from ledger.chain import voucher_of
from tests.app.printing.reading import read_pdf
from tests.app.statements.small import (
    AN,
    BINH,
    CHI,
    DUNG,
    UNIT,
    build_small,
    payroll_id,
    reference_of,
)

BANK = "Ngân hàng Thử nghiệm A (giả lập)"
SYNTHETIC = "DỮ LIỆU GIẢ LẬP"
PAPER = Paper(Keyring(b"k" * 32), True, "https://verify.example")

# Rooms below still ask for `Result.tuples()`, which SQLAlchemy 2.1 no longer needs.
pytestmark = pytest.mark.filterwarnings("ignore:The Result.tuples")


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    database: Database = build_small(database_url)
    with database.view() as opened:
        yield opened
    database.close()


def pdf(write: Callable[..., None], *arguments: Any) -> str:
    out: BinaryIO = io.BytesIO()
    write(*arguments, out, True)
    out.seek(0)
    text = read_pdf(out.read()).text
    assert SYNTHETIC in text
    return " ".join(text.split())


def statuses(session: Session, who: int) -> list[tuple[str, str]]:
    months = person_months(session, who)
    return [(month.period, line.status) for month in months for line in month.lines]


def test_documents(session: Session) -> None:
    _monthly_list(session)
    _follow_up_list(session)
    _settlements(session)
    _statement(session)
    with pytest.raises(NotFound, match="Không có bảng chi trả số 999"):
        write_payroll_list(session, 999, io.BytesIO(), True)
    with pytest.raises(NotFound, match="Chưa có số liệu khóa sổ tháng 9/2026"):
        write_settlements(session, "2026-09", io.BytesIO(), True)
    with pytest.raises(NotFound, match="không có khoản trợ cấp nào tháng 9/2026"):
        write_statement(session, CHI, "2026-09", PAPER, io.BytesIO())


def _monthly_list(session: Session) -> None:
    text = pdf(write_payroll_list, session, payroll_id(session, "monthly", "2026-10"))
    total = 660_000 * 2 + 540_000 + 500_000
    assert f"{total:,}".replace(",", ".") in text
    assert "ỦY BAN NHÂN DÂN PHƯỜNG THỤC PHÁN" in text
    assert text.index("Nguyễn Thị An") < text.index("Lê Văn Bình") < text.index("Hoàng Mỹ Chi")
    assert "****7890" in text
    assert "0101234567890" not in text
    assert "Chuyển từ tháng 9/2026" in text.replace(
        "Chuyển từ tháng 9/ 2026", "Chuyển từ tháng 9/2026"
    )
    for label in (
        "Khoản của tháng 9/2026 trong danh sách tháng 9/2026 2 1.000.000",
        "Tăng: người mới hưởng hoặc mới chuyển đến +1 +540.000",
        "Thay đổi mức hưởng (2 người) 0 +80.000",
        "Truy lĩnh theo Nghị định 335/2026/NĐ-CP (2 người) 0 +240.000",
        "Chưa lĩnh từ tháng trước, chuyển sang +1 +500.000",
    ):
        assert label in text
    assert "chưa giải thích" not in text
    digest = session.scalar(
        select(payroll.c.digest).where(payroll.c.id == payroll_id(session, "monthly", "2026-10"))
    )
    # Footer and three signatures show the code that the screen shows.
    assert text.count(short_code(str(digest))) >= 4
    for role in ("Cán bộ lập", "Kế toán kiểm tra", "Chủ tịch duyệt"):
        assert f"{role}, UBND phường Thục Phán" in text


def _follow_up_list(session: Session) -> None:
    text = pdf(write_payroll_list, session, payroll_id(session, "follow_up", "2026-10"))
    assert "DANH SÁCH CHI TRẢ TRỢ CẤP BỔ SUNG LẦN 1" in text
    assert "****1111" in text
    assert "540.000 120.000 0 660.000" in text
    assert "Tăng, giảm" not in text
    # A group that tells of a person's health shows its neutral name only.
    hidden = pdf(
        write_payroll_list, session, payroll_id(session, "monthly", "2026-10", "assistance")
    )
    assert "HIV" not in hidden


def _settlements(session: Session) -> None:
    text = pdf(write_settlements, session, "2026-10")
    assert "Chênh lệch (A − B) 0" in text
    assert "KHÔNG khớp" not in text
    assert "Chưa chi trả được, chuyển sang kỳ sau: 0 người" in text
    # As of the end of each month, whatever became of it later.
    place = ("local", "pension", UNIT, "postoffice")
    assert unpaid_by_place(session, "2026-09") == {place: (1, 500_000)}
    assert unpaid_by_place(session, "2026-10") == {}


def statement(session: Session, person_id: int, period: str) -> str:
    """The words of a person's statement."""
    out = io.BytesIO()
    write_statement(session, person_id, period, PAPER, out)
    return " ".join(read_pdf(out.getvalue()).text.split())


def _statement(session: Session) -> None:
    text = statement(session, BINH, "2026-10")
    for words in (
        "Lê Văn Bình",
        "AS-000002",
        "Quyết định 25/QĐ-UBND ngày 08/08/2025",
        "Chênh lệch mức hưởng tháng 07–09/2026 (3 tháng)",
        "Nghị định 335/2026/NĐ-CP",
        "Đã lĩnh tiền mặt ngày 12/10/2026.",
        "Khoản còn lại của tháng 9/2026",
        "chưa lĩnh, chuyển sang tháng 10/2026; đã lĩnh tiền mặt ngày 12/10/2026.",
        "Sáu trăm sáu mươi nghìn đồng",
    ):
        assert words in text
    assert text == statement(session, BINH, "2026-10")
    code = re.findall(r"Mã kiểm tra: ((?:\w{4}-){3}\w{4})", text)[0]
    told = by_code(session, PAPER.keyring, code.lower())
    assert told is not None
    assert (told.kind, told.period, told.persons, told.total) == (
        "statement",
        "2026-10",
        1,
        660_000,
    )
    assert told.standing == "stands"
    assert told.unit in text or told.unit.removeprefix("UBND ").lower() in text.lower()
    # Another person's, another installation's, one sign changed: none of ours.
    other = code_of(PAPER.keyring, AN, "2026-10", "x")
    changed = by_code(session, PAPER.keyring, other)
    assert changed is not None
    assert changed.standing == "changed"
    assert by_code(session, Keyring(b"o" * 32), code) is None
    for at in range(8):
        wrong = code.replace("-", "")
        wrong = wrong[:at] + ("0" if wrong[at] != "0" else "1") + wrong[at + 1 :]
        assert by_code(session, PAPER.keyring, wrong) is None, wrong


def test_months_and_trace(session: Session) -> None:
    back = f"{BANK} trả lại tiền ngày 13/10/2026: tài khoản người hưởng đã đóng"
    assert statuses(session, AN) == [
        ("2026-10", f"{back}; đã chuyển lại vào tài khoản ngày 16/10/2026."),
        ("2026-09", "Đã chuyển vào tài khoản ngày 10/09/2026."),
    ]
    assert statuses(session, BINH)[1] == (
        "2026-09",
        "Chưa lĩnh, chuyển sang tháng 10/2026; đã lĩnh tiền mặt ngày 12/10/2026.",
    )
    assert statuses(session, DUNG) == [("2026-10", f"Đã gửi {BANK}, chờ kết quả.")]
    month = person_months(session, AN)[0]
    assert (month.regular, month.arrears, month.amount) == (540_000, 120_000, 660_000)
    _trace_of_a_person(session)
    _trace_of_a_payment(session)
    _trace_of_cash(session)
    _trace_of_nothing(session)


def _trace_of_a_person(session: Session) -> None:
    told = trace(session, f"person:{AN}")
    for same in (str(AN), "AS-000001", " 0001 "):
        assert trace(session, same) == {**told, "who": same.strip()}
    assert [one["period"] for one in told["obligations"]] == ["2026-10", "2026-09"]
    october = told["obligations"][0]
    assert [line["kind"] for line in october["lines"]] == ["monthly", "follow_up"]
    for line in october["lines"]:
        steps = line["approvals"]
        assert [one["step"] for one in steps] == ["submit", "check", "approve"]
        assert all("phường Thục Phán" in one["officer"] for one in steps)
        assert {one["code"] for one in steps} == {short_code(line["digest"])}
        assert len({one["act_digest"] for one in steps}) == 1
        assert steps[0]["at"] < steps[1]["at"] < steps[2]["at"]
    first, second = october["attempts"]
    assert (first["state"], second["state"]) == ("returned", "settled")
    assert second["replaces"] == first["reference"]
    assert [one["state"] for one in first["outcomes"]] == ["settled", "returned"]
    assert first["outcomes"][1]["reason"] == "AC04"
    assert first["batch"]["sha256"].endswith(str(first["batch"]["id"]))
    assert [one["state"] for one in first["batch"]["events"]][:4] == [
        "built", "released", "sending", "sent",
    ]  # fmt: skip
    _books(session, october)


def _books(session: Session, october: dict[str, Any]) -> None:
    entries = october["entries"]
    assert [one["recipe"] for one in entries] == [
        *("accrue", "commit", "send", "settle_bank", "return_bank"),
        *("commit", "send", "settle_bank"),
    ]
    assert {one["amount"] for one in entries} == {660_000}
    assert all(one["voucher"].endswith("/2026") for one in entries)
    touched = [one["payable_after"] for one in entries if one["payable_after"] is not None]
    assert touched == [660_000, 0, 660_000, 0]
    known = voucher_of(session, [one["entry"] for one in entries])
    assert [f"{known[one['entry']].number}/2026" for one in entries] == [
        one["voucher"] for one in entries
    ]


def _trace_of_a_payment(session: Session) -> None:
    reference = reference_of(session, AN, 2)
    told = trace(session, reference.lower())
    assert told["reference"] == reference
    assert [one["period"] for one in told["obligations"]] == ["2026-10"]
    number = told["obligations"][0]["attempts"][1]["instruction"]
    assert trace(session, f"instruction:{number}")["obligations"] == told["obligations"]
    written = json.dumps(told, ensure_ascii=False)
    assert "0101234567890" not in written
    assert "****7890" in written
    text = trace_text(told)
    assert text.startswith(SYNTHETIC)
    for words in (
        "CCCD *********001",
        "Quyết định: số 15/QĐ-UBND ngày 08/08/2025, Trợ cấp hưu trí xã hội",
        f"Lần chi 2: lệnh {reference}, thay lệnh {reference_of(session, AN, 1)}",
        "Kết quả: bị trả lại ngày 13/10/2026 (AC04: ",
        "Nợ 1110 Tiền gửi tại ngân hàng / Có 3340 Trợ cấp phải trả",
    ):
        assert words in text


def _trace_of_cash(session: Session) -> None:
    october, september = trace(session, str(BINH))["obligations"]
    paid = october["attempts"][0]["outcomes"][0]
    assert (paid["evidence"], paid["bank_line"]["voucher"]) == ("paid_cash", "BD0042")
    assert [one["recipe"] for one in september["entries"]][3] == "carry_over"
    assert "số chứng từ BD0042" in trace_text(trace(session, str(BINH)))


def _trace_of_nothing(session: Session) -> None:
    for who in ("", "người nào", "99", "instruction:999", "ABCDEFGHIJKLMNO2"):
        with pytest.raises(NotFound) as caught:
            trace(session, who)
        assert caught.value.what_to_do
