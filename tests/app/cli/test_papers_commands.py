"""`ansinh papers`: each paper in both forms, and what is refused before a file appears."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.errors import InputError, NotFound
from tests.app.printing.reading import read_pdf
from tests.app.statements.papers import october_approved
from tests.factories import COMMUNE, KEY, OCTOBER, OTHER_COMMUNE, House, row

pytestmark = pytest.mark.stage(of=october_approved)
REASON = "gửi Kho bạc rút dự toán"


def papers(house: House, *words: str) -> Result:
    url = house.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["papers", *words, "--database", url])


@pytest.fixture
def keys(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house with its key where the command line looks for it."""
    (house.home / "keys").mkdir(exist_ok=True)
    (house.home / "keys" / "field.key").write_bytes(KEY)
    monkeypatch.setenv("ANSINH_HOME", str(house.home))
    return house


@pytest.mark.parametrize(
    ("kind", "rows"), [("payroll", 6), ("sign-for", 3), ("posting", 5), ("treasury", 6)]
)
def test_each_paper_in_both_forms(keys: House, tmp_path: Path, kind: str, rows: int) -> None:
    (number,) = keys.payrolls(OCTOBER, "approved")
    more = ("--officer", f"maker.{COMMUNE}", "--reason", REASON) if kind == "treasury" else ()
    for form, begin in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        path = tmp_path / f"a.{form}"
        told = papers(keys, kind, "--payroll", str(number), "--format", form,
                      "--output", str(path), "--json", *more)  # fmt: skip
        assert told.exit_code == 0, told.output
        assert json.loads(told.output) == {"file": str(path), "rows": rows}
        data = path.read_bytes()
        assert data.startswith(begin)
        assert path.stat().st_mode & 0o077 == 0
        if form == "pdf":
            assert (row(1).account in read_pdf(data).text) == (kind == "treasury")
    made = keys.rows("select actor, detail from audit_event where action like 'papers:%'")
    assert made == ([(f"maker.{COMMUNE}", f"6 dòng: {REASON}")] * 2 if more else [])


def test_the_form_number_is_a_setting(
    keys: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSINH_TREASURY_FORM", "Mẫu số 09")
    (number,) = keys.payrolls(OCTOBER, "approved")
    path = tmp_path / "a.pdf"
    told = papers(keys, "treasury", "--payroll", str(number), "--output", str(path), "--officer",
                  "finance.one", "--reason", REASON, "--slip", "17", "--slip-date",
                  "2026-09-24")  # fmt: skip
    assert told.exit_code == 0, told.output
    text = read_pdf(path.read_bytes()).text
    assert "Mẫu số 09" in text
    assert "số 17 ngày 24/09/2026" in text


def test_what_is_refused_leaves_no_file(keys: House, tmp_path: Path) -> None:
    (number,) = keys.payrolls(OCTOBER, "approved")
    path = tmp_path / "a.pdf"
    where = ("--payroll", str(number), "--output", str(path))
    stranger = ("--officer", f"maker.{OTHER_COMMUNE}", "--reason", REASON)
    silent = ("--officer", "finance.one", "--reason", "in")
    for words, kind in (
        (("treasury", *where, *stranger), NotFound),
        (("treasury", *where, *silent), InputError),
        (("payroll", "--payroll", "999", "--output", str(path)), NotFound),
    ):
        assert isinstance(papers(keys, *words).exception, kind), words
    assert list(tmp_path.glob("*a.pdf*")) == []
    assert keys.rows("select 1 from audit_event where action like 'papers:%'") == []
