"""Providers on their pages: added with contract and channel by two of finance, and really tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.channels.tables import channel, channel_confirmation
from app.disbursement.acts import prove_acts
from app.disbursement.charge_tables import contract_charge
from app.jobs.asked import run_one
from app.jobs.channels import channels_of
from app.jobs.runtime import Runtime
from app.reference.banks import TEST_BANK_A
from app.tasks.tables import web_task
from app.units.tables import contract, contract_route
from app.web.site import EXTENSION
from tests.app.web.serving import Browser, serve, signed_in, text_of, words
from tests.factories import COMMUNE, PENSION, House
from tests.support.channels import settings_of

NEW = "dongnai"


@pytest.fixture
def application(house: House, tmp_path: Path) -> Iterator[Flask]:
    """The service of the tiny province as a real one, whose files lie in the house's folder."""
    house.tamper("update installation set value = '0' where key = 'training'")
    house.tamper("update provider set is_sandbox = 0")
    served = serve(house)
    yield served
    served.extensions[EXTENSION].database.close()


@pytest.fixture
def one(application: Flask) -> Browser:
    """A finance officer of the province."""
    return signed_in(application, "finance.one")


def two(house: House) -> dict[str, str]:
    """The fields of two finance officers who sign."""
    house.later()
    return {"code": house.code(), "user_two": "finance.two", "code_two": house.code()}


def added(house: House, one: Browser) -> None:
    """A new provider, by two."""
    what = {"provider": NEW, "name": "Ngân hàng Đồng Nai", "adapter": "iso20022", "advance": "no"}
    assert "Đã thêm Ngân hàng Đồng Nai" in one.told(
        one.send("/providers/new", **what, **two(house))
    )


def worker(house: House) -> Runtime:
    """Who does what is asked for, with the channels of this moment."""
    connect = channels_of(house.database, settings_of(house), house.clock)
    return replace(house.runtime, connect=connect)


def test_a_provider_with_a_contract_by_two(house: House, one: Browser) -> None:
    wrong = {"provider": "Đồng Nai", "name": "Đồng Nai", "adapter": "iso20022", "advance": "no"}
    refused = one.send("/providers/new", **wrong, **two(house))
    assert (refused.status_code, "chữ thường không dấu" in words(refused)) == (422, True)
    added(house, one)
    assert "Chưa có kênh" in text_of(one, "/providers")
    terms = {"number": "HD-DN", "unit": COMMUNE, "programme": PENSION, "account": "8800123456",
             "since": "01/09/2026", "until": "31/12/2026", "methods": "account"}  # fmt: skip
    here = f"/providers/{NEW}/contracts/new"
    test = one.send(here, **terms, banks=TEST_BANK_A, **two(house))
    assert (test.status_code, "không nhận chuyển khoản" in words(test)) == (422, True)
    nobody = one.send(here, **{**terms, "account": ""}, **two(house))
    assert (nobody.status_code, 'href="#account"' in nobody.get_data(as_text=True)) == (422, True)
    done = one.send(here, **terms, banks="970405", **two(house))
    assert "Đã ghi hợp đồng HD-DN, 1 đường chi" in one.told(done)
    number = house.ask(select(contract.c.id).where(contract.c.number == "HD-DN"))
    page = text_of(one, f"/contracts/{number}")
    assert "8800123456" not in page
    assert "Agribank" in page
    more = one.send(f"/contracts/{number}/widen", banks="970436", **two(house))
    assert "thêm 1 ngân hàng" in one.told(more)
    end = {"until": "30/11/2026", "reason": "Phụ lục 01"}
    assert "30/11/2026" in one.told(one.send(f"/contracts/{number}/end", **end, **two(house)))
    fee = {"kind": "return", "amount": "2.200", "borne": "no", "since": "01/09/2026",
           "reason": "Phụ lục 02"}  # fmt: skip
    charged = one.told(one.send(f"/contracts/{number}/charge", **fee, **two(house)))
    assert "2.200 ₫" in charged.replace("\xa0", " ")
    assert house.count(contract_charge) == 1
    banks = select(func.count()).select_from(contract_route)
    assert house.ask(banks.where(contract_route.c.contract_id == number)) == 2
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    admin = signed_in(one.application, "admin.one")
    assert "HD-DN" in text_of(admin, f"/providers/{NEW}")
    assert admin.send(f"/contracts/{number}/end", **end, **two(house)).status_code == 403


def test_a_channel_is_proposed_confirmed_and_tried(
    house: House, one: Browser, tmp_path: Path
) -> None:
    added(house, one)
    outbox = tmp_path / "out"
    outbox.mkdir()
    (outbox / "bao-co-0109.xml").write_text("<x/>")
    for name in ("in", "archive"):
        (tmp_path / name).mkdir()
    profile = f'[courier]\npath = "{tmp_path}"\nsettle_seconds = 0\n'
    here = f"/providers/{NEW}/channels"
    odd = one.send(f"{here}/new", courier="folder", profile="[courier]\nwhere = 1",
                   code=house.code())  # fmt: skip
    assert (odd.status_code, 'href="#profile"' in odd.get_data(as_text=True)) == (422, True)
    house.later()
    sent = one.send(f"{here}/new", courier="folder", profile=profile, code=house.code())
    assert "Đã đề nghị bản 1" in one.told(sent)
    digest = house.ask(select(channel.c.digest))
    assert "Xác nhận bản 1" not in text_of(one, here), "who proposed it does not confirm it"
    house.later()
    own = one.send(f"{here}/confirm", digest=digest, code=house.code())
    assert (own.status_code, house.count(channel_confirmation)) == (409, 0)
    other = signed_in(one.application, "finance.two")
    assert f"Xác nhận bản 1, mã {digest[:12]}" in text_of(other, here)
    house.later()
    told = other.told(other.send(f"{here}/confirm", digest=digest, code=house.code()))
    assert "đã được hai người xác nhận" in told
    assert "Đang dùng" in told
    admin = signed_in(one.application, "admin.one")
    assert "Thử kết nối với Ngân hàng Đồng Nai" in text_of(admin, f"/providers/{NEW}")
    asked = admin.send(f"/providers/{NEW}/try")
    assert asked.status_code == 303
    assert run_one(worker(house))
    assert house.ask(select(web_task.c.error)) == ""
    found = admin.get(f"{asked.location}/file").get_data(as_text=True)
    assert "1 tệp đang chờ nhận" in found
    assert "bao-co-0109.xml" in found
    assert (outbox / "bao-co-0109.xml").exists(), "nothing was fetched or moved"
    outbox.rename(tmp_path / "gone")
    admin.send(f"/providers/{NEW}/try")
    assert run_one(worker(house))
    assert "Không nối được với" in text_of(admin, "/tasks/2")
    assert signed_in(one.application, "auditor").send(f"/providers/{NEW}/try").status_code == 403
