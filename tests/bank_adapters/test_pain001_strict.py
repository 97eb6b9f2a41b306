"""The strict reader: what the writer writes comes back, and no byte may stand elsewhere."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bank_adapters.conformance import sample_batch
from bank_adapters.contract import FileHead, OutboundBatch, PaymentInstruction
from bank_adapters.errors import Unreadable
from bank_adapters.formats import pain001, pain001_strict, strict_text
from bank_adapters.formats.pain001 import Profile
from bank_adapters.iso20022.adapter import ADAPTER, Iso20022Adapter
from bank_adapters.references import uetr_of

PROFILES = {
    "standard": Profile(),
    "version 03": Profile(version="03", charge_bearer="SLEV", purpose="BENE"),
    "with UETR": Profile(service_level="NURG", has_uetr=True),
}


def written(batch: OutboundBatch, profile: Profile = pain001.STANDARD) -> bytes:
    out = io.BytesIO()
    pain001.write(batch, out, profile)
    return out.getvalue()


def read(
    data: bytes, profile: Profile = pain001.STANDARD
) -> tuple[FileHead, list[PaymentInstruction]]:
    head, items = Iso20022Adapter(profile=profile).strict_reader().read(io.BytesIO(data))
    return head, list(items)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_what_was_written_is_read(profile: Profile) -> None:
    batch = sample_batch(ADAPTER, 3_000)  # several windows
    head, items = read(written(batch, profile), profile)
    assert items == [pain001.as_sent(item) for item in batch.instructions]
    assert head == FileHead(
        batch.message_id, "0011001234567", date(2026, 10, 6), "VND", 3_000, batch.total
    )


def test_windows_meet_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = sample_batch(ADAPTER, 12)
    data = written(batch)
    for window in range(1_500, 1_900, 7):
        monkeypatch.setattr(strict_text, "WINDOW", window)
        assert read(data)[1] == [pain001.as_sent(item) for item in batch.instructions]


@pytest.mark.parametrize("wrong", [name for name in PROFILES if name != "standard"])
def test_a_file_of_another_profile_is_refused(wrong: str) -> None:
    with pytest.raises(Unreadable):
        read(written(sample_batch(ADAPTER), PROFILES[wrong]))
    with pytest.raises(Unreadable):
        read(written(sample_batch(ADAPTER)), PROFILES[wrong])


PAYMENT = b"<CdtTrfTxInf>"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<BtchBookg>false", b"<BtchBookg>true"),
        (b"<ChrgBr>DEBT", b"<ChrgBr>CRED"),
        (b"<PmtMtd>TRF", b"<PmtMtd>CHK"),
        (b">SSBE<", b">SALA<"),
        (b'Ccy="VND"', b'Ccy="USD"'),
        (b"<Ccy>VND", b"<Ccy>USD"),
        (b"<NbOfTxs>5<", b"<NbOfTxs>6<"),
        (b"<CtrlSum>2", b"<CtrlSum>3"),
        (b">500000<", b">0500000<"),
        (b">500000<", b">500000.00<"),
        (b"<Dt>2026-10-06", b"<Dt>2026-02-30"),
        (b"+07:00<", b"<"),
        (b"T08:00:00", b"T28:00:00"),
        (b"<Id>0000000000000</Id>", b"<Id>0000000000000</Id><!-- 1 -->"),
        (PAYMENT, b" " + PAYMENT),
        (PAYMENT, b"\xef\xbb\xbf" + PAYMENT),
        (b"</PmtInf>", b"</PmtInf><PmtInf></PmtInf>"),
        (b"</Document>\n", b"</Document>\n\n"),
        (b"</Document>\n", b"</Document>"),
        (b"<?xml", b"<!DOCTYPE a><?xml"),
        (b"<MmbId>970405</MmbId>", b"<MmbId>970405</MmbId><MmbId>970436</MmbId>"),
        (b"<Nm>NGUYEN", b"<Nm>NGUY\xc3\x8aN"),
        (b"<Nm>NGUYEN", b"<Nm>&#78;GUYEN"),
    ],
)
def test_what_does_not_stand_there_is_refused(old: bytes, new: bytes) -> None:
    data = written(sample_batch(ADAPTER))
    assert old in data
    with pytest.raises(Unreadable):
        read(data.replace(old, new, 1))


def test_a_payment_of_no_bank_or_under_another_transaction_reference_is_refused() -> None:
    profile = PROFILES["with UETR"]
    data = written(sample_batch(ADAPTER), profile)
    start = data.index(b"<ClrSysMmbId>")
    end = data.index(b"</FinInstnId>", start)
    with pytest.raises(Unreadable, match="lệnh thứ 1"):
        read(data[:start] + data[end:], profile)
    place = data.index(b"<UETR>") + len(b"<UETR>")
    other = uetr_of("ANOTHER000000000").encode()
    with pytest.raises(Unreadable, match="UETR"):
        read(data[:place] + other + data[place + len(other) :], profile)


@pytest.mark.parametrize("twice", [0, 2, 4])
def test_a_payment_added_taken_away_or_twice_is_refused(twice: int) -> None:
    head, *payments = written(sample_batch(ADAPTER)).split(PAYMENT)
    payments[-1], foot = payments[-1][: -len(pain001_strict.FOOT)], pain001_strict.FOOT.encode()
    for changed in (payments[:twice] + payments[twice + 1 :], [*payments, payments[twice]]):
        with pytest.raises(Unreadable):
            read(PAYMENT.join([head, *changed]) + foot)


def test_memory_stays_small() -> None:
    batch = sample_batch(ADAPTER, 1)
    (item,) = batch.instructions
    many = replace(batch, count=20_000, total=20_000 * item.amount, instructions=[item] * 20_000)
    data = io.BytesIO(written(many))

    def consumed(items: Iterator[PaymentInstruction]) -> int:
        return sum(1 for _ in items)

    tracemalloc.start()
    _, items = ADAPTER.strict_reader().read(data)
    assert consumed(items) == 20_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
