"""`ansinh sandbox`: somebody starts the bank, looks at its books, makes it misbehave, stops it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from app.cli.main import cli
from app.errors import InputError
from bank_adapters.sandbox import launch


def run(*words: str) -> str:
    result = CliRunner().invoke(cli, ["sandbox", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_bank_is_started_looked_at_switched_and_stopped(tmp_path: Path) -> None:
    home = ("--home", str(tmp_path / "bank"))
    config = tmp_path / "config.json"
    config.write_text('{"payout": {"settles": "ACCC"}}', encoding="utf-8")
    told = json.loads(run("start", *home, "--config", str(config), "--json"))
    try:
        assert all(Path(told[name]).exists() for name in ("payout_ca", "payout_token"))
        assert json.loads(run("start", *home, "--json"))["pid"] == told["pid"]
        assert "đã bật" in run("switch", *home, "silence", "on")
        found = json.loads(run("show", *home, "--json"))
        assert (found["books"]["behaviours"], found["books"]["proof"]) == (["silence"], [])
        assert "Sổ khớp." in run("show", *home)
    finally:
        living = launch.find(tmp_path / "bank")
        assert living is not None
        assert "đã dừng" in run("stop", *home)
    result = CliRunner().invoke(cli, ["sandbox", "show", *home])
    assert isinstance(result.exception, InputError)
    assert "ansinh sandbox start" in str(result.exception)


def test_a_configuration_that_is_none_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text("{", encoding="utf-8")
    words = ["sandbox", "start", "--home", str(tmp_path / "bank"), "--config", str(config)]
    result = CliRunner().invoke(cli, words)
    assert isinstance(result.exception, InputError)
    assert "không phải JSON" in str(result.exception)
