"""What officers change in the register: old values stay, numbers are masked, two sign an ID."""

from __future__ import annotations

import pyotp
import pytest
from click.testing import Result

from app.beneficiaries.papers import document
from app.clock import SystemClock
from app.disbursement.submission import details, outbound
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from tests.factories import COMMUNE, OCTOBER, OTHER_COMMUNE, House, in_cash, row, set_up
from tests.support.commands import ansinh, ansinh_json
from tests.support.province import SECRET

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"
NEW_ID = "097145777888"


def two_registered(house: House) -> None:
    """Two people: one with an account, one in cash."""
    house.register(OCTOBER, row(1), in_cash(2))


pytestmark = pytest.mark.stage(of=two_registered)


def change(house: House, *words: object, officer: str = MAKER) -> Result:
    return ansinh(house, "register", *words, "--officer", officer)


def reissue(house: House, new: str = NEW_ID, names: tuple[str, ...] = (MAKER, CHECKER)) -> Result:
    code = pyotp.TOTP(SECRET).at(SystemClock().now())
    signed = [word for name in names for word in ("--officer", name, "--code", code)]
    return ansinh(house, "register", "reissue", "1", "--new-id", new, "--reason", "corrected",
                  "--document", "Trích lục 12/2026", *signed)  # fmt: skip


def test_a_field_keeps_what_it_was_and_who_vouches(house: House) -> None:
    told = change(house, "set", "1", "--field", "phone", "--value", "0912345678",
                  "--reference", "gọi xác nhận")  # fmt: skip
    assert told.output == "Đã sửa.\n"
    for field, value in (("phone-owner", "family"), ("household", "H12"), ("hamlet", "Xóm Mới")):
        assert change(house, "set", "1", "--field", field, "--value", value,
                      "--reference", "đơn").exit_code == 0  # fmt: skip
    again = change(house, "set", "1", "--field", "hamlet", "--value", "Xóm  Mới",
                   "--reference", "đơn")  # fmt: skip
    assert "không đổi gì" in again.output
    page = ansinh_json(house, "register", "show", "1")
    assert page["identity"]["phone"] == "*******678"
    assert page["identity"]["phone_owner"] == "family"
    assert page["household"]["number"] == "H12"
    assert page["sources"]["phone"]["source"] == "officer"
    assert page["sources"]["name"]["source"] == "import"
    told = [(one["field"], one["old"], one["new"], one["by"]) for one in page["history"]]
    assert ("phone", "", "678", MAKER) in told
    assert ("hamlet", "Tổ 1", "Xóm Mới", MAKER) in told
    assert ansinh_json(house, "register", "search", "0912345678")["people"][0]["person_id"] == 1


@pytest.mark.parametrize(
    ("words", "officer", "kind"),
    [
        (("--field", "phone", "--value", "12345"), MAKER, InputError),
        (("--field", "phone-owner", "--value", "ai đó"), MAKER, InputError),
        (("--field", "hamlet", "--value", " "), MAKER, InputError),
        (("--field", "hamlet", "--value", "x"), f"maker.{OTHER_COMMUNE}", NotFound),
        (("--field", "hamlet", "--value", "x"), "finance.one", Forbidden),
    ],
)
def test_a_change_is_refused(
    house: House, words: tuple[str, ...], officer: str, kind: type[Exception]
) -> None:
    told = change(house, "set", "1", *words, "--reference", "đơn", officer=officer)
    assert isinstance(told.exception, kind)
    assert house.ask("select count(*) from person_change") == 0


def test_a_new_id_keeps_the_person_and_every_cipher(house: House) -> None:
    told = reissue(house)
    assert told.exit_code == 0, told.exception
    for number in (NEW_ID, row(1).citizen_id):
        found = ansinh_json(house, "register", "search", number)["people"]
        assert [one["person_id"] for one in found] == [1]
    shown = change(house, "reveal", "1", "--field", "id", "--reason", "đối chiếu căn cước mới")
    assert shown.output.strip() == NEW_ID
    house.register("2026-11", row(1, hamlet="Tổ 9"), in_cash(2))
    assert house.rows("select id, hamlet from person order by id") == [(1, "Tổ 9"), (2, "Tổ 1")]
    house.on("2026-11-10")
    batches = house.paid_out("2026-11")
    with house.database.view() as session:
        sent = [outbound(session, house.keyring, details(session, one)) for one in batches]
        paid = [one.account for each in sent for one in each.instructions]
    assert sorted(paid) == ["", row(1).account]
    told = ansinh_json(house, "register", "show", "1")["history"]
    assert "citizen_id" in [one["field"] for one in told]


@pytest.mark.parametrize(
    ("new", "names", "kind", "says"),
    [
        (row(2).citizen_id, (MAKER, CHECKER), Conflict, "là của người hưởng số 2"),
        (row(1).citizen_id, (MAKER, CHECKER), Conflict, "chính người này"),
        ("123", (MAKER, CHECKER), InputError, "12 chữ số"),
        (NEW_ID, (MAKER, MAKER), Refused, "hai người khác nhau"),
        (NEW_ID, (MAKER, f"checker.{OTHER_COMMUNE}"), NotFound, "địa bàn"),
        (NEW_ID, (MAKER, "auditor"), Forbidden, "không có quyền"),
    ],
)
def test_a_new_id_is_refused(
    house: House, new: str, names: tuple[str, ...], kind: type[Exception], says: str
) -> None:
    told = reissue(house, new, names)
    assert isinstance(told.exception, kind), told.exception
    assert says in str(told.exception)
    assert new not in str(told.exception) or len(new) < 12
    assert house.ask("select count(*) from citizen_change") == 0


def test_papers_stand_on_the_page(house: House) -> None:
    scan = house.home / "qd.pdf"
    scan.write_bytes(b"%PDF Nong Thi Nguoi 097145000001")
    for words in (
        ("set", "1", "--field", "household", "--value", "H1", "--reference", "sổ hộ"),
        ("poverty", "H1", "--area", COMMUNE, "--level", "poor", "--from", "2026-01",
         "--decision", "7/QĐ"),
        ("disability", "1", "--kind", "vận động", "--degree", "severe", "--certificate", "KT-9"),
        ("decision", "1/QĐ-UBND", "--area", COMMUNE, "--on", "2026-01-05", "--signer", "Bế Văn Ký",
         "--title", "Chủ tịch", "--document", scan),
        ("payee", "1", "--kind", "authorised", "--name", "Nông Văn Con", "--id", "097150000777",
         "--relation", "con", "--document", "GUQ 3", "--signed-on", "2026-02-01"),
    ):  # fmt: skip
        told = change(house, *words)
        assert told.exit_code == 0, (words, told.exception)
    shown = ansinh(house, "register", "show", "1").output
    for said in ("từ 01/2026: hộ nghèo (Quyết định 7/QĐ)", "Khuyết tật vận động, mức nặng (KT-9)",
                 "Bế Văn Ký ký, tệp qd.pdf", "Nông Văn Con *********777, người được uỷ quyền (con)",
                 "đến hết 01/02/2027"):  # fmt: skip
        assert said in shown
    (digest,) = house.rows("select document_sha256 from decision")[0]
    assert document(house.keyring, house.home, digest) == scan.read_bytes()
    assert b"097145000001" not in (house.home / "documents" / digest).read_bytes()


@pytest.mark.stage(of=set_up)
def test_an_authorisation_ends(house: House) -> None:
    house.register(OCTOBER, row(1))
    base = ("payee", "1", "--name", "Con", "--id", "097150000777", "--document", "GUQ")
    long = (*base, "--kind", "authorised", "--signed-on", "2026-02-01",
            "--valid-until", "2027-02-02")  # fmt: skip
    assert "nhiều nhất 12 tháng" in str(change(house, *long).exception)
    assert "ngày ký" in str(change(house, *base, "--kind", "authorised").exception)
    assert change(house, *base, "--kind", "guardian").exit_code == 0
    assert change(house, "payee", "1", "--kind", "self").exit_code == 0
    assert ansinh_json(house, "register", "show", "1")["payee"] is None


def test_a_scan_stays_when_only_the_signer_is_put_right(house: House) -> None:
    scan = house.home / "qd.pdf"
    scan.write_bytes(b"%PDF")
    words = (
        "decision",
        "1/QĐ-UBND",
        "--area",
        COMMUNE,
        "--on",
        "2026-01-05",
        "--title",
        "Chủ tịch",
    )
    assert change(house, *words, "--signer", "Bế Văn Kí", "--document", scan).exit_code == 0
    assert change(house, *words, "--signer", "Bế Văn Ký").exit_code == 0
    kept = "select signer, document_name, length(document_sha256) from decision"
    assert house.rows(kept) == [("Bế Văn Ký", "qd.pdf", 64)]


PAYEE = ("payee", "1", "--kind", "guardian", "--name", "Nông Văn Con", "--document", "GH 1")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*PAYEE, "--id", row(1).citizen_id), "chính người hưởng"),
        ((*PAYEE, "--id", "097150000777", "--signed-on", "2999-01-01"), "sau hôm nay"),
        (("disability", "1", "--kind", " ", "--degree", "light", "--certificate", "1"), "Thiếu"),
        (
            ("set", "1", "--field", "household", "--value", "H" * 101, "--reference", "sổ"),
            "quá dài",
        ),
        (("set", "1", "--field", "hamlet", "--value", "Tổ 3", "--reference", " "), "căn cứ"),
    ],
)
def test_what_says_nothing_is_refused(house: House, words: tuple[str, ...], says: str) -> None:
    told = change(house, *words)
    assert isinstance(told.exception, InputError)
    assert says in str(told.exception)


def test_a_paper_that_has_run_out_is_told(house: House) -> None:
    told = change(house, *PAYEE, "--id", "097150000777", "--valid-until", "2020-01-01")
    assert "Giấy đã hết hạn: người hưởng tự nhận." in told.output
