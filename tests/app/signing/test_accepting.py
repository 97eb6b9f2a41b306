"""A list is prepared, signed by three and accepted; what else comes is told and written down."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from app.cli.main import cli
from app.errors import AnSinhError, Conflict, InputError, Refused
from app.privacy import Keyring
from app.signing.accepting import BYTES_MAX
from app.signing.kinds import KINDS, PAYROLL_LIST
from app.signing.making import FOLDER, fingerprint, kept_at
from app.signing.reading import by_code, by_file
from app.signing.register import kept_papers
from app.signing.tables import issued_document, issued_file, signed_document
from app.signing.tables import signed_by as signatures
from app.signing.verdicts import NotAccepted
from tests.app.signing.paper import Dice, force, issue, two_submitted
from tests.app.signing.pki import revoked_list, sign, world
from tests.factories import COMMUNE, SEPTEMBER, House

KEYRING = Keyring(b"k" * 32)

pytestmark = pytest.mark.stage(of=two_submitted)
CLOCK = "2026-08-25T08:00:00+07:00"
FIELDS = KINDS[PAYROLL_LIST].signers
NAMES = ("Nông Thị Lập", "Hoàng Văn Toán", "Đàm Thị Trưởng")


class Desk:
    """An officer's command line on a house, with a folder to work in."""

    def __init__(self, house: House, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house, self.folder = house, folder
        self.url = house.database.url.render_as_string(hide_password=False)
        here = world()
        lists = (
            revoked_list(here.root, days=400),
            revoked_list(here.between, here.revoked, days=400),
        )
        monkeypatch.setenv("ANSINH_SIGNING_TRUST", str(here.trust(folder / "trust", *lists)))
        monkeypatch.setenv("ANSINH_HOME", str(house.home))
        house.tamper(f"insert into installation (key, value) values ('clock', '{CLOCK}')")

    def run(self, *arguments: object) -> Result:
        """`ansinh papers …` on this house."""
        command = ["papers", *map(str, arguments), "--database", self.url]
        return CliRunner().invoke(cli, command, catch_exceptions=True)

    def told(self, *arguments: object) -> dict[str, object]:
        """The answer as JSON."""
        done = self.run(*arguments, "--json")
        assert done.exit_code == 0, done.exception or done.output
        answer: dict[str, object] = json.loads(done.output)
        return answer

    def prepared(self, payroll_id: int = 1) -> tuple[str, bytes]:
        """The code of a prepared list, and its bytes."""
        output = self.folder / f"prepared-{len(list(self.folder.iterdir()))}.pdf"
        told = self.told("prepare", "--payroll", payroll_id, "--officer", f"maker.{COMMUNE}",
                         "--output", output)  # fmt: skip
        return str(told["code"]), output.read_bytes()

    def accept(self, code: str, content: bytes, *names: str) -> Result:
        """`accept` of these bytes."""
        path = self.folder / "signed.pdf"
        path.write_bytes(content)
        told = [word for name in names for word in ("--signer", name)]
        return self.run(
            "accept", path, "--document", code, "--officer", f"checker.{COMMUNE}", *told
        )


@pytest.fixture
def desk(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The command line of a house whose list was submitted."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return Desk(house, folder, monkeypatch)


def signed(pdf: bytes) -> bytes:
    """With the three signatures."""
    for field, one in zip(FIELDS, world().three, strict=True):
        pdf = sign(pdf, field, one)
    return pdf


def refused(done: Result, kind: type[AnSinhError]) -> str:
    """The sentence of the refusal."""
    assert isinstance(done.exception, kind), done.output
    return str(done.exception)


def test_from_the_prepared_file_to_the_accepted_one(desk: Desk) -> None:
    code, pdf = desk.prepared()
    found = [(name, field.get_object()["/TU"], [float(one) for one in field.get_object()["/Rect"]])
             for name, _, field in enumerate_sig_fields(PdfFileReader(desk.folder.joinpath(
                 "prepared-1.pdf").open("rb")))]  # fmt: skip
    assert {name: told for name, told, _ in found} == FIELDS
    rects = [rect for _, _, rect in found]
    assert all(one[2] < other[0] for one, other in pairwise(rects))
    assert desk.prepared() == (code, pdf), "prepared once, however often it is asked for"

    first = desk.accept(code, signed(pdf))
    assert first.exit_code == 0, first.exception
    assert "CHƯA nhận" in first.output
    assert all(name in first.output for name in NAMES)
    assert desk.house.count(signed_document) == 0
    done = desk.accept(code, signed(pdf), *NAMES)
    assert done.exit_code == 0, done.exception
    rows = desk.house.rows("select verdict, reason, sha256 from signed_document")
    assert [row[:2] for row in rows] == [("accepted", "")]
    assert kept_at(desk.house.home, rows[0][2]).read_bytes().startswith(pdf)
    assert desk.house.count(signatures) == 3
    with desk.house.database.view() as session:
        told, as_file = by_code(session, KEYRING, code), by_file(session, rows[0][2])
    assert told is not None
    assert tuple(one.name for one in told.signers) == NAMES
    assert as_file == (told, "signed")
    with desk.house.database.view() as session:
        for place, sha256 in kept_papers(session):
            assert desk.house.home / FOLDER / place == kept_at(desk.house.home, sha256)
            assert fingerprint(kept_at(desk.house.home, sha256).read_bytes())[0] == sha256
        assert len(list(kept_papers(session))) == 2, "prepared and signed: what a backup takes"
    assert "đã có bản ký" in refused(desk.accept(code, signed(pdf), *NAMES), Conflict)
    assert "accepted" in str(desk.house.rows(
        "select detail from audit_event where action = 'cli:document:accept'"))  # fmt: skip


def test_a_wrong_person_is_not_accepted(desk: Desk) -> None:
    code, pdf = desk.prepared()
    said = refused(
        desk.accept(code, signed(pdf), NAMES[0], "Nguyễn Văn Khác", NAMES[2]), NotAccepted
    )
    assert "Ô Kế toán trưởng do “Hoàng Văn Toán” ký, không phải “Nguyễn Văn Khác”" in said
    assert "3 ô ký" in refused(desk.accept(code, signed(pdf), NAMES[0]), InputError)
    assert desk.house.rows("select verdict from signed_document") == [("wrong_person",)]
    assert desk.accept(code, signed(pdf), *(one.lower() for one in NAMES)).exit_code == 0


def test_what_is_refused_is_written_down_and_not_kept(desk: Desk) -> None:
    code, pdf = desk.prepared()
    before = sorted((desk.house.home / FOLDER).rglob("*.pdf"))
    for content, verdict in (
        (b"not a file", "not_pdf"),
        (b"%PDF-1.7 another", "not_ours"),
        (pdf, "unsigned"),
        (sign(pdf, "nguoi_lap", world().clerk), "missing"),
        (signed(pdf) + b"%%EOF\n", "changed"),
    ):
        fault = desk.accept(code, content, *NAMES).exception
        assert isinstance(fault, NotAccepted)
        assert fault.verdict == verdict
    rows = desk.house.rows("select verdict, reason, file_id from signed_document order by id")
    assert [row[0] for row in rows] == ["not_pdf", "not_ours", "unsigned", "missing", "changed"]
    assert all(row[1] for row in rows)
    assert [row[2] is None for row in rows] == [True, True, False, False, False]
    assert sorted((desk.house.home / FOLDER).rglob("*.pdf")) == before


def test_a_huge_file_is_refused_before_it_is_read(desk: Desk) -> None:
    code, _ = desk.prepared()
    huge = desk.folder / "huge.pdf"
    with huge.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(10 * BYTES_MAX)
    done = desk.run("accept", huge, "--document", code, "--officer", f"checker.{COMMUNE}")
    assert "500 MB" in refused(done, NotAccepted)


def test_the_file_of_another_document(desk: Desk) -> None:
    """Two lists are prepared, and the signed files come under each other's code."""
    code, pdf = desk.prepared()
    force(desk.house, f"update payroll set digest = '{'f' * 64}' where id = 1")
    other, _ = desk.prepared()
    assert other != code
    assert "không bắt đầu bằng đúng tệp" in refused(desk.accept(other, signed(pdf)), NotAccepted)
    said = refused(desk.accept(code, signed(pdf)), Refused)
    assert "1/DS-UBND đã được thay bằng văn bản mới" in said


def test_what_was_not_prepared_is_not_accepted(desk: Desk) -> None:
    made = issue(desk.house, 1, Dice())
    done = desk.accept(made.code, b"%PDF-1.7")
    assert "chưa được chuẩn bị" in str(done.exception)
    assert "Không có văn bản nào" in str(desk.accept("0" * 16, b"%PDF-1.7").exception)


def test_a_kept_file_that_was_altered_is_found(desk: Desk) -> None:
    code, pdf = desk.prepared()
    sha256 = desk.house.ask("select sha256 from issued_file")
    path = kept_at(desk.house.home, sha256)
    path.chmod(0o600)
    path.write_bytes(pdf + b" ")
    assert "Không còn đúng tệp" in str(desk.accept(code, signed(pdf + b" ")).exception)


def test_without_trust_nothing_is_accepted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    code, pdf = desk.prepared()
    monkeypatch.delenv("ANSINH_SIGNING_TRUST")
    assert "ANSINH_SIGNING_TRUST" in refused(desk.accept(code, signed(pdf)), InputError)
    assert desk.house.count(signed_document) == 0


def test_issue_register_and_verify_on_the_command_line(desk: Desk) -> None:
    output = desk.folder / "list.pdf"
    made = desk.told("issue", "--payroll", 1, "--officer", f"maker.{COMMUNE}", "--output", output)
    assert (made["number"], made["new"]) == ("1/DS-UBND", True)
    (row,) = desk.told("register", "--unit", COMMUNE, "--year", 2026)["documents"]  # type: ignore[misc]
    assert (row["number"], row["made_by"]) == ("1/DS-UBND", f"maker.{COMMUNE}")
    for how in (("--code", made["code"]), ("--file", output)):
        told = desk.told("verify", *how)
        assert (told["number"], told["persons"], told["total"]) == ("1/DS-UBND", 2, 1_000_000)
    assert desk.run("verify", "--code", "x").exit_code == 1
    assert desk.run("verify").exit_code == 1
    assert "1/DS-UBND" in desk.run("register").output
    assert desk.house.count(issued_document) == desk.house.count(issued_file) == 1
    assert desk.house.payrolls(SEPTEMBER, "submitted") == [1]
