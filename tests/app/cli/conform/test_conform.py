"""The kit with books: ours stand every play, and each wrong adapter is caught by one of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.conform.mould import Mould
from app.cli.conform.plays import BY_KEY, DEDUPE, ENQUIRY, PLAYS, plays_for
from app.cli.conform.trial import Played, play_all, played
from app.cli.main import cli
from bank_adapters.contract import BankAdapter
from bank_adapters.csvlist import CsvListAdapter
from bank_adapters.discovery import BUILT_IN, load
from bank_adapters.filelist.adapter import ListAdapter
from bank_adapters.formats.answer_profile import load as load_answer
from bank_adapters.formats.list_profile import load as load_list
from bank_adapters.iso20022.adapter import CAPABILITIES, Iso20022Adapter
from bank_adapters.scaffold import new_bank
from tests.app.cli.conform import wrong_adapters as wrong

CSV = CsvListAdapter("csv")
"""What `ansinh bank new` begins with; it has no folder here."""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return Mould(Iso20022Adapter(), tmp_path_factory.mktemp("conform"))


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return Mould(ListAdapter(), tmp_path_factory.mktemp("conform"))


def failed(found: Iterator[Played]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.play.key, one.wrong) for one in found if not one.ok]


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.key)
def test_ours_stands_every_play(bank: Mould, play: object) -> None:
    found = played(bank, next(one for one in PLAYS if one is play), bank.adapter)
    assert found.wrong == ()


@pytest.mark.long
@pytest.mark.parametrize(
    "name", [name for name, _ in BUILT_IN if name not in ("iso20022", "rest")] + ["csv"]
)
def test_all_adapters_stand_every_play(name: str, tmp_path: Path) -> None:
    adapter = CSV if name == "csv" else load([name])[name]
    assert failed(play_all(adapter, tmp_path)) == []


WRONG_AT_BANK = (
    (wrong.ReturnsArePaid(), "return-first", "khác sổ của ngân hàng"),
    (wrong.TrustsTheFile(), "success-in-returns", "khác sổ của ngân hàng"),
    (wrong.WrongSign(), "timeout", "khác sổ của ngân hàng"),
    (wrong.LosesTheLast(), "acknowledged-twice", "khác sổ của ngân hàng"),
    (wrong.NamesByFile(), "statement-twice", "refused by the books"),
    (wrong.HidesFaults(), "wrong-balance", "không bị cách ly"),
    (wrong.RepairsAmounts(), "amount-changed", "khác sổ của ngân hàng"),
    (wrong.AcceptedIsRejected(), "acknowledged-twice", "khác sổ của ngân hàng"),
    (wrong.MixesReferences(), "partial", "khác sổ của ngân hàng"),
)
WRONG_AT_LISTS = (
    (wrong.SwallowsErrors(), "partial", "không bị cách ly"),
    (wrong.AllArePaid(), "partial", "khác sổ của ngân hàng"),
    (wrong.SwapsSheets(), "partial", "đã có tiền mà nhà coi là còn nợ"),
    (wrong.TakesAmountsOfOurs(), "amount-changed", "vẫn được ghi là đã chi"),
)


@pytest.mark.parametrize(
    ("adapter", "key", "says"), WRONG_AT_BANK, ids=lambda one: type(one).__name__
)
def test_a_wrong_adapter_of_a_bank_is_caught(
    bank: Mould, adapter: BankAdapter, key: str, says: str
) -> None:
    found = played(bank, BY_KEY[key], adapter)
    assert any(says in one for one in found.wrong), found.wrong


@pytest.mark.parametrize(
    ("adapter", "key", "says"), WRONG_AT_LISTS, ids=lambda one: type(one).__name__
)
def test_a_wrong_adapter_of_lists_is_caught(
    provider: Mould, adapter: BankAdapter, key: str, says: str
) -> None:
    found = played(provider, BY_KEY[key], adapter)
    assert any(says in one for one in found.wrong), found.wrong


def promising_to_refuse(adapter: Iso20022Adapter, scope: str) -> Iso20022Adapter:
    return replace(adapter, capabilities=replace(CAPABILITIES, dedupe=scope, dedupe_days=7))


@pytest.mark.parametrize("scope", ["MsgId", "EndToEndId"])
def test_a_declared_refusal_of_repetitions_is_tried(bank: Mould, scope: str) -> None:
    found = played(bank, DEDUPE, promising_to_refuse(Iso20022Adapter(), scope))
    assert found.wrong == ()
    assert found.house.startswith("gửi 2 lần; 30 đã chi")


def test_a_refusal_that_the_file_cannot_tell_pays_twice(bank: Mould) -> None:
    found = played(bank, DEDUPE, promising_to_refuse(Iso20022Adapter(), "FileName"))
    assert any("30 người được chi hai lần" in one for one in found.wrong), found.wrong


def test_a_repetition_read_as_a_refusal_is_caught(bank: Mould) -> None:
    found = played(bank, DEDUPE, promising_to_refuse(wrong.DuplicateIsRefused(), "MsgId"))
    assert any("DUPL" in one for one in found.wrong), found.wrong


def test_a_declared_enquiry_is_tried(bank: Mould) -> None:
    found = played(bank, ENQUIRY, asking())
    assert found.wrong == ()
    assert found.house.startswith("gửi 1 lần; 27 đã chi, 3 bị từ chối, 3 hồ sơ tranh chấp")
    found = played(bank, ENQUIRY, Iso20022Adapter())
    assert "không hỏi" in found.wrong[0]
    assert plays_for(asking().capabilities) == (*PLAYS, ENQUIRY)


def asking() -> Iso20022Adapter:
    return Iso20022Adapter(capabilities=replace(CAPABILITIES, enquiry=True))


def test_nobody_is_tried_without_an_answerer(tmp_path: Path) -> None:
    (only,) = play_all(wrong.Mute(), tmp_path)
    assert "chưa có answerer" in only.wrong[0]


def test_lists_alone_prove_nothing_where_the_bank_debits_our_account(tmp_path: Path) -> None:
    debits = replace(CSV.capabilities, settles="booked", holds_advance=False)
    (only,) = play_all(CsvListAdapter("dongnai", capabilities=debits), tmp_path)
    assert "không có gì chứng minh đã chi" in only.wrong[0]


def test_an_adapter_that_cannot_write_gets_no_further_than_the_month(
    bank: Mould,
) -> None:
    found = played(bank, BY_KEY["silence"], wrong.CannotWrite())
    assert "không đến được ngân hàng" in found.wrong[0]


def test_the_example_of_the_page_is_a_bank_that_stands(tmp_path: Path) -> None:
    page = (Path(__file__).parents[4] / "docs/banks/new-bank.md").read_text("utf-8")
    out, back = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    adapter = CsvListAdapter("dongnai", listed=load_list(out), answer=load_answer(back))
    assert failed(play_all(adapter, tmp_path, [BY_KEY["partial"], BY_KEY["wrong-balance"]])) == []


def test_the_command_shows_a_row_a_play(tmp_path: Path) -> None:
    told = run("bank", "conform", "iso20022", "--format-only", "--json")
    assert (told.exit_code, json.loads(told.output)["plays"]) == (0, [])
    new_bank("dongnai", tmp_path)
    text = (tmp_path / "dongnai/adapter.py").read_text("utf-8")
    broken = text.replace('settles="list"', 'settles="list", dedupe="Mã lô", dedupe_days=7')
    (tmp_path / "dongnai/adapter.py").write_text(broken, "utf-8")
    told = run("bank", "conform", str(tmp_path / "dongnai"), "--play", "overlap",
               "--play", "same-file-twice")  # fmt: skip
    assert told.exit_code == 1
    rows = [line for line in told.output.splitlines() if line.startswith("  ")]
    assert any(row.startswith("  đạt   Sao kê chồng nhau") and "30 đã chi" in row for row in rows)
    assert any(row.startswith("  HỎNG  Cùng một tệp hai lần") for row in rows)
    assert "1 chỗ HỎNG" in told.output
    promises = [row for row in rows if row.startswith("  đạt ")][:18]
    assert not [row for row in promises if row.isascii() or "refuses" in row]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)
