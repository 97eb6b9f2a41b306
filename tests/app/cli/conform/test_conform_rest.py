"""The kit with requests: ours stands every play both ways, and each wrong courier is caught."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.conform.mould import Mould
from app.cli.conform.plays import BY_KEY, ENQUIRY, PLAYS
from app.cli.conform.rest_plays import as_requests
from app.cli.conform.trial import Played, play_all, played
from app.cli.main import cli
from bank_adapters.csvlist import ANSWER_TEXT
from bank_adapters.rest.adapter import ADAPTER
from tests.app.cli.conform import wrong_rest as wrong

ALL = (*PLAYS, ENQUIRY)
REPORTS = ("statement-twice", "overlap", "wrong-balance")
"""Plays of reports alone, which are the same files as those of any bank: among the long ones."""
LISTED = ("partial", "amount-changed", "contradiction")
LISTING = ADAPTER.with_profile({"paid_list": tomllib.loads(ANSWER_TEXT)})
OTHERWISE_IN_BULK = ("timeout", "acknowledged-twice", "enquiry")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return Mould(ADAPTER.on_trial()["single"], tmp_path_factory.mktemp("conform"))


@pytest.fixture(scope="module")
def listing(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    """Ours with a provider who holds an advance and proves by his lists."""
    return Mould(LISTING.on_trial()["single"], tmp_path_factory.mktemp("conform"))


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return Mould(ADAPTER.on_trial()["bulk"], tmp_path_factory.mktemp("conform"))


def play(mould: Mould, key: str) -> Played:
    adapter = mould.adapter
    return played(mould, as_requests(BY_KEY[key], adapter.capabilities.by), adapter)


@pytest.mark.parametrize("key", [one.key for one in ALL if one.key not in REPORTS])
def test_ours_stands_every_play_in_single_requests(single: Mould, key: str) -> None:
    assert play(single, key).wrong == ()


@pytest.mark.parametrize("key", OTHERWISE_IN_BULK)
def test_ours_stands_the_plays_of_bulk(bulk: Mould, key: str) -> None:
    assert play(bulk, key).wrong == ()


@pytest.mark.parametrize("key", LISTED)
def test_ours_stands_the_plays_of_a_provider_with_an_advance(listing: Mould, key: str) -> None:
    assert play(listing, key).wrong == ()


@pytest.mark.long
def test_a_provider_with_an_advance_stands_every_play(tmp_path: Path) -> None:
    found = list(play_all(LISTING, tmp_path))
    assert [(one.way, one.play.key, one.wrong) for one in found if not one.ok] == []
    assert len(found) == len(ALL) * 2


@pytest.mark.long
def test_both_ways_of_a_wallet_and_a_bank_stand_every_play(tmp_path: Path) -> None:
    for name in ("default", "mobile_money"):
        found = list(play_all(ADAPTER.with_profile({"base": name}), tmp_path / name))
        assert [(one.way, one.play.key, one.wrong) for one in found if not one.ok] == []
        assert {one.way for one in found} == {"single", *(["bulk"] if name == "default" else [])}
        assert len(found) == len(ALL) * (2 if name == "default" else 1)


def test_the_command_tries_a_channels_own_profile(tmp_path: Path) -> None:
    profile = tmp_path / "kenh.toml"
    profile.write_text('[adapter]\nby = "bulk"\nhosts = ["api.bank.example"]\n[adapter.paths]\n'
                       'payments = ""\nbatches = "/v2/lots"\n', "utf-8")  # fmt: skip
    asked = ("bank", "conform", "rest", "--profile", str(profile), "--play", "silence", "--json")
    told = CliRunner().invoke(cli, asked)
    rows = json.loads(told.output)["plays"]
    assert (told.exit_code, [(row["way"], row["ok"]) for row in rows]) == (0, [("bulk", True)])
    profile.write_text('[adapter]\nby = "both"\n', "utf-8")
    told = CliRunner().invoke(cli, (*asked, "--format-only"))
    assert told.exit_code != 0
    assert "by là single hoặc bulk" in str(told.exception)


WRONG = (
    (wrong.believes_any_answer, "acknowledged-twice", "tin vào xác nhận của lệnh khác"),
    (wrong.silence_is_refusal, "timeout", "không có câu trả lời mà bị coi là đã có"),
    (wrong.not_found_is_refusal, "enquiry", "bị coi là chưa nhận"),
    (wrong.asks_again_after_a_doubt, "return-first", "người được chi hai lần"),
    (wrong.forgets_the_clock, "cut-off", "vẫn đi sau giờ chót"),
)


@pytest.mark.parametrize(
    ("spoil", "key", "says"), WRONG, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_wrong_courier_is_caught(
    single: Mould, monkeypatch: pytest.MonkeyPatch, spoil: wrong.Spoil, key: str, says: str
) -> None:
    spoil(monkeypatch)
    found = play(single, key)
    assert any(says in one for one in found.wrong), found.wrong


def test_a_wrong_courier_of_batches_is_caught(bulk: Mould, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong.believes_any_batch(monkeypatch)
    found = play(bulk, "acknowledged-twice")
    assert any("chưa rõ" in one for one in found.wrong), found.wrong
