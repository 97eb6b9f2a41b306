"""OpenPGP by a real gpg: what leaves is sealed as it leaves; what comes in is of the pinned key."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bank_adapters.contract import Debtor, Method, OutboundBatch, PaymentInstruction
from bank_adapters.discovery import load
from bank_adapters.enveloped import enveloped_adapter
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.references import reference
from bank_adapters.transports import pgp
from tests.bank_adapters.camt_maker import balanced, detail, details, entry
from tests.support.pgp_keys import World, made_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return made_world(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def clear(tmp_path: Path) -> Path:
    path = tmp_path / "clear"
    path.write_bytes(b"so tai khoan 0123456789\n" * 2_000)
    return path


def test_there_and_back(world: World, clear: Path, tmp_path: Path) -> None:
    sealed, again = tmp_path / "sealed", tmp_path / "again"
    pgp.wrap(clear, sealed, world.ours())
    assert b"0123456789" not in sealed.read_bytes()
    pgp.unwrap(sealed, again, replace(world.theirs(world.bank), password=""))
    assert again.read_bytes() == clear.read_bytes()
    pgp.unwrap_ours(sealed, again, world.ours())
    assert again.read_bytes() == clear.read_bytes()
    other = tmp_path / "other"
    pgp.wrap(clear, other, world.ours())
    assert other.read_bytes() != sealed.read_bytes()  # why the envelope itself is what is sealed


@pytest.mark.parametrize("writer", ["other", "us"])
def test_another_writer_is_refused(world: World, clear: Path, tmp_path: Path, writer: str) -> None:
    sealed, target = tmp_path / "sealed", tmp_path / "target"
    keys = world.theirs(world.other) if writer == "other" else world.ours()
    pgp.wrap(clear, sealed, keys)
    with pytest.raises(Unreadable, match="chữ ký"):
        pgp.unwrap(sealed, target, world.ours())
    assert not target.exists()


def test_a_file_without_a_signature_is_refused(world: World, clear: Path, tmp_path: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="an-"))
    try:
        base = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--trust-model", "always"]
        subprocess.run([*base, "--import", str(world.us.public)], check=True)
        told = [*base, "--recipient", world.us.fingerprint, "--output", str(tmp_path / "sealed")]
        subprocess.run([*told, "--encrypt", str(clear)], check=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    with pytest.raises(Unreadable, match="chữ ký"):
        pgp.unwrap(tmp_path / "sealed", tmp_path / "target", world.ours())
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("damage", ["cut", "bit", "clear", "empty"])
def test_a_damaged_file_is_refused(world: World, clear: Path, tmp_path: Path, damage: str) -> None:
    sealed, target = tmp_path / "sealed", tmp_path / "target"
    pgp.wrap(clear, sealed, world.theirs(world.bank))
    data = bytearray(sealed.read_bytes())
    if damage == "bit":
        data[-40] ^= 1
    told = {"cut": data[:-50], "bit": data, "clear": clear.read_bytes(), "empty": b""}[damage]
    sealed.write_bytes(told)
    with pytest.raises(Unreadable):
        pgp.unwrap(sealed, target, world.ours())
    assert not target.exists()


def test_keys_that_are_not_what_was_pinned(world: World, clear: Path, tmp_path: Path) -> None:
    cases = (
        ("vân tay", {"theirs": (world.other.public,)}),
        ("đúng một khoá", {"theirs": (clear,)}),
        ("không ký", {"password": "sai"}),
    )
    for said, changes in cases:
        with pytest.raises(Refused, match=said):
            pgp.wrap(clear, tmp_path / "sealed", world.ours(**changes))


def test_two_workers_do_not_share_a_ring(world: World, clear: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        names = [tmp_path / f"sealed{number}" for number in range(4)]
        list(pool.map(lambda path: pgp.wrap(clear, path, world.ours()), names))
    for path in names:
        pgp.unwrap(path, tmp_path / "again", world.theirs(world.bank))
        assert (tmp_path / "again").read_bytes() == clear.read_bytes()


def batch() -> OutboundBatch:
    payment = PaymentInstruction(reference(1, 1), 500_000, "NONG THI A", Method.ACCOUNT,
                                 account="0123456789", bank_bin="970415")  # fmt: skip
    return OutboundBatch(
        "AS1", datetime(2026, 9, 10, tzinfo=UTC), date(2026, 9, 10),
        Debtor("UBND", "70001", bic="ICBVVNVX"), "AN SINH", 1, 500_000, [payment],
    )  # fmt: skip


def test_an_adapter_in_envelopes(world: World, tmp_path: Path) -> None:
    adapter = enveloped_adapter(load(["iso20022"])["iso20022"], world.ours())
    out = io.BytesIO()
    adapter.write(batch(), out)
    assert adapter.file_name(batch()) == "AS1.xml.pgp"
    assert b"0123456789" not in out.getvalue()
    out.seek(0)
    assert [one.account for one in adapter.read_back(out)] == ["0123456789"]
    text = balanced(entry("500000", details(detail("AS0000000000001A"))))
    (tmp_path / "clear").write_text(text, encoding="utf-8")
    pgp.wrap(tmp_path / "clear", tmp_path / "sealed", world.theirs(world.bank))
    with (tmp_path / "sealed").open("rb") as file:
        (told,) = adapter.read("S.xml.pgp", file)
    assert told.closing == 1_500_000


def test_a_clear_answer_is_taken_in_a_proof_alone(world: World) -> None:
    text = balanced(entry("500000", details(detail("AS0000000000001A")))).encode()
    inner = load(["iso20022"])["iso20022"]
    with pytest.raises(Unreadable, match="không mở được"):
        list(enveloped_adapter(inner, world.ours()).read("S.xml", io.BytesIO(text)))
    proof = enveloped_adapter(inner, world.ours(), also_clear=True)
    assert len(list(proof.read("S.xml", io.BytesIO(text)))) == 1
    with pytest.raises(Unreadable):
        list(proof.read("S.xml.pgp", io.BytesIO(text)))
