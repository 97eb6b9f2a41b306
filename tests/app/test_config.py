"""Settings: read once, every fault named, secrets kept quiet."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import Settings, load_settings
from app.errors import AnSinhError, SettingsError

SECRET = "k" * 32


def test_without_variables_the_defaults_hold() -> None:
    assert load_settings() == Settings()


def test_values_are_read_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSINH_DATABASE_URL", "postgresql+psycopg://u@h/d")
    monkeypatch.setenv("ANSINH_SCHEMA", "cao_bang")
    monkeypatch.setenv("ANSINH_ANCHOR", "/mnt/anchor")
    monkeypatch.setenv("ANSINH_ADAPTERS", "bank_a,bank_b")
    monkeypatch.setenv("ANSINH_PORT", "8080")
    settings = load_settings()
    assert settings.schema == "cao_bang"
    assert not settings.is_sqlite
    assert settings.anchor == Path("/mnt/anchor")
    assert settings.adapters == ("bank_a", "bank_b")
    assert settings.port == 8080


def test_where_registers_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSINH_CHECK_URLS", "insurance=https://h/p,bank_name=http://[::1]:81/n")
    monkeypatch.setenv("ANSINH_CHECK_SECRETS", "insurance=hmac:/run/s,bank_name=bearer:/run/b")
    monkeypatch.setenv("ANSINH_TRAINING", "true")
    settings = load_settings()
    assert settings.check_urls["bank_name"] == "http://[::1]:81/n"
    assert settings.check_secrets["insurance"] == "hmac:/run/s"


def test_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSINH_DATABASE_URL", "sqlite:///a.db")
    assert load_settings(database_url="sqlite:///b.db").database_url == "sqlite:///b.db"
    assert load_settings(database_url=None).database_url == "sqlite:///a.db"


def test_a_secret_from_a_file_does_not_show(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(SECRET + "\n", encoding="utf-8")
    monkeypatch.setenv("ANSINH_SECRET_KEY_FILE", str(tmp_path / "key"))
    settings = load_settings()
    assert settings.secret_key == SECRET
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"PORT": "many"}, "ANSINH_PORT"),
        ({"PORT": "70000"}, "ANSINH_PORT"),
        ({"DEBUG": "maybe"}, "ANSINH_DEBUG"),
        ({"LOG_LEVEL": "loud"}, "ANSINH_LOG_LEVEL"),
        ({"DATABSE_URL": "sqlite://"}, "ANSINH_DATABSE_URL"),
        ({"DATABASE_URL": "mysql://h/d"}, "ANSINH_DATABASE_URL: mysql không dùng được"),
        ({"DATABASE_URL": "short"}, "ANSINH_DATABASE_URL: không bắt đầu bằng loại cơ sở dữ liệu"),
        ({"DATABASE_URL": ""}, "ANSINH_DATABASE_URL: để trống"),
        ({"SCHEMA": "x; drop"}, "ANSINH_SCHEMA"),
        ({"CHECK_URLS": "police=https://h/p"}, "không có nguồn police"),
        ({"CHECK_URLS": "insurance=http://h/p"}, "phải là https"),
        ({"CHECK_URLS": "insurance=http://127.0.0.1/p"}, "phải là https"),
        ({"CHECK_URLS": "insurance=https://me:word@h/p"}, "phải là https"),
        ({"CHECK_URLS": "insurance=file:///etc/passwd"}, "phải là https"),
        ({"CHECK_URLS": "insurance=http://[::1/p", "TRAINING": "1"}, "phải là https"),
        ({"CHECK_URLS": "insurance=http://h/p", "TRAINING": "1"}, "phải là https"),
        ({"CHECK_SECRETS": "insurance=bearer:/run/s"}, "không có trong ANSINH_CHECK_URLS"),
        (
            {"CHECK_URLS": "insurance=https://h/p", "CHECK_SECRETS": "insurance=secret-itself"},
            "không ghi bí mật vào đây",
        ),
        ({"SCHEMA": "cao_bang"}, "ANSINH_SCHEMA"),
        ({"SECRET_KEY": "short"}, "ANSINH_SECRET_KEY"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "ANSINH_SECRET_KEY_FILE"),
        ({"DEBUG": "true", "HOST": "192.0.2.1"}, "ANSINH_DEBUG"),
        ({"TRAINING": "true", "ADAPTERS": "real_bank"}, "real_bank"),
    ],
)
def test_a_fault_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], named: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"ANSINH_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert named in str(caught.value)
    assert "short" not in str(caught.value)


def test_all_faults_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSINH_PORT", "many")
    monkeypatch.setenv("ANSINH_LOG_LEVEL", "loud")
    monkeypatch.setenv("ANSINH_NOTHING", "1")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert len(caught.value.faults) == 3
    assert isinstance(caught.value, AnSinhError)
