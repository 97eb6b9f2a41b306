"""`ansinh bank read`: what banks really send is read, flagged or refused, never repaired."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bank_adapters.reading import look, pieces
from tests.bank_adapters.camt_maker import (
    SPACE,
    balance,
    balanced,
    detail,
    details,
    document,
    entry,
    money,
    report,
)

SAMPLES = Path(__file__).parents[2] / "bank_adapters"
PLAIN = entry("500000", details(detail("E1", "500000")))


def describe(path: Path) -> dict[str, Any]:
    return dict(json.loads("".join(pieces(path, look(path)))))


def exit_code(answers: list[dict[str, Any]]) -> int:
    """What the file's own JSON says of it; `look` must say the same."""
    (answer,) = answers
    expected = 2 if "error" in answer else 1 if answer["quarantine"] else 0
    assert look(answer["file"]).code == expected
    return expected


def read(folder: Path, content: str | bytes, name: str = "file.xml") -> dict[str, Any]:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return describe(path)


def only(answer: dict[str, Any]) -> dict[str, Any]:
    assert "error" not in answer, answer
    (found,) = answer["reports"]
    return dict(found)


def test_the_whole_answer(tmp_path: Path) -> None:
    returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"
    more = "<RltdPties><Cdtr><Pty><Nm>DAO</Nm></Pty></Cdtr></RltdPties>" + (
        "<RmtInf><Ustrd>tro</Ustrd><Ustrd>cap</Ustrd></RmtInf>" + returned
    )
    answer = read(tmp_path, balanced(entry("500000.00", details(detail("E1", "500000", more)))))
    assert answer == {
        "file": str(tmp_path / "file.xml"),
        "format": "camt.053.001.08",
        "reports": [
            {
                "id": "S-1",
                "account": "VN0019010001",
                "currency": "VND",
                "opening": "1000000",
                "closing": "1500000",
                "balanced": True,
                "difference": "0",
                "entries": [
                    {
                        "amount": "500000",
                        "status": "BOOK",
                        "booking_date": "2026-10-06",
                        "value_date": "2026-10-07",
                        "reversal": False,
                        "bank_reference": "BANK000001",
                        "end_to_end_id": "E1",
                        "reason": "AC04",
                        "details": [
                            {
                                "amount": "500000",
                                "end_to_end_id": "E1",
                                "instruction_id": None,
                                "payment_information_id": None,
                                "transaction_id": None,
                                "bank_reference": None,
                                "return_reason": "AC04",
                                "remittance": "tro cap",
                                "name": "DAO",
                            }
                        ],
                    }
                ],
            }
        ],
        "warnings": [],
        "quarantine": None,
    }
    assert exit_code([answer]) == 0


@pytest.mark.parametrize(
    "space", ["", SPACE.format("camt.053.001.02"), "http://six/camt.053.ch.02"]
)
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8"),
        lambda text: b"\xef\xbb\xbf" + text.encode("utf-8"),
        lambda text: text.encode("utf-16"),
        lambda text: b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("latin-1"),
        lambda text: text.replace("500000", "<!-- a -->500<!-- b -->000").encode("utf-8"),
    ],
    ids=["utf-8", "bom", "utf-16", "latin-1", "comments"],
)
def test_namespaces_and_encodings(tmp_path: Path, space: str, encode: Any) -> None:
    text = document(
        report(balance("OPBD", "1000000"), balance("CLBD", "1500000"), PLAIN), space=space
    )
    found = only(read(tmp_path, encode(text)))
    assert (found["balanced"], found["entries"][0]["amount"]) == (True, "500000")


def test_prefixed_names(tmp_path: Path) -> None:
    text = balanced(PLAIN).replace("<", "<p:").replace("<p:/", "</p:").replace("xmlns=", "xmlns:p=")
    assert only(read(tmp_path, text))["balanced"] is True


@pytest.mark.parametrize(
    ("entries", "closing", "amounts", "warning"),
    [
        ([entry("500000", head="<RvslInd>true</RvslInd>")], "1500000", ["500000"], "đảo"),
        ([entry("-1", head="<RvslInd>1</RvslInd>")], "999999", ["-1"], "đảo"),
        (
            [PLAIN, entry("7", status="<Sts><Cd>PDNG</Cd></Sts>")],
            "1500000",
            ["500000", "7"],
            "chưa",
        ),
        ([PLAIN, entry("7", status="<Sts>SENT</Sts>")], "1500000", ["500000", "7"], "lạ"),
        ([PLAIN, entry("7", status="")], "1500000", ["500000", "7"], "lạ"),
        ([entry("500000"), entry("-1")], "1499999", ["500000", "-1"], "tham chiếu"),
        ([entry("500000", reference="")], "1500000", ["500000"], "mã của ngân hàng"),
        (
            [entry("9", details(detail("A", "4"), detail("B", "4")))],
            "1000009",
            ["9"],
            "không cộng bằng",
        ),
        (
            [
                entry(
                    "9", details(detail("A", "9", "<RtrInf><Rsn><Prtry>R02</Prtry></Rsn></RtrInf>"))
                )
            ],
            "1000009",
            ["9"],
            "riêng của ngân hàng: R02",
        ),
        (
            [entry("9", details(detail("A", "9", "<RtrInf><Rsn><Cd>ZZ99</Cd></Rsn></RtrInf>")))],
            "1000009",
            ["9"],
            "lý do lạ: ZZ99",
        ),
    ],
)
def test_odd_entries_are_read_and_told(
    tmp_path: Path, entries: list[str], closing: str, amounts: list[str], warning: str
) -> None:
    answer = read(tmp_path, balanced(*entries, closing=closing))
    found = only(answer)
    assert [one["amount"] for one in found["entries"]] == amounts
    assert (found["balanced"], answer["quarantine"]) == (True, None)
    assert warning in "\n".join(answer["warnings"])


@pytest.mark.parametrize(
    ("body", "opening", "closing", "is_balanced"),
    [
        (balance("PRCD", "5") + balance("CLBD", "5"), "5", "5", True),
        (balance("OPBD", "-5") + balance("CLBD", "-5"), "-5", "-5", True),
        (balance("OPBD", "5") + balance("ITBD", "9") + balance("CLBD", "5"), "5", "5", True),
        (balance("ITBD", "5") + balance("ITBD", "5"), "5", "5", True),
        (balance("CLBD", "6") + balance("OPBD", "5"), "5", "6", False),
        (balance("OPAV", "5") + balance("CLAV", "6"), None, None, None),
        (balance("CLBD", "6"), None, "6", None),
        (balance("ITBD", "5"), None, None, None),
        ("", None, None, None),
    ],
)
def test_balances(
    tmp_path: Path, body: str, opening: str | None, closing: str | None, is_balanced: bool | None
) -> None:
    answer = read(tmp_path, document(report(body)))
    found = only(answer)
    assert (found["opening"], found["closing"], found["balanced"]) == (
        opening,
        closing,
        is_balanced,
    )
    assert exit_code([answer]) == (1 if is_balanced is False else 0)


def test_balances_after_the_entries_still_prove(tmp_path: Path) -> None:
    late = report(PLAIN, balance("OPBD", "0"), balance("CLBD", "500000"))
    assert only(read(tmp_path, document(late)))["balanced"] is True


def test_difference_is_told_and_nothing_repaired(tmp_path: Path) -> None:
    answer = read(tmp_path, balanced(PLAIN, closing="1500001"))
    found = only(answer)
    assert (found["balanced"], found["difference"], found["closing"]) == (False, "1", "1500001")
    assert "không cân" in answer["quarantine"]
    assert exit_code([answer]) == 1


@pytest.mark.parametrize(
    ("currency", "stated", "shown"),
    [("EUR", "1.5", "1.50"), ("KWD", "1.25", "1.250"), ("VND", "500000.00", "500000"),
     ("JPY", "7.", "7"), ("EUR", ".5", "0.50"), ("EUR", "8.850", "8.85")],
)  # fmt: skip
def test_decimals_of_the_currency(tmp_path: Path, currency: str, stated: str, shown: str) -> None:
    one = entry(stated, currency=currency)
    answer = read(tmp_path, document(report(one, currency=f"<Ccy>{currency}</Ccy>")))
    assert only(answer)["entries"][0]["amount"] == shown


@pytest.mark.parametrize(
    "stated", ["500000.50", "NaN", "Infinity", "5E5", "1,000", "", "1" * 19, "٥", "0x10", "1_000"]
)
def test_no_amount_is_guessed(tmp_path: Path, stated: str) -> None:
    answer = read(tmp_path, document(report(entry(stated))))
    assert "reports" not in answer
    assert exit_code([answer]) == 2


def test_details_of_version_02_and_several(tmp_path: Path) -> None:
    old = "<AmtDtls><TxAmt><Amt Ccy='VND'>4</Amt></TxAmt></AmtDtls>"
    batch = "<Btch><PmtInfId>P-1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
    both = entry("-9", details(batch, detail("A", "", old), detail("B", "5")))
    bare = entry("7", details(detail("NOTPROVIDED")))
    found = only(read(tmp_path, document(report(both, bare))))
    first, second = found["entries"]
    shown = [(one["amount"], one["end_to_end_id"]) for one in first["details"]]
    assert shown == [("-4", "A"), ("5", "B")]  # B says CRDT of its own
    assert first["details"][0]["payment_information_id"] == "P-1"
    assert first["end_to_end_id"] is None
    assert (second["details"][0]["amount"], second["end_to_end_id"]) == ("7", None)


def pages(number: int, last: str) -> str:
    return f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"


@pytest.mark.parametrize(
    ("reports", "why"),
    [
        ([report(pages=pages(1, "false"), name="A"), report(pages=pages(2, "true"))], None),
        ([report(pages=pages(2, "true"))], "thiếu trang trước"),
        ([report(pages=pages(1, "false"))], "thiếu trang sau"),
        ([report(number="5"), report(number="7")], "nhảy từ 5 sang 7"),
        ([report(number="5"), report(number="6")], None),
        ([report(number="5"), report(number="7", account="<Othr><Id>2</Id></Othr>")], None),
        (
            [
                report(balance("OPBD", "0"), balance("CLBD", "0"), number="1"),
                report(balance("OPBD", "1"), balance("CLBD", "1"), number="2"),
            ],
            "số dư đầu khác",
        ),
        (
            [
                report(balance("OPBD", "1"), balance("CLBD", "1"), number="2"),
                report(balance("OPBD", "0"), balance("CLBD", "1"), PLAIN, number="1"),
            ],
            "không cân",
        ),
    ],
)
def test_pages_and_numbers(tmp_path: Path, reports: list[str], why: str | None) -> None:
    answer = read(tmp_path, document(*reports))
    assert (answer["quarantine"] or "") == "" if why is None else why in answer["quarantine"]


def test_advices_and_intraday_reports_have_no_proof(tmp_path: Path) -> None:
    for kind in ("camt.052", "camt.054"):
        bounds = balance("OPBD", "1") + balance("ITBD", "9") if kind == "camt.052" else ""
        answer = read(tmp_path, document(report(bounds, PLAIN, kind=kind), kind=kind))
        assert answer["format"] == f"{kind}.001.08"
        assert only(answer)["balanced"] is None


BOMB = '<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaa">]>' + balanced(PLAIN)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        bytes(5_000),
        b"PK\x03\x04" + bytes(100),
        BOMB.encode(),
        BOMB.encode("utf-16"),
        balanced(PLAIN)[:-30].encode(),
        balanced(PLAIN).encode() + b"<x/>",
        b"<Document><BkToCstmrStmt/></Document>",
        b"<Document><BkToCstmrStmt>" + b"<a>" * 300,
        b"<Document><BkToCstmrStmt><Ntry/></BkToCstmrStmt></Document>",
        b"<Ntry><BkToCstmrStmt/></Ntry>",
        b"<Stmt><Ntry><Amt>1</Amt></Ntry></Stmt>",
        document(report(f"<Ntry><Amt>5</Amt>{money('5')}</Ntry>")).encode(),
        document(report("<Ntry><Amt Ccy='VND'>5</Amt><CdtDbtInd>X</CdtDbtInd></Ntry>")).encode(),
        b'<?xml version="1.0" encoding="nonsense"?><Document><BkToCstmrStmt/></Document>',
        b"<Document><CstmrPmtStsRpt/></Document>",
        b":20:X\r\n:25:1\r\n",
        b":20:X\r\n:60F:what\r\n",
        b":20:X\r\n:60F:C261005VND5,\r\n:61:nonsense\r\n",
        b"\xff\xfe<\x00",
    ],
)
def test_hostile_bytes_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    answer = read(tmp_path, content)
    assert set(answer) == {"file", "error"}, answer
    assert exit_code([answer]) == 2


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "error" in describe(tmp_path / "none.xml")
    assert "error" in describe(tmp_path)


def test_endless_junk_is_cut_short(tmp_path: Path) -> None:
    junk = b"<Document><BkToCstmrStmt><Stmt>" + b"<a/>" * 2_500_000
    assert "error" in read(tmp_path, junk)


def test_a_zip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(30_000_000))
    assert "bom nén" in describe(path)["error"]


def test_many_details_in_one_entry(tmp_path: Path) -> None:
    parts = [detail(f"E{number}", "1") for number in range(3_000)]
    found = only(read(tmp_path, balanced(entry("3000", details(*parts)), closing="1003000")))
    (one,) = found["entries"]
    assert [each["end_to_end_id"] for each in one["details"]] == [f"E{n}" for n in range(3_000)]


def test_our_own_samples(tmp_path: Path) -> None:
    paths = sorted(SAMPLES.glob("*/samples/*.x*"))
    paths = [path for path in paths if path.suffix in (".xml", ".xlsx")]
    formats = {path.name: describe(path)["format"] for path in paths}
    assert formats == {
        "ASMAU1-KQ.xlsx": "xlsx",
        "camt053.xml": "camt.053.001.08",
        "camt054.xml": "camt.054.001.08",
        "pain002.xml": "pain.002",
    }
    (found,) = describe(SAMPLES / "postoffice/samples/ASMAU1-KQ.xlsx")["reports"]
    shown = [(one["amount"], one["status"], one["reason"]) for one in found["entries"]]
    assert shown == [
        ("-500000", "PAID", None),
        ("-360000", "PAID_CASH", None),
        ("360000", "UNPAID", "UPAY"),
    ]
    assert (found["opening"], found["closing"], found["balanced"]) == ("1220000", "360000", True)
