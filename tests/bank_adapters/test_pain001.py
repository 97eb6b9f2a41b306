"""The payment order: valid by the official schema, read back letter for letter."""

from __future__ import annotations

import io
import tracemalloc
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bank_adapters.conformance import sample_batch
from bank_adapters.contract import Method, OutboundBatch
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats import pain001
from bank_adapters.iso20022.adapter import ADAPTER

SCHEMAS = {
    version: etree.XMLSchema(
        etree.parse(Path(__file__).parent / "schemas" / f"pain.001.001.{version}.xsd")
    )
    for version in ("03", "09")
}
SCHEMA = SCHEMAS["09"]
# What was sealed must come out the same for ever: SHA-256 of the sample batch of 5 payments, as
# version 0.4.0 wrote it under the standard profile.
AS_EVER = "af6c1eb6e590350b6adb4e1c7c471c253750eba4eca23e28677b9fb6100c6348"


def written(batch: OutboundBatch, profile: pain001.Profile = pain001.STANDARD) -> bytes:
    out = io.BytesIO()
    pain001.write(batch, out, profile)
    return out.getvalue()


def changed(**changes: Any) -> OutboundBatch:
    """The sample batch with its first instruction changed."""
    batch = sample_batch(ADAPTER)
    items = list(batch.instructions)
    items[0] = replace(items[0], **changes)
    return replace(batch, instructions=items, total=sum(item.amount for item in items))


PROFILES = {
    "standard": pain001.STANDARD,
    "other codes": pain001.Profile("SLEV", "NURG", "PENS", purpose="BENE"),
    "with UETR": pain001.Profile(has_uetr=True),
    "version 03": pain001.Profile(version="03"),
    "version 03, other codes": pain001.Profile("SLEV", "NURG", "PENS", "03", "BENE"),
}


@pytest.mark.parametrize("count", [1, 1_000])
@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_valid_by_the_official_schema(count: int, profile: pain001.Profile) -> None:
    tree = etree.fromstring(written(sample_batch(ADAPTER, count), profile))
    schema = SCHEMAS[profile.version]
    assert schema.validate(tree), schema.error_log


@pytest.mark.parametrize("version", ["09", pytest.param("03", marks=pytest.mark.long)])
def test_a_hundred_thousand_payments_are_valid(version: str) -> None:
    profile = pain001.Profile(version=version, has_uetr=version == "09")
    tree = etree.fromstring(written(sample_batch(ADAPTER, 100_000), profile))
    assert SCHEMAS[version].validate(tree), SCHEMAS[version].error_log


@pytest.mark.parametrize("version", SCHEMAS)
def test_memory_does_not_grow_with_the_payments(version: str, tmp_path: Path) -> None:
    batch = sample_batch(ADAPTER, 30_000)
    with (tmp_path / "out.xml").open("wb") as out:
        tracemalloc.start()
        pain001.write(batch, out, pain001.Profile(version=version))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert out.tell() > 10_000_000
    assert peak < 2_000_000


def test_the_standard_profile_gives_the_bytes_it_always_gave() -> None:
    assert sha256(written(sample_batch(ADAPTER))).hexdigest() == AS_EVER


@pytest.mark.parametrize(
    "told",
    [{"version": "04"}, {"version": "03", "has_uetr": True}, {"purpose": "x<"}],
    ids=str,
)
def test_a_profile_that_no_schema_knows_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        pain001.Profile(**told)


@pytest.mark.parametrize(
    "batch",
    [
        changed(bank_bin="", bank_bic="VBAAVNVX"),
        changed(bank_bic="VBAAVNVXXXX"),
        changed(remark=""),
        changed(payee_name="Nguyễn Thị O'Hara (Đào)"),
        changed(amount=10**15),
    ],
)
@pytest.mark.parametrize("version", SCHEMAS)
def test_variants_are_valid_and_come_back(batch: OutboundBatch, version: str) -> None:
    data = written(batch, pain001.Profile(version=version))
    assert SCHEMAS[version].validate(etree.fromstring(data)), SCHEMAS[version].error_log
    back = list(pain001.read_back(io.BytesIO(data)))
    assert back == [pain001.as_sent(item) for item in batch.instructions]


def test_header_names_are_escaped_or_folded() -> None:
    batch = sample_batch(ADAPTER)
    data = written(replace(batch, debtor=replace(batch.debtor, customer_number="A&B<1>")))
    assert SCHEMA.validate(etree.fromstring(data))
    assert b"UBND XA MAU - DU LIEU GIA LAP" in data


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 0},
        {"amount": -5},
        {"amount": 1.5},
        {"amount": True},
        {"amount": 10**15 + 1},
        {"account": "<x>"},
        {"account": ""},
        {"bank_bin": "", "bank_bic": ""},
        {"bank_bic": "vbaavnvx"},
        {"bank_bin": "97\n0405"},
        {"reference": "short"},
        {"reference": "abcdefghijklmnop"},
        {"payee_name": "NguyÔn V¨n"},
        {"payee_name": " "},
        {"payee_name": "A" * 141},
        {"remark": "B" * 124},
        {"method": Method.CASH},
    ],
    ids=str,
)
def test_what_the_bank_could_not_take_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        written(changed(**changes))


def test_batch_without_a_zone_or_with_strange_ids_is_refused() -> None:
    batch = sample_batch(ADAPTER)
    for bad in (
        replace(batch, created_at=datetime(2026, 10, 5)),  # noqa: DTZ001 - the point of it
        replace(batch, message_id="A" * 36),
        replace(batch, message_id="a/b"),
        replace(batch, count=0, total=0, instructions=()),
        replace(batch, count=batch.count + 1),
        replace(batch, total=batch.total + 1),
    ):
        with pytest.raises(Refused):
            written(bad)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<NbOfTxs>5<", b"<NbOfTxs>6<"),
        (b"500000</InstdAmt>", b"500001</InstdAmt>"),
        (b'Ccy="VND"', b'Ccy="EUR"'),
        (b"pain.001.001.09", b"pain.001.001.04"),
        (b"</Document>", b""),
        (b"<BtchBookg>false", b"<BtchBookg>true"),
        (b"<Ustrd>", b"<Ustrd>x"),
    ],
)
def test_a_changed_file_is_not_read_back(old: bytes, new: bytes) -> None:
    data = written(sample_batch(ADAPTER))
    assert old in data
    with pytest.raises(Unreadable):
        list(pain001.read_back(io.BytesIO(data.replace(old, new))))
