"""What a file says is held against what was approved: head and every line, on both databases."""

from __future__ import annotations

import io
import random
import string
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.disbursement.gate import Approved, plain, require_same
from app.disbursement.submission import seal
from app.errors import Refused
from bank_adapters.conformance import sample_batch
from bank_adapters.contract import BankAdapter, FileHead, OutboundBatch, PaymentInstruction
from bank_adapters.csvlist import CsvListAdapter
from bank_adapters.errors import Refused as NotCarried
from bank_adapters.formats.charset import fold_name
from bank_adapters.iso20022.adapter import ADAPTER as BANK_FILES
from bank_adapters.postoffice.adapter import ADAPTER as POST_LISTS
from tests.app.disbursement.test_sending import september_released
from tests.factories import House

CSV_LISTS = CsvListAdapter("csv")
LETTERS = string.printable + "ăâđêôơưĂÂĐÊÔƠƯáàảãạếềểễệÐ–—’ \u0301\u0323１Ａ"


@dataclass(frozen=True)
class Swapping:
    """An adapter that writes another batch than it is given; everything else is the real one."""

    inner: BankAdapter
    change: Callable[[OutboundBatch], OutboundBatch]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """Write the changed batch."""
        self.inner.write(self.change(batch), out)


def each(**changes: Any) -> Callable[[OutboundBatch], OutboundBatch]:
    """The first payment changed."""

    def act(items: Iterator[PaymentInstruction]) -> Iterator[PaymentInstruction]:
        first, *others = items
        yield replace(first, **changes)
        yield from others

    return lambda batch: replace(batch, instructions=act(iter(batch.instructions)))


def debited(account: str) -> Callable[[OutboundBatch], OutboundBatch]:
    """The whole batch debited to another account."""
    return lambda batch: replace(batch, debtor=replace(batch.debtor, account=account))


def crossed(batch: OutboundBatch) -> OutboundBatch:
    """Two payees exchange their accounts: count, sum and the set of accounts stay."""
    first, second, *others = batch.instructions
    one = replace(first, account=second.account)
    return replace(batch, instructions=[one, replace(second, account=first.account), *others])


def tomorrow(batch: OutboundBatch) -> OutboundBatch:
    """The batch on another day."""
    return replace(batch, requested_on=batch.requested_on + timedelta(days=1))


COMMON: dict[str, tuple[Callable[[OutboundBatch], OutboundBatch], str]] = {
    "debtor account": (debited("9999999999999"), "tài khoản nguồn"),
    "day": (tomorrow, "ngày chi"),
    "message": (lambda batch: replace(batch, message_id="ASKHAC"), "mã lô"),
    "payee name": (each(payee_name="NGUYEN VAN KHAC"), "các dòng khác"),
    "remark": (each(remark="Chuyen tien"), "các dòng khác"),
    "reference": (each(reference="A" * 16), "các dòng khác"),
}
OF_ACCOUNTS = {
    "account": (each(account="9999999999999"), "các dòng khác"),
    "bank": (each(bank_bin="970436"), "các dòng khác"),
    "bank by another code": (each(bank_bic="BFTVVNVX"), "các dòng khác"),
    "accounts exchanged": (crossed, "các dòng khác"),
}
OF_CASH = {"place": (each(place="Nhà người khác"), "các dòng khác")}


@pytest.mark.stage(of=september_released)
@pytest.mark.parametrize("number", [1, 2])
def test_a_file_that_says_something_else_stops_the_batch(house: House, number: int) -> None:
    """Batch 1 goes by payment order, batch 2 on a list of the post office."""
    adapter: BankAdapter = (BANK_FILES, POST_LISTS)[number - 1]
    cases = {**COMMON, **(OF_ACCOUNTS if number == 1 else OF_CASH)}
    folder = house.home / "outbound"
    with house.runtime.database.view() as session:
        for name, (change, why) in cases.items():
            bent: Any = Swapping(adapter, change)
            with pytest.raises(Refused, match=why):
                seal(session, house.keyring, bent, number, folder)
            assert house.batch_state(number) == "released", name
        assert seal(session, house.keyring, adapter, number, folder).batch_id == number


@pytest.mark.stage(of=september_released)
def test_a_file_in_another_currency_stops_the_batch(house: House) -> None:
    bent: Any = Swapping(BANK_FILES, lambda batch: replace(batch, currency="JPY"))
    with house.runtime.database.view() as session, pytest.raises(Refused, match="đầu tệp"):
        seal(session, house.keyring, bent, 1, house.home / "outbound")


def sample(adapter: BankAdapter) -> tuple[bytes, Callable[[bytes], bool]]:
    """A file of five payments, and whether the gate lets other bytes pass as that file."""
    batch, approved, out = sample_batch(adapter), Approved(), io.BytesIO()
    adapter.write(replace(batch, instructions=approved.passing(batch.instructions)), out)
    wanted = FileHead(batch.message_id, batch.debtor.account, batch.requested_on, "VND",
                      batch.count, batch.total)  # fmt: skip

    def passes(data: bytes) -> bool:
        try:
            require_same("tệp", io.BytesIO(data), adapter, wanted, approved)
        except Refused:
            return False
        return True

    return out.getvalue(), passes


def variants(data: bytes, place: int, chance: random.Random) -> Iterator[bytes]:
    """The byte at a place changed in four ways, left out, and written twice."""
    before, byte, after = data[:place], data[place], data[place + 1 :]
    for other in {byte ^ 1, byte ^ 32, byte ^ 128, chance.randrange(256)} - {byte}:
        yield before + bytes([other]) + after
    yield before + after
    yield before + bytes([byte, byte]) + after


def test_no_byte_of_a_payment_order_changes_unseen() -> None:
    """What may differ stands in the head and moves no money: when the file was made, the name of
    the unit (the same in both places, so no single byte of it), its number with the bank."""
    data, passes = sample(BANK_FILES)
    assert passes(data)
    free = {
        place
        for start, end in ((b"<CreDtTm>", b"</CreDtTm>"), (b"<OrgId>", b"</OrgId>"))
        for place in range(data.index(start) + len(start), data.index(end))
    }
    chance = random.Random(1)
    for place in range(len(data)):
        for other in variants(data, place, chance):
            assert other == data or not passes(other) or place in free, (
                place,
                other[place - 9 :][:20],
            )


def test_no_byte_of_a_list_changes_unseen() -> None:
    """Of a CSV list nothing may change but quotation marks, line ends and a byte order mark."""
    data, passes = sample(CSV_LISTS)
    assert passes(data)
    chance = random.Random(1)
    for place in range(len(data)):
        for other in variants(data, place, chance):
            assert not passes(other) or meant(other) == meant(data), (
                place,
                other[place - 9 :][:20],
            )


def meant(data: bytes) -> bytes:
    """A CSV file without what only packs its cells."""
    for packing in (b'"', b"\r", b"\n", b"\xef\xbb\xbf"):
        data = data.replace(packing, b"")
    return data


def test_no_byte_of_a_workbook_changes_unseen() -> None:
    """Some bytes are of the container (times, flags, the last bits of a packed part): what passes
    unpacks to the very same parts."""
    data, passes = sample(POST_LISTS)
    assert passes(data)
    chance, passed = random.Random(1), 0
    for place in chance.sample(range(len(data)), 400):
        other = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        if passes(other):
            passed += 1
            assert unpacked(other) == unpacked(data), place
    assert passed < 100


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@given(st.text(LETTERS, min_size=1, max_size=30))
def test_the_two_foldings_agree(text: str) -> None:
    """The gate folds by code of its own; what an adapter can send, it folds to the same."""
    try:
        folded = fold_name(text)
    except NotCarried:
        return
    assert plain(text).upper() == folded
