"""Made-up documents for the tests of printing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from app.printing.documents.cash_figures import CashColumns, CashFigures, CashKind, Counted
from app.printing.documents.paper_head import PaperHead
from app.printing.documents.payroll_list import Bridge, BridgeLine, PayrollHeader, PayrollRow
from app.printing.documents.proof_of_cash import ProofOfCash
from app.printing.documents.report_page import ProofLine, RateLine, ReportPage
from app.printing.documents.settlement_sheet import BalanceCheck, ClosingTerms, SettlementSheet
from app.printing.documents.statement import PersonStatement, StatementLine
from app.printing.values import Letterhead, Seal, Signature
from app.statements.cash_kinds import OTHER_PAYMENTS, OTHER_RECEIPTS, PAYMENTS, RECEIPTS

DIGEST = "3f2a91bc77d0e4" * 4
NOON = datetime(2026, 9, 24, 5, 15, tzinfo=UTC)
HEAD = Letterhead(
    "Ủy ban nhân dân tỉnh Cao Bằng",
    "Ủy ban nhân dân phường Thục Phán",
    "Thục Phán",
    date(2026, 9, 24),
    "15/DS-UBND",
)
SIGNATURES = (
    Signature("Người lập", "Công chức Văn hóa - Xã hội", "Nông Thị Hòa", NOON, DIGEST),
    Signature("Người kiểm tra", "Kế toán", "Bế Văn Dũng", NOON, DIGEST),
    Signature("Người phê duyệt", "Chủ tịch Ủy ban nhân dân", "Đàm Quốc Ưởng", NOON, DIGEST),
)
GROUPS = (
    "Người từ đủ 75 tuổi trở lên không có lương hưu",
    "Người khuyết tật nặng",
    "Đối tượng khác",
)
NAMES = ("Nguyễn Thị Ưởng", "Hoàng Văn Khuyến", "H'Hen Niê", "Lương Thị Mỹ Hạnh Trường Nguyên Xuân")


def payroll_rows(count: int) -> Iterator[PayrollRow]:
    """Rows of 540,000 đồng, every second one with 120,000 of arrears, two of three by account."""
    for at in range(count):
        cash = at % 3 == 2
        yield PayrollRow(
            name=NAMES[at % 4],
            born=str(1930 + at % 25),
            place=("Xóm Nà Cạn", "Tổ dân phố số 7, Hợp Giang")[at % 2],
            group=GROUPS[at % 3],
            monthly=540_000,
            arrears=120_000 * (at % 2),
            account="" if cash else f"****{at % 10_000:04d}",
            bank="" if cash else "VietinBank",
            note="Truy lĩnh tháng 7–9/2026" if at % 2 else "",
        )


def payroll_header(count: int, *, synthetic: bool = True) -> PayrollHeader:
    """The header that fits `payroll_rows(count)`."""
    total = sum(row.total for row in payroll_rows(count))
    changes = (
        BridgeLine("Tăng: đối tượng mới", 5, 2_700_000),
        BridgeLine("Giảm: chết", -4, -2_160_000),
        BridgeLine("Truy lĩnh do mức chuẩn tăng từ 01/7/2026", 0, 120_000 * (count // 2)),
    )
    persons = count - sum(change.persons for change in changes)
    before = total - sum(change.amount for change in changes)
    return PayrollHeader(
        head=paper_head(synthetic=synthetic),
        persons=count,
        total=total,
        bridge=Bridge(BridgeLine("Danh sách tháng 9/2026", persons, before), changes),
    )


def paper_head(title: str = "Danh sách chi trả trợ cấp", *, synthetic: bool = True) -> PaperHead:
    """The head of an approved payroll's paper."""
    return PaperHead(
        letterhead=HEAD,
        title=title,
        programme="Trợ cấp hưu trí xã hội",
        fund="Ngân sách địa phương, trung ương hỗ trợ",
        period="2026-10",
        unit="Ủy ban nhân dân phường Thục Phán",
        budget_code="1059873",
        synthetic=synthetic,
        seal=Seal(f"ANSINH:PAYROLL:12:{DIGEST.upper()}", DIGEST, "Mã của các dòng đã phê duyệt."),
        signatures=SIGNATURES,
    )


TERMS = ClosingTerms(
    opening=1_080_000,
    funding=1_204_005_000,
    credits_not_ours=250_000,
    credited=800_000_000,
    cash_paid=400_000_000,
    fees_and_debits_not_ours=55_000,
    returned_to_treasury=0,
    balance=5_280_000,
    suspense=195_000,
    unspent=5_085_000,
)


def settlement(terms: ClosingTerms = TERMS) -> SettlementSheet:
    """A month that closes."""
    return SettlementSheet(
        letterhead=HEAD,
        fund="Ngân sách địa phương, trung ương hỗ trợ",
        programme="Trợ cấp hưu trí xã hội",
        provider="Ngân hàng Thử Nghiệm, chi nhánh Cao Bằng",
        period="2026-10",
        terms=terms,
        digest=DIGEST,
        synthetic=True,
        check=BalanceCheck(5_280_000, 5_280_000, None),
        unpaid_persons=9,
        unpaid_amount=5_085_000,
        budget_code="1059873",
        signatures=(
            Signature("Tổ chức chi trả", "Người đại diện"),
            Signature("Kế toán", "", "Bế Văn Dũng", NOON, DIGEST),
            Signature("Chủ tịch", "", "Đàm Quốc Ưởng", NOON, DIGEST),
        ),
    )


def cash_figures() -> CashFigures:
    """A bank's October that agrees: one line booked in September, one posted in November."""
    return CashFigures(
        is_advance=False,
        accounts=56,
        statements=59,
        books=CashColumns(594_690_000, 3_250_000, 595_700_000, 2_240_000),
        statement=CashColumns(594_640_000, 3_300_000, 595_690_000, 2_250_000),
        at_opening=CashColumns(50_000, -50_000, 0, 0),
        opening_lines=1,
        at_closing=CashColumns(0, 0, 10_000, -10_000),
        closing_lines=1,
        receipts=(
            CashKind("Kho bạc cấp", 1, 2_000_000, 2_000_000),
            CashKind("Tiền vào chưa rõ nguồn", 1, 1_250_000, 1_250_000),
        ),
        payments=(CashKind("Đã chi qua tài khoản", 503, 595_700_000, 595_700_000),),
        unposted=Counted(),
        in_transit=540_000,
        instructions=Counted(1, 540_000),
        suspense=Counted(1, 1_250_000),
        taken_over=0,
        month="10/2026",
        unstated=0,
    )


def worst_cash() -> ProofOfCash:
    """Every row, a hundred times a province's year, long names, and nothing agrees."""
    most = 99_999_999_999_999
    headings = (*RECEIPTS, OTHER_RECEIPTS), (*PAYMENTS, OTHER_PAYMENTS)
    receipts, payments = (
        tuple(CashKind(one.label, 99_999, most, 0) for one in some) for some in headings
    )
    columns = CashColumns(most, most, most, most)
    figures = replace(
        cash_figures(),
        is_advance=True,
        accounts=9_999,
        statement=columns,
        at_opening=columns,
        opening_lines=99_999,
        at_closing=columns,
        closing_lines=99_999,
        receipts=receipts,
        payments=payments,
        unposted=Counted(99_999, most),
        in_transit=most,
        suspense=Counted(99_999, most),
        taken_over=most,
    )
    return replace(
        proof_of_cash(),
        letterhead=replace(
            HEAD, number="", body="Sở Nội vụ và các đơn vị trực thuộc tỉnh Thừa Thiên Huế"
        ),
        provider="Ngân hàng Thương mại cổ phần Đầu tư và Phát triển Việt Nam, chi nhánh Cao Bằng,"
        " phòng giao dịch số 12",
        programme="Trợ cấp hưu trí xã hội và chế độ đối với người có công với cách mạng",
        fund="Ngân sách địa phương, trung ương hỗ trợ có mục tiêu theo từng năm",
        figures=figures,
        head_position=999_999_999,
    )


def proof_of_cash() -> ProofOfCash:
    """The figures above on paper."""
    return ProofOfCash(
        letterhead=HEAD,
        provider="Ngân hàng Thử Nghiệm, chi nhánh Cao Bằng",
        programme="Trợ cấp hưu trí xã hội",
        fund="Ngân sách địa phương",
        period="2026-10",
        figures=cash_figures(),
        head_position=3_260,
        head_link="3f52e642" * 8,
        digest=DIGEST,
        synthetic=True,
        signatures=(
            Signature("Người lập", "Ký, ghi rõ họ tên", "Nông Thị Hòa"),
            Signature("Người kiểm tra", "Ký, ghi rõ họ tên", "Bế Văn Dũng"),
        ),
    )


def statement() -> PersonStatement:
    """One person's October with arrears from July."""
    return PersonStatement(
        letterhead=HEAD,
        person_code="AS-004-000123",
        name="Nguyễn Thị Ưởng",
        born="1941",
        place="Xóm Nà Cạn, phường Thục Phán, tỉnh Cao Bằng",
        period="2026-10",
        monthly=(StatementLine("Trợ cấp hưu trí xã hội", "Nghị định 176/2025/NĐ-CP", 540_000),),
        arrears=(
            StatementLine(
                "Chênh lệch mức chuẩn tháng 7, 8 và 9/2026", "Nghị định 335/2026/NĐ-CP", 120_000
            ),
        ),
        method="Chuyển khoản vào tài khoản của chính người hưởng",
        status="Đã vào tài khoản ngày 09/10/2026.",
        contact="Ủy ban nhân dân phường Thục Phán, điện thoại 0200 0000 000, giờ hành chính",
        verify_code="7QK4-M2ZD",
        synthetic=True,
        account="****7890",
        bank="VietinBank",
        verify_link="https://ansinh.example/v/7QK4M2ZD",
    )


def report() -> ReportPage:
    """The four rates and two proofs."""
    line = {"as_of": NOON, "cut_off": NOON, "definition": "definition v1"}
    return ReportPage(
        letterhead=HEAD,
        area="Tỉnh Cao Bằng",
        period="2026-10",
        rates=(
            RateLine("R1", "Theo người đã nhận tiền", 1_960, 4_871, "40,24%", "người", **line),
            RateLine("R1b", "Theo toàn bộ danh sách", 1_960, 5_000, "39,20%", "người", **line),
            RateLine("R2", "Theo số tiền", 3_320_123_000, 4_111_605_000, "80,75%", "đồng", **line),
            RateLine("R3", "Người có tài khoản dùng được", 0, 0, "", "người", **line),
        ),
        proofs=(
            ProofLine("Mọi bút toán cân bằng", True, "12.345 bút toán, chênh lệch 0"),
            ProofLine("Số dư ngân hàng khớp sao kê", False, "5.280.000 ≠ 5.279.000"),
        ),
        synthetic=True,
        digest=DIGEST,
        notes=("Số đã vào tài khoản theo: bút toán ngân hàng 70,00%; danh sách chi trả 30,00%.",),
    )
