"""A channel of requests: proposed, confirmed, used; and a stranger at the other side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Settings
from app.errors import AnSinhError, InputError, Refused, SettingsError
from app.jobs.channels import REASON, channels_of
from app.jobs.collecting import collect_and_apply
from app.jobs.runtime import Runtime
from app.jobs.sending import send_batches
from bank_adapters.contract import Enquirer
from tests.factories import BANK, SEPTEMBER, House, row
from tests.support.channels import confirmed, proposed, settings_of, terms
from tests.support.commands import ansinh
from tests.support.rest_bank import TOKEN, RestBank, rest_bank

PROFILE = '[courier]\nbase = "{base}"\ntoken = "file:rest.token"\n{more}'


def by_requests(house: House) -> None:
    """One released batch for a bank that takes requests."""
    house.tamper("update provider set adapter = 'rest' where code = 'banka'")
    house.register(SEPTEMBER, row(1), row(2))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    house.release(house.build(SEPTEMBER))


pytestmark = pytest.mark.stage(of=by_requests)


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[RestBank]:
    with rest_bank(tmp_path) as found:
        yield found


def with_token(house: House, token: str = TOKEN) -> Settings:
    folder = house.home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "rest.token").write_text(f"{token}\n")
    (folder / "rest.token").chmod(0o400)
    return settings_of(house)


def profile(bank: RestBank, more: str = "") -> str:
    pinned = f'fingerprint = "{bank.fingerprint}"\n'
    return PROFILE.format(base=bank.base, more=more or pinned)


def runtime_of(house: House, settings: Settings) -> Runtime:
    connect = channels_of(house.database, settings, house.clock)
    return replace(house.runtime, connect=connect).connected()


def set_up(house: House, settings: Settings, text: str) -> None:
    what = replace(terms(house, BANK, "https", text), adapter="rest")
    confirmed(house, settings, proposed(house, settings, what).digest)


def test_a_month_goes_out_by_requests_and_its_words_come_in(house: House, bank: RestBank) -> None:
    settings = with_token(house)
    set_up(house, settings, profile(bank))
    run = runtime_of(house, settings)
    assert send_batches(run) == "1 sent"
    collect_and_apply(run)
    assert house.batch_state(1) == "answered"
    assert {state for (state,) in house.rows("select state from instruction")} == {"accepted"}
    assert isinstance(runtime_of(house, settings).courier(BANK), Enquirer)
    profiles = str(house.rows("select profile from channel"))
    assert "file:rest.token" in profiles
    assert TOKEN not in profiles


def test_a_stranger_is_sent_nothing_and_the_bank_is_held(house: House, bank: RestBank) -> None:
    settings = with_token(house)
    set_up(house, settings, profile(bank, 'fingerprint = "' + "0" * 64 + '"\n'))
    run = runtime_of(house, settings)
    assert "1 not handed over" in send_batches(run)
    assert bank.asked == []
    assert house.rows("select scope, key, reason from hold") == [("provider", BANK, REASON)]
    trail = "select object from audit_event where action = 'channels:channel:stranger'"
    assert house.rows(trail) == [("hold:1",)]


WRONG: dict[str, tuple[type[AnSinhError], str, str, str]] = {
    "no https": (
        Refused, "https", "rest", '[courier]\nbase="http://127.0.0.1"\ntoken="file:rest.token"\n',
    ),
    "no token": (InputError, "https", "rest", '[courier]\nbase="https://127.0.0.1"\n'),
    "a token in the profile": (
        InputError, "https", "rest", '[courier]\nbase="https://127.0.0.1"\ntoken="hunter2"\n',
    ),
    "no such token file": (
        SettingsError, "https", "rest", '[courier]\nbase="https://127.0.0.1"\ntoken="file:no"\n',
    ),
    "half a fingerprint": (
        InputError, "https", "rest",
        '[courier]\nbase="https://127.0.0.1"\ntoken="file:rest.token"\nfingerprint="ab"\n',
    ),
    "a rehearsal that goes out": (
        Refused, "https", "rest", '[courier]\nbase="https://bank.vn"\ntoken="file:rest.token"\n',
    ),
    "a machine that is none of the bank's": (
        Refused, "https", "rest",
        '[courier]\nbase="https://127.0.0.1"\ntoken="file:rest.token"\n'
        '[adapter]\nhosts=["bank.vn"]\n',
    ),
    "an odd setting of the adapter": (
        Refused, "https", "rest",
        '[courier]\nbase="https://127.0.0.1"\ntoken="file:rest.token"\n[adapter]\nspeed=9\n',
    ),
    "an envelope": (
        InputError, "https", "rest",
        '[courier]\nbase="https://127.0.0.1"\ntoken="file:rest.token"\n[pgp]\n',
    ),
    "requests in a folder": (Refused, "folder", "rest", '[courier]\npath="/tmp"\n'),
}  # fmt: skip


def test_a_channel_of_requests_that_could_not_work_is_refused(house: House) -> None:
    settings = with_token(house)
    for case, (error, courier, adapter, text) in WRONG.items():
        with pytest.raises(error) as told:
            proposed(house, settings, replace(terms(house, BANK, courier, text), adapter=adapter))
        assert "hunter2" not in str(told.value), case


def test_a_lost_login_is_no_doubt(house: House, bank: RestBank) -> None:
    """The bank listens to nobody without a login: nothing was taken, and it goes again."""
    settings = with_token(house, "old")
    set_up(house, settings, profile(bank))
    run = runtime_of(house, settings)
    assert "1 not handed over" in send_batches(run)
    assert not bank.taken
    (house.home / "secrets" / "rest.token").unlink()
    with_token(house)
    house.later()
    assert "1 handed over anew" in send_batches(run)
    assert len(bank.taken) == 2


def test_a_name_is_asked_and_not_shown(
    house: House, bank: RestBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "9704222333444"
    set_up(house, with_token(house), profile(bank))
    monkeypatch.setenv("ANSINH_BANK_SECRETS", str(house.home / "secrets"))
    monkeypatch.setattr("app.clock.SystemClock.now", lambda _: house.clock.now())
    words = ["bank", "name-enquiry", "--provider", BANK, "--bank", "970405", "--holder",
             "Nguyễn Thị Đào", "--account", account, "--reason", "mở tài khoản mới"]  # fmt: skip
    wanted = {"Nguyễn Thị Đào": "tên khớp", "Hoàng Văn Ứng": "tên khác", "": "không có tài khoản"}
    for holder, told in wanted.items():
        bank.names = {account: holder} if holder else {}
        said = ansinh(house, *words)
        assert said.exit_code == 0, said.output
        assert f"****3444 tại 970405: {told}" in said.output
        assert "Ứng" not in said.output
    trail = str(house.rows("select * from audit_event where action = 'bank:name:ask'"))
    assert trail.count("****3444") == len(wanted)
    assert account not in trail
    assert "Ứng" not in trail
