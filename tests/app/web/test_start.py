"""The service starts on a training database only, and says why where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from app.config import Settings
from app.db import Database
from app.errors import SettingsError
from app.schema import create
from app.units.tables import installation
from app.web.application import create_app
from app.web.site import EXTENSION


def made(url: str, training: str | None) -> None:
    database = Database(url, owner=True)
    with database.engine.begin() as connection:
        create(connection)
        if training is not None:
            connection.execute(insert(installation).values(key="training", value=training))
    database.close()


@pytest.mark.parametrize("said", [None, "0", ""])
def test_another_database_is_refused(database_url: str, said: str | None) -> None:
    made(database_url, said)
    with pytest.raises(SettingsError, match="không phải cơ sở dữ liệu tập huấn"):
        create_app(Settings(database_url=database_url, training=True))


def test_a_database_without_tables_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "test.db").touch()
    with pytest.raises(SettingsError, match="chưa có bảng"):
        create_app(Settings(database_url=database_url))


def test_a_file_that_is_missing_is_not_made(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make demo"):
        create_app(Settings(database_url=sqlite_url))
    assert list(tmp_path.iterdir()) == []


def test_only_training_settings_open_the_door(sqlite_url: str) -> None:
    made(sqlite_url, "1")
    with pytest.raises(SettingsError, match="ANSINH_HOST"):
        create_app(Settings(database_url=sqlite_url, host="0.0.0.0"))  # noqa: S104 (is refused)
    opened = create_app(Settings(database_url=sqlite_url, host="0.0.0.0", training=True))  # noqa: S104
    assert opened.test_client().get("/", headers={"Host": "class.example"}).status_code == 200
    opened.extensions[EXTENSION].database.close()


def test_an_empty_month_is_said_plainly(database_url: str) -> None:
    made(database_url, "1")
    served = create_app(Settings(database_url=database_url))
    client = served.test_client()
    for url, words in (
        ("/", "Tháng này chưa có bảng chi trả nào được duyệt."),
        ("/payrolls", "Chưa có bảng chi trả tháng 10/2026."),
        ("/batches", "Chưa có lô chuyển tiền tháng 10/2026."),
        ("/closings", "Tháng 10/2026 chưa quyết toán."),
        ("/people", "Gõ một phần họ tên"),
        ("/health", "Chưa có việc nào chạy."),
        ("/proofs", "phép đều đúng"),
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert words in answer.get_data(as_text=True), url
    served.extensions[EXTENSION].database.close()


def test_a_database_that_stops_being_one_for_training_is_left(sqlite_url: str) -> None:
    made(sqlite_url, "1")
    served = create_app(Settings(database_url=sqlite_url))
    database = Database(sqlite_url, owner=True)
    with database.unit_of_work() as session:
        session.execute(update(installation).values(value="0"))
    database.close()
    assert served.test_client().get("/people").status_code == 503
    served.extensions[EXTENSION].database.close()
