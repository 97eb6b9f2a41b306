"""`ansinh bank`: its help in chapters; what a bank's code asks for, of whom, until when."""

from __future__ import annotations

import json

from click.testing import CliRunner

from app.cli.bank import bank
from app.cli.chapters import Chapters
from app.cli.main import cli


def test_a_reason_in_words() -> None:
    told = CliRunner().invoke(cli, ["bank", "reason", "ac04"])
    assert told.exit_code == 0
    assert "cán bộ xã, trong 5 ngày làm việc" in told.stdout
    assert "không được dùng nữa" in told.stdout


def test_a_code_means_another_thing_in_another_set() -> None:
    found = {}
    for code_set in ("return", "status"):
        words = ["bank", "reason", "BE08", "--set", code_set, "--json"]
        found[code_set] = json.loads(CliRunner().invoke(cli, words).stdout)
    assert (found["return"]["class"], found["return"]["owner"]) == ("retry", "finance")
    assert (found["status"]["class"], found["status"]["owner"]) == ("ours", "admin")


def test_an_unknown_code_goes_to_review() -> None:
    told = json.loads(CliRunner().invoke(cli, ["bank", "reason", "R02", "--json"]).stdout)
    assert (told["known"], told["class"], told["effect"]) == (False, "review", "none")


def test_every_command_stands_in_one_chapter() -> None:
    assert isinstance(bank, Chapters)
    shown = [name for names in bank.chapters.values() for name in names]
    assert sorted(shown) == sorted(bank.commands)
