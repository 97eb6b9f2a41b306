"""The kit: our adapters pass it, broken ones do not, and a new bank passes it at once."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from bank_adapters.conformance import Check, conform
from bank_adapters.contract import BankAdapter, BankReport, Method, OutboundBatch
from bank_adapters.discovery import BUILT_IN, GROUP, available, load
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.filelist.adapter import ListAdapter
from bank_adapters.scaffold import new_bank, take_sample, try_bank

ROOM = Path(__file__).parents[2] / "bank_adapters"


def failed(checks: list[Check]) -> list[Check]:
    return [check for check in checks if not check.ok]


@pytest.mark.parametrize("name", [name for name, _ in BUILT_IN])
def test_every_adapter_passes_on_its_own_samples(name: str) -> None:
    adapter = load([name])[name]
    assert adapter.name == name
    assert failed(conform(adapter, ROOM / name / "samples")) == []


@dataclass(frozen=True)
class Careless(ListAdapter):
    """Writes what it likes and fails in its own way."""

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        total = sum(item.amount for item in batch.instructions)
        count = len(list(batch.instructions))
        super().write(replace(batch, count=count, total=total), out)

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        raise KeyError(source.read(10))


def test_a_careless_adapter_does_not_pass() -> None:
    names = {check.name for check in failed(conform(Careless(), ROOM / "filelist/samples"))}
    assert {
        "refuses a wrong count",
        "refuses a wrong total",
        "reads ASMAU1-KQ.xlsx",
        "refuses noise",
    } <= names


def test_without_samples_nothing_is_proved(tmp_path: Path) -> None:
    adapter = load(["filelist"])["filelist"]
    assert "has samples" in {check.name for check in failed(conform(adapter, tmp_path))}


def test_a_new_bank_passes_at_once(tmp_path: Path) -> None:
    folder = new_bank("hop_xa_1", tmp_path)
    assert failed(try_bank(folder)) == []
    assert {path.name for path in folder.iterdir()} >= {"adapter.py", "README.md", "samples"}
    with pytest.raises(Refused, match="đã có"):
        new_bank("hop_xa_1", tmp_path)


def test_a_new_bank_of_iso_20022_passes_at_once(tmp_path: Path) -> None:
    folder = new_bank("nhan_a", tmp_path, "iso")
    assert failed(try_bank(folder)) == []
    assert {path.name for path in (folder / "samples").glob("*.xml")} == {
        "statement.xml", "status.xml",
    }  # fmt: skip


def test_a_banks_own_answer_becomes_a_sample_only_when_it_is_read(tmp_path: Path) -> None:
    folder = new_bank("hop_xa_1", tmp_path)
    theirs = tmp_path / "KQ 12.10.csv"
    theirs.write_bytes((folder / "samples/settlement.csv").read_bytes())
    assert take_sample(folder, theirs).name == "KQ 12.10.csv.expected.json"
    assert "reads KQ 12.10.csv" in {check.name for check in try_bank(folder)}
    theirs.with_name("other.csv").write_bytes(b"STT;Ten")
    with pytest.raises(Unreadable):
        take_sample(folder, theirs.with_name("other.csv"))
    assert not (folder / "samples/other.csv").exists()


def test_a_new_bank_can_be_installed_as_a_package_of_its_own(tmp_path: Path) -> None:
    told = tomllib.loads((new_bank("hop_xa_1", tmp_path) / "pyproject.toml").read_text("utf-8"))
    assert told["project"]["entry-points"][GROUP] == {"hop_xa_1": "hop_xa_1.adapter:ADAPTER"}


@pytest.mark.parametrize("name", ["", "A", "a-b", "../x", "1a", "a b", "é"])
def test_bad_names_for_a_bank(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused):
        new_bank(name, tmp_path)


def test_only_allowed_names_are_loaded() -> None:
    assert set(load(["filelist"])) == {"filelist"}
    assert set(available()) >= {"iso20022", "filelist", "postoffice"}
    with pytest.raises(Refused, match="Không có bộ kết nối"):
        load(["nothing"])


def test_capabilities_are_what_the_contract_says() -> None:
    found: dict[str, BankAdapter] = load(name for name, _ in BUILT_IN)
    shown: dict[str, Any] = {name: one.capabilities for name, one in found.items()}
    assert shown["iso20022"].settles == "booked"
    # Nobody is believed to refuse a repetition before his bank has been tried.
    assert {one.dedupe for one in shown.values()} == {""}
    assert shown["filelist"].methods == {Method.ACCOUNT}
    assert shown["postoffice"].methods == set(Method)
    assert [one.holds_advance for one in shown.values()] == [False, True, True, False]


def test_csv_refuses_a_formula_as_a_name(tmp_path: Path) -> None:
    from bank_adapters.conformance import sample_batch
    from bank_adapters.csvlist import CsvListAdapter

    adapter = CsvListAdapter("csv")
    batch = sample_batch(adapter)
    items = [replace(item, payee_name="=1+1") for item in batch.instructions]
    with pytest.raises(Refused, match="công thức"):
        adapter.write(replace(batch, instructions=items), io.BytesIO())
