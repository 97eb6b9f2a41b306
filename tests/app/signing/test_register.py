"""The register of documents: numbers without a gap, one for one content, nothing undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.errors import Forbidden, NotFound, Refused
from app.privacy import Keyring
from app.signing.codes import new_code, read_code, shown
from app.signing.making import write_numbered
from app.signing.reading import REOPENED, STANDS, SUPERSEDED, VOIDED, by_code, by_file
from app.signing.tables import issued_document, issued_file
from tests.app.printing.reading import read_pdf
from tests.app.signing.paper import PUBLIC, Dice, force, issue, order, two_submitted
from tests.factories import SEPTEMBER, House

KEYRING = Keyring(b"k" * 32)

pytestmark = pytest.mark.stage(of=two_submitted)


@pytest.fixture
def submitted(house: House) -> int:
    """The payroll's number."""
    return house.payrolls(SEPTEMBER, "submitted")[0]


def test_the_same_content_is_the_same_document(house: House, submitted: int) -> None:
    dice = Dice()
    first, again = issue(house, submitted, dice), issue(house, submitted, dice)
    assert (first.title, first.is_new, again.is_new) == ("1/DS-UBND", True, False)
    assert (again.id, again.code) == (first.id, first.code)
    assert house.count(issued_file) == 1, "the same bytes are the same file"
    text = read_pdf(dice.printed).text
    for words in ("Số: 1/DS-UBND", shown(first.code), f"{PUBLIC}/verify/{first.code}"):
        assert words in text.replace("\n", " ") or words in text.replace("\n", ""), words
    house.approve("check", [submitted])
    assert issue(house, submitted, dice).id == first.id
    assert house.count(issued_file) == 2, "a printing with one more act"
    assert house.rows("select object, actor from audit_event where action = 'cli:document:issue'")


def test_other_content_takes_the_next_number(house: House, submitted: int) -> None:
    dice = Dice()
    first = issue(house, submitted, dice)
    resubmit(house, submitted, "f" * 64)
    second = issue(house, submitted, dice)
    assert (second.title, second.is_new) == ("2/DS-UBND", True)
    with house.database.view() as session:
        old, new = (
            by_code(session, KEYRING, shown(first.code)),
            by_code(session, KEYRING, second.code.lower()),
        )
    assert old is not None
    assert new is not None
    assert (old.standing, new.standing) == (SUPERSEDED, STANDS)
    resubmit(house, submitted, first.digest)
    assert issue(house, submitted, dice).title == "3/DS-UBND", "what stood before is another paper"


def test_what_became_of_the_payroll_is_told(house: House, submitted: int) -> None:
    dice = Dice()
    made = issue(house, submitted, dice)
    with house.database.view() as session:
        told = by_code(session, KEYRING, made.code)
        found = by_file(session, dice.sha256)
    assert told is not None
    assert (told.persons, told.total, told.period, told.standing) == (
        2,
        1_000_000,
        SEPTEMBER,
        STANDS,
    )
    assert found == (told, "printed")
    for state, standing in (("draft", REOPENED), ("void", VOIDED)):
        force(house, f"update payroll set state = '{state}', digest = 'x' where id = {submitted}")
        with house.database.view() as session:
            told = by_code(session, KEYRING, made.code)
        assert told is not None
        assert (told.standing, told.total) == (standing, 1_000_000)


@pytest.mark.parametrize(
    ("state", "error", "says"),
    [("draft", Refused, "còn là bản nháp"), ("void", Refused, "đã hủy")],
)
def test_what_has_no_standing_gets_no_number(
    house: House, submitted: int, state: str, error: type[Exception], says: str
) -> None:
    force(house, f"update payroll set state = '{state}' where id = {submitted}")
    with pytest.raises(error, match=says):
        issue(house, submitted, Dice())
    with pytest.raises(NotFound, match="Không có bảng"):
        issue(house, 999, Dice())


def test_another_units_officer_is_refused(house: House, submitted: int) -> None:
    with pytest.raises(Forbidden):
        issue(house, submitted, Dice(), "finance.one")


FORGERIES = {
    "a gap": "insert into issued_document select id + 1, kind, subject, unit_code, year,"
    " number + 2, symbol, dated_on, digest, persons, total, '1111111111111111', made_by, made_at"
    " from issued_document",
    "a number twice": "insert into issued_document select id + 1, kind, subject, unit_code, year,"
    " number, symbol, dated_on, digest, persons, total, '1111111111111111', made_by, made_at"
    " from issued_document",
    "a number changed": "update issued_document set number = 7",
    "a document removed": "delete from issued_document",
    "a file changed": "update issued_file set sha256 = 'x'",
    "superseded by nothing else": "insert into superseded_document (document_id, by_id,"
    " recorded_at) select id, id + 1, made_at from issued_document",
    "accepted without a prepared file": "insert into signed_document (id, document_id, file_id,"
    " sha256, size_bytes, verdict, reason, received_by, received_at) select 1, document_id, id,"
    " 'x', 1, 'accepted', '', made_by, made_at from issued_file",
    "accepted without a file": "insert into signed_document (id, document_id, sha256, size_bytes,"
    " verdict, reason, received_by, received_at) select 1, document_id, 'x', 1, 'accepted', '',"
    " made_by, made_at from issued_file",
    "refused without a reason": "insert into signed_document (id, document_id, sha256, size_bytes,"
    " verdict, reason, received_by, received_at) select 1, document_id, 'x', 1, 'changed', '',"
    " made_by, made_at from issued_file",
    "signed under a refusal": "insert into signed_by (signed_id, verdict, field, signer, serial,"
    " issuer, certificate, is_stamped) values (1, 'changed', 'f', 's', '1', 'i', 'c', 0)",
}


def test_the_database_refuses(house: House, submitted: int) -> None:
    issue(house, submitted, Dice())
    for forgery, statement in FORGERIES.items():
        assert is_refused(house, statement), forgery


def is_refused(house: House, statement: str) -> bool:
    """Whether the database refuses SQL of its own owner."""
    try:
        with house.owner.engine.begin() as connection:
            connection.execute(text(statement))
    except DBAPIError:
        return True
    return False


def test_a_code_is_read_as_people_write_it() -> None:
    code = new_code(lambda n: bytes(range(250 - n, 250)))
    assert len(code) == 16
    assert read_code(shown(code)) == read_code(f" {code.lower()} ") == code
    assert read_code("oil0-oil0-oil0-oil0") == "0110" * 4
    assert [read_code(one) for one in ("", "A" * 15, "A" * 17, "Ă" * 16, "!" * 16)] == [""] * 5
    with pytest.raises(ValueError, match="ten bytes"):
        new_code(lambda n: bytes(n - 1))


def resubmit(house: House, payroll_id: int, digest: str) -> None:
    """Other lines under the same payroll, as if it had gone back to its maker."""
    force(house, f"update payroll set digest = '{digest}' where id = {payroll_id}")


def test_many_printings_at_once_are_one_document(house: House, submitted: int) -> None:
    """Six officers' presses at one moment: one number, one code, and no gap afterwards."""
    asked = order(house, submitted)

    def press(number: int) -> str:
        def work(session: Session) -> str:
            return write_numbered(session, asked, Dice(number * 100), BytesIO()).title

        return house.database.serializable(work)

    with ThreadPoolExecutor(6) as pool:
        titles = list(pool.map(press, range(6)))
    assert set(titles) == {"1/DS-UBND"}
    assert house.count(issued_document) == house.count(issued_file) == 1
