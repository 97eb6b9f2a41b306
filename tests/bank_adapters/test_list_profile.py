"""Lists by a profile: columns, head, trailer, words, letters, code page and limits are data."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bank_adapters.conformance import sample_batch
from bank_adapters.contract import Method, OutboundBatch
from bank_adapters.csvlist import LIST_TEXT
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.filelist.adapter import ADAPTER, LIST
from bank_adapters.formats import list_writer
from bank_adapters.formats.list_profile import ListProfile, load
from bank_adapters.formats.list_strict import StrictList
from bank_adapters.formats.list_text import as_listed
from bank_adapters.postoffice.adapter import ADAPTER as POST

ACCOUNTS = frozenset({Method.ACCOUNT})
# Illustrative, as banks' papers show such lists: amounts first, the batch in every line, a trailer.
BANK_TEXT = """
format = "csv"
name = "ANSINH_{day:%Y%m%d}_{message_id}.txt"
delimiter = "|"
encoding = "ascii"
letters = "plain"
day = "%Y%m%d"
heading_row = 1
max_lines = 500
max_amount = 499_999_999
max_total = 2_000_000_000

[[columns]]
heading = "LOAI"
constant = "D"
[[columns]]
heading = "SO TIEN"
field = "amount"
[[columns]]
heading = "NGUOI HUONG"
field = "payee_name"
[[columns]]
heading = "TK HUONG"
field = "account"
[[columns]]
heading = "NH HUONG"
field = "bank_bin"
[[columns]]
heading = "TK NGUON"
field = "debtor_account"
[[columns]]
heading = "NGAY"
field = "requested_on"
[[columns]]
heading = "MA LO"
field = "message_id"
[[columns]]
heading = "MA THAM CHIEU"
field = "reference"
[[columns]]
heading = "NOI DUNG"
field = "remark"

[[trailer]]
column = "LOAI"
constant = "T"
[[trailer]]
column = "SO TIEN"
field = "total"
[[trailer]]
column = "TK HUONG"
field = "count"
"""
PROFILES = {
    "standard": LIST,
    "csv": load(LIST_TEXT),
    "bank": load(BANK_TEXT),
    "bank, excel": load(BANK_TEXT.replace('"csv"', '"xlsx"')),
    "tones apart": load(LIST_TEXT.replace("utf-8-sig", "cp1258")),
    "head in rows": load(LIST_TEXT.replace("in_one_row = true", "in_one_row = false")
                         .replace("heading_row = 2", "heading_row = 9")),
}  # fmt: skip


def written(batch: OutboundBatch, profile: ListProfile) -> bytes:
    out = io.BytesIO()
    list_writer.write(batch, out, ACCOUNTS, profile)
    return out.getvalue()


def refused(data: bytes, profile: ListProfile) -> bool:
    try:
        StrictList(profile).read(io.BytesIO(data))
    except Unreadable:
        return True
    return False


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_what_was_written_is_read(profile: ListProfile) -> None:
    batch = sample_batch(ADAPTER, 300)
    head, items = StrictList(profile).read(io.BytesIO(written(batch, profile)))
    assert list(items) == [as_listed(item, profile.letters) for item in batch.instructions]
    assert (head.message_id, head.debtor_account) == (batch.message_id, batch.debtor.account)
    assert (head.requested_on, head.currency) == (date(2026, 10, 6), "VND")
    assert (head.count, head.total) == (300, batch.total)


def test_a_bank_list_is_laid_out_as_its_profile_says() -> None:
    profile, batch = PROFILES["bank"], sample_batch(ADAPTER, 2)
    lines = written(batch, profile).decode("ascii").splitlines()
    first, second = batch.instructions
    assert lines[0].replace('"', "") == (
        "LOAI|SO TIEN|NGUOI HUONG|TK HUONG|NH HUONG|TK NGUON|NGAY|MA LO|MA THAM CHIEU|NOI DUNG"
    )
    assert lines[1].replace('"', "") == (
        f"D|500000|NGUYEN THI DAO|{first.account}|970405|0011001234567|20261006"
        f"|{batch.message_id}|{first.reference}|Tro cap thang 10/2026"
    )
    assert f'"{second.reference}"' in lines[2]
    assert lines[3].replace('"', "") == "T|1000001||2||||||"
    assert list_writer.file_name(batch, profile) == f"ANSINH_20261006_{batch.message_id}.txt"


def test_windows_1258_has_its_tones_apart() -> None:
    data = written(sample_batch(ADAPTER), PROFILES["tones apart"])
    assert "Nguyê\u0303n Thi\u0323 Đa\u0300o".encode("cp1258") in data


@pytest.mark.parametrize(
    ("profile", "change", "why"),
    [
        ("csv", {"payee_name": "=1+1"}, "công thức"),
        ("csv", {"remark": "@cmd"}, "công thức"),
        ("tones apart", {"payee_name": "Nguyễn 字"}, "bảng mã cp1258"),
        ("bank", {"payee_name": "Nguyễn 字"}, "ký tự"),
        ("bank", {"amount": 500_000_000}, "nhiều nhất 499999999"),
        ("standard", {"method": Method.CASH}, "Tiền mặt"),
        ("standard", {"account": "1 2"}, "số tài khoản"),
        ("standard", {"reference": "ngan"}, "mã tham chiếu"),
        ("standard", {"payee_name": " "}, "họ tên"),
        ("standard", {"place": "x" * 501}, "500 ký tự"),
        ("standard", {"amount": 0}, "số nguyên dương"),
    ],
)
def test_what_a_list_cannot_carry_is_refused(
    profile: str, change: dict[str, Any], why: str
) -> None:
    batch = sample_batch(ADAPTER)
    first, *others = batch.instructions
    items = [replace(first, **change), *others]
    changed = replace(batch, instructions=items, total=sum(item.amount for item in items))
    with pytest.raises(Refused, match=why):
        written(changed, PROFILES[profile])


def test_limits_of_a_whole_list() -> None:
    profile = PROFILES["bank"]
    with pytest.raises(Refused, match="1-500 dòng"):
        written(sample_batch(ADAPTER, 501), profile)
    with pytest.raises(Refused, match="tổng tiền 2000000000"):
        written(replace(sample_batch(ADAPTER), total=2_000_000_001), profile)
    with pytest.raises(Refused, match="các dòng thật ra có 5"):
        written(replace(sample_batch(ADAPTER), count=6), profile)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('format = "csv"', 'format = "xls"', "csv hoặc xlsx"),
        ('letters = "plain"', 'letters = "upper"', "accents hoặc plain"),
        ("_{message_id}.txt", ".txt", "phải có {message_id}"),
        ("ANSINH_", "../", "name phải có"),
        ('delimiter = "|"', 'delimiter = ""', "một ký tự"),
        ('encoding = "ascii"', 'encoding = "ascii8"', "không có bảng mã"),
        ("heading_row = 1", "heading_row = 0", "heading_row"),
        ('heading = "NGAY"', 'heading = "SO TIEN"', "trùng tiêu đề"),
        ('field = "account"', 'field = "iban"', "trường lạ “iban”"),
        ('field = "account"', 'field = "number"', "phải có: account"),
        ('field = "total"', "", "phải có: total"),
        ('field = "message_id"', "", "phải có: message_id"),
        ('field = "bank_bin"', 'field = "method"', "phải có: bank_bin"),
        ('column = "SO TIEN"', 'column = "SO"', "sai mục"),
        ('format = "csv"', "", "thiếu hoặc sai mục"),
        ('format = "csv"', 'format = "csv"\nsize = 1', "mục lạ: size"),
        ('format = "csv"', "format = csv", "không phải TOML"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused(old: str, new: str, why: str) -> None:
    assert old in BANK_TEXT
    with pytest.raises(Refused, match=why):
        load(BANK_TEXT.replace(old, new, 1))


def test_a_column_of_methods_needs_its_words() -> None:
    with pytest.raises(Refused, match="thiếu words"):
        load(LIST_TEXT.replace('cash = "Tiền mặt"\n', ""))


def repacked(name: str, old: bytes, new: bytes) -> bytes:
    """The standard list with one part changed and nothing else."""
    source = zipfile.ZipFile(io.BytesIO(written(sample_batch(ADAPTER), LIST)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for one in source.namelist():
            data = source.read(one)
            assert one != name or old in data
            target.writestr(one, data.replace(old, new, 1) if one == name else data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<v>500000</v>", b"<f>H10</f><v>500000</v>"),
        (b"<v>500000</v>", b"<v>500000.5</v>"),
        (b"<v>1</v>", b"<v>2</v>"),
        (b'<row r="9"', b'<row r="9" hidden="1"'),
        (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A9:B9"/></mergeCells>'),
        (b"<v>500000</v>", b"<v>500001</v>"),
        (b"<v>2500010</v>", b"<v>2500011</v>"),
        (b"0000000000000", b"1</t></is></c><c><is><t>0"),
        (b'<c r="D9" t="inlineStr"><is><t>0000000000000</t></is></c>', b'<c r="D9"><v>1</v></c>'),
        (
            b"</row></sheetData>",
            b'<c r="L13" t="inlineStr"><is><t>x</t></is></c></row></sheetData>',
        ),
        (b"</row></sheetData>", b'</row><row r="14"><c r="A14"><v>6</v></c></row></sheetData>'),
        ("Số tiền".encode(), "Số  tiền".encode()),
    ],
)
def test_a_sheet_that_shows_something_else_is_refused(old: bytes, new: bytes) -> None:
    assert not refused(repacked(SHEET, b"<row", b"<row"), LIST), "packing it anew changes nothing"
    assert refused(repacked(SHEET, old, new), LIST)


def test_other_parts_of_a_workbook_are_refused() -> None:
    """A macro, a picture, a second sheet: whatever it is, our lists have none."""
    data = written(sample_batch(ADAPTER), LIST)
    for name in ("xl/vbaProject.bin", "xl/worksheets/sheet2.xml", "xl/media/image1.png"):
        out = io.BytesIO(data)
        with zipfile.ZipFile(out, "a") as target:
            target.writestr(name, b"x")
        assert refused(out.getvalue(), LIST), name
    for other in (data + b"x", b"x" + data, data[:-1]):
        assert refused(other, LIST)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"T|", b"X|"),
        (b"2500010", b"2500011"),
        (b"D|500001", b"D|0500001"),
        (b"|20261006|", b"|20261007|"),
        (b"|0011001234567|", b"|9911001234567|"),
        (b"NGUOI HUONG", b"NGUOI NHAN"),
        (b"Tro cap", "Trợ cấp".encode()),
        (b"\r\nT|", b"\r\n\r\nT|"),
        (b"|5||||||", b"|5||||||x|"),
        (b"|5||||||", b"|5|||||x|"),
    ],
)
def test_a_changed_csv_list_is_refused(old: bytes, new: bytes) -> None:
    """Debtor account and day stand in every line; where two lines differ, neither is believed."""
    data = written(sample_batch(ADAPTER), PROFILES["bank"]).replace(b'"', b"")
    assert old in data
    assert not refused(data, PROFILES["bank"])
    assert refused(data.replace(old, new, 1), PROFILES["bank"])


def test_the_post_office_pays_in_cash_by_the_same_profile() -> None:
    batch = sample_batch(POST)
    out = io.BytesIO()
    POST.write(batch, out)
    _, items = POST.strict_reader().read(io.BytesIO(out.getvalue()))
    assert [item.method for item in items] == [item.method for item in batch.instructions]
    with pytest.raises(Refused, match="không chi bằng “Tiền mặt”"):
        list_writer.write(batch, io.BytesIO(), frozenset(Method), PROFILES["bank"])
