"""The service starts where it has its database, its keys and shelter, and says why elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from app.access.officers import add_officer
from app.config import Settings
from app.db import Database
from app.demo.province import found_for_years
from app.errors import SettingsError
from app.privacy import Keyring
from app.schema import create
from app.units.tables import installation
from app.web.application import create_app
from app.web.site import EXTENSION
from tests.app.web.serving import signed_in, visitor


def made(url: str, training: str | None) -> None:
    database = Database(url, owner=True)
    with database.engine.begin() as connection:
        create(connection)
        if training is not None:
            connection.execute(insert(installation).values(key="training", value=training))
    database.close()


KEYS = Keyring(b"k" * 32)


def test_a_database_that_is_not_for_training_is_served(database_url: str) -> None:
    made(database_url, "0")
    served = create_app(Settings(database_url=database_url), keyring=KEYS)
    answer = visitor(served).get("/sign-in")
    assert answer.status_code == 200
    assert "TẬP HUẤN" not in answer.get_data(as_text=True)
    served.extensions[EXTENSION].database.close()


def test_without_keys_nobody_could_be_known(sqlite_url: str, tmp_path: Path) -> None:
    made(sqlite_url, "1")
    with pytest.raises(SettingsError, match="Không có khoá"):
        create_app(Settings(database_url=sqlite_url, home=tmp_path / "home"))
    assert not (tmp_path / "home").exists()


def test_a_database_without_tables_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "test.db").touch()
    with pytest.raises(SettingsError, match="chưa có bảng"):
        create_app(Settings(database_url=database_url))


def test_a_file_that_is_missing_is_not_made(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make demo"):
        create_app(Settings(database_url=sqlite_url))
    assert list(tmp_path.iterdir()) == []


ANY = "0.0.0.0"  # noqa: S104 (what is tried)


@pytest.mark.parametrize(
    ("said", "settings"),
    [("1", {}), ("0", {}), ("0", {"training": True})],
)
def test_nothing_leaves_this_machine_in_clear(
    sqlite_url: str, said: str, settings: dict[str, bool]
) -> None:
    made(sqlite_url, said)
    with pytest.raises(SettingsError, match="ANSINH_HOST"):
        create_app(Settings(database_url=sqlite_url, host=ANY, **settings), keyring=KEYS)


@pytest.mark.parametrize(
    ("said", "settings"), [("1", {"training": True}), ("0", {"behind_tls": True})]
)
def test_a_class_or_tls_opens_the_door(
    sqlite_url: str, said: str, settings: dict[str, bool]
) -> None:
    made(sqlite_url, said)
    served = create_app(Settings(database_url=sqlite_url, host=ANY, **settings), keyring=KEYS)
    answer = visitor(served).get("/sign-in", headers={"Host": "class.example"})
    assert answer.status_code == 200
    assert ("Strict-Transport-Security" in answer.headers) == ("behind_tls" in settings)
    served.extensions[EXTENSION].database.close()


def _someone(url: str) -> None:
    database = Database(url, owner=True)
    with database.unit_of_work() as session:
        number = add_officer(session, KEYS, "checker", "Cán bộ", "097000000001", "A" * 32)
        found_for_years(session, number, [("checker", "")])
    database.close()


def test_an_empty_month_is_said_plainly(database_url: str) -> None:
    made(database_url, "1")
    _someone(database_url)
    served = create_app(Settings(database_url=database_url), keyring=KEYS)
    client = signed_in(served, "checker")
    for url, words in (
        ("/", "Tháng này chưa có bảng chi trả nào được duyệt."),
        ("/payrolls", "Chưa có bảng chi trả tháng 10/2026."),
        ("/batches", "Chưa có lô chuyển tiền tháng 10/2026."),
        ("/closings", "Tháng 10/2026 chưa quyết toán."),
        ("/people", "Gõ một phần họ tên"),
        ("/health", "Chưa có việc nào chạy."),
        ("/proofs", "Chưa kiểm chứng lần nào"),
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert words in answer.get_data(as_text=True), url
    served.extensions[EXTENSION].database.close()


def test_a_database_that_stops_being_one_for_training_is_left(sqlite_url: str) -> None:
    made(sqlite_url, "1")
    served = create_app(Settings(database_url=sqlite_url), keyring=KEYS)
    database = Database(sqlite_url, owner=True)
    with database.unit_of_work() as session:
        session.execute(update(installation).values(value="0"))
    database.close()
    assert visitor(served).get("/sign-in").status_code == 503
    served.extensions[EXTENSION].database.close()
