"""How a provider is reached: proposed by one officer, confirmed by another, and nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.access.tables import act
from app.channels.lookup import Terms, terms_of
from app.channels.opening import open_channels
from app.channels.tables import channel
from app.config import Settings
from app.disbursement.acts import prove_acts
from app.errors import (
    AnSinhError,
    Conflict,
    Forbidden,
    InputError,
    NotFound,
    Refused,
    SettingsError,
)
from bank_adapters.contract import BankAdapter, OpenCourier
from tests.factories import BANK, LIST_BANK, POST, House
from tests.support.channels import (
    PROVEN,
    become_real,
    confirmed,
    proposed,
    set_up_channel,
    settings_of,
    terms,
)
from tests.support.commands import ansinh, ansinh_json
from tests.support.forging import forged_act
from tests.support.province import SECRET

SFTP = """
[courier]
host = "{host}"
user = "ansinh"
key = "{key}"
host_key = "ssh-ed25519 AAAA"
"""


def opened(
    house: House, settings: Settings
) -> tuple[dict[str, BankAdapter], dict[str, OpenCourier]]:
    with house.database.view() as session:
        return open_channels(session, settings, house.clock)


def with_key(house: House, mode: int = 0o400) -> Settings:
    folder = house.home / "secrets"
    folder.mkdir(mode=0o700)
    (folder / "banka.key").write_text("key")
    (folder / "banka.key").chmod(mode)
    return settings_of(house)


def sftp(host: str = "127.0.0.1", key: str = "file:banka.key") -> str:
    return SFTP.format(host=host, key=key)


def test_without_a_channel_files_are_read_and_nothing_leaves(house: House) -> None:
    adapters, couriers = opened(house, settings_of(house))
    assert set(adapters) == {BANK, LIST_BANK, POST}
    assert not couriers
    assert {one.capabilities.dedupe for one in adapters.values()} == {""}


def test_two_officers_make_a_channel(house: House) -> None:
    become_real(house)
    settings = with_key(house)
    first = proposed(house, settings, terms(house, BANK, "sftp", sftp("bank.example.vn") + PROVEN))
    assert not opened(house, settings)[1]  # one person's word carries nothing
    assert confirmed(house, settings, first.digest[:12]).confirmed
    adapters, couriers = opened(house, settings)
    assert list(couriers) == [BANK]
    told = adapters[BANK].capabilities
    assert (told.dedupe, told.dedupe_days) == ("MsgId", 7)
    assert adapters[POST].capabilities.dedupe == ""
    assert confirmed(house, settings, first.digest).confirmed  # repeated: nothing changes
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    said = house.rows("select action from audit_event where action like 'channels:%' order by id")
    assert said == [("channels:channel:propose",), ("channels:channel:confirm",)]


def test_the_newest_version_whose_day_has_come_counts(house: House, tmp_path: Path) -> None:
    become_real(house)
    settings = settings_of(house)
    for name in ("old", "new"):
        for folder in ("in", "out"):
            (tmp_path / name / folder).mkdir(parents=True)
        (tmp_path / name / "out" / f"{name}.xml").write_bytes(b"x")
    profile = '[courier]\npath = "{}"\nsettle_seconds = 0\n'
    set_up_channel(house, settings, POST, "folder", profile.format(tmp_path / "old"))
    tomorrow = terms(house, POST, "folder", profile.format(tmp_path / "new"))
    tomorrow = replace(tomorrow, valid_from=house.clock.now().date() + timedelta(days=1))
    confirmed(house, settings, proposed(house, settings, tomorrow).digest)
    assert [one.name for one in opened(house, settings)[1][POST]().waiting()] == ["old.xml"]
    house.clock.advance(timedelta(days=1))
    assert [one.name for one in opened(house, settings)[1][POST]().waiting()] == ["new.xml"]


ADVANCE = "[promises]\nholds_advance = true\n"
WRONG = {
    "unknown provider": (NotFound, "nowhere", "iso20022", "sandbox", "", "Không có đơn vị"),
    "another adapter": (Refused, BANK, "filelist", "sandbox", "", "dùng bộ kết nối"),
    "an advance that is none": (Refused, BANK, "iso20022", "sandbox", ADVANCE, "tạm ứng"),
    "a list proves nothing of our own account": (
        Refused, BANK, "iso20022", "sandbox", '[promises]\nsettles = "list"\n', "hạch toán",
    ),
    "cash that nobody hands over": (
        Refused, POST, "postoffice", "sandbox", '[promises]\nmethods = ["account"]\n', "cash",
    ),
    "a rehearsal that goes out": (
        Refused, BANK, "iso20022", "sftp", sftp("bank.vn"), "ngay trên máy",
    ),
    "no such key file": (
        SettingsError, BANK, "iso20022", "sftp", sftp(key="file:other.key"), "other.key",
    ),
    "a secret in the profile": (InputError, BANK, "iso20022", "sftp", sftp(key="hunter2"), "file:"),
    "a path for a name": (InputError, BANK, "iso20022", "sftp", sftp(key="file:../x"), "file:"),
    "an unknown word": (InputError, BANK, "iso20022", "sandbox", "[dedupe]\nsure = true\n", "sure"),
    "an unknown section": (InputError, BANK, "iso20022", "sandbox", "[extra]\n", "extra"),
    "no proof of what is promised": (
        InputError, BANK, "iso20022", "sandbox", '[dedupe]\nscope = "MsgId"\nwindow_days = 7\n',
        "còn thiếu",
    ),
    "settings for an adapter without any": (
        Refused, LIST_BANK, "filelist", "sandbox", "[adapter]\nx = 1\n", "hồ sơ riêng",
    ),
    "no TOML": (InputError, BANK, "iso20022", "sandbox", "= 1", "TOML"),
    "a folder that leads out": (
        InputError, BANK, "iso20022", "folder", '[courier]\npath = "/x"\ninbox = "../in"\n',
        "thư mục",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_channel_that_could_not_work_is_refused(house: House, case: str) -> None:
    error, provider, adapter, courier, profile, said = WRONG[case]
    settings = with_key(house)
    what = Terms(provider, 1, adapter, courier, profile, house.clock.now().date())
    with pytest.raises(error) as told:
        proposed(house, settings, what)
    assert said in str(told.value)
    assert "hunter2" not in str(told.value)
    assert not house.count(channel)


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404])
def test_a_key_file_that_others_could_use_is_refused(house: House, mode: int) -> None:
    settings = with_key(house, mode)
    with pytest.raises(SettingsError, match="0400"):
        proposed(house, settings, terms(house, BANK, "sftp", sftp()))


def test_a_key_file_that_was_opened_later_sends_nothing(house: House) -> None:
    settings = with_key(house)
    set_up_channel(house, settings, BANK, "sftp", sftp())
    key = house.home / "secrets" / "banka.key"
    key.chmod(0o644)
    with pytest.raises(SettingsError, match="0400"):
        opened(house, settings)[1][BANK]()
    key.rename(key.with_name("real.key"))
    key.symlink_to(key.with_name("real.key"))
    with pytest.raises(SettingsError, match="liên kết"):
        opened(house, settings)[1][BANK]()


def test_training_and_sandbox_belong_together(house: House) -> None:
    settings = settings_of(house)
    what = terms(house, BANK, "sandbox")
    house.tamper("update provider set is_sandbox = 0")
    with pytest.raises(Refused, match="chỉ nối với ngân hàng giả lập"):
        proposed(house, settings, what)
    house.tamper("update installation set value = '0' where key = 'training'")
    with pytest.raises(Refused, match="không nhận tiền thật"):
        proposed(house, settings, what)
    house.tamper("update provider set is_sandbox = 1")
    with pytest.raises(Refused, match="không nhận tiền thật"):
        proposed(house, settings, replace(what, courier="hand"))


def test_nobody_confirms_alone_or_without_the_role(house: House) -> None:
    settings = settings_of(house)
    with pytest.raises(Forbidden):
        proposed(house, settings, terms(house, BANK, "sandbox"), by="checker.01273")
    first = proposed(house, settings, terms(house, BANK, "sandbox"))
    with pytest.raises(Refused, match="không được tự xác nhận"):
        confirmed(house, settings, first.digest, by="finance.one")
    with pytest.raises(Forbidden):
        confirmed(house, settings, first.digest, by="checker.01273")
    with pytest.raises(InputError, match="12"):
        confirmed(house, settings, first.digest[:11])
    with pytest.raises(NotFound):
        confirmed(house, settings, "0" * 12)


def test_an_older_version_cannot_come_back(house: House) -> None:
    settings = settings_of(house)
    old = proposed(house, settings, terms(house, BANK, "sandbox"))
    set_up_channel(house, settings, BANK, "sandbox", PROVEN)
    with pytest.raises(Conflict, match="mới hơn"):
        confirmed(house, settings, old.digest)


def test_an_adapter_that_the_settings_forbid_carries_nothing(house: House) -> None:
    become_real(house)
    settings = with_key(house)
    set_up_channel(house, settings, BANK, "sftp", sftp("bank.vn"))
    narrow = replace(settings, adapters=("filelist", "postoffice"))
    adapters, couriers = opened(house, narrow)
    assert BANK not in adapters
    assert BANK not in couriers
    with pytest.raises(Refused, match="ANSINH_ADAPTERS"):
        proposed(house, narrow, terms(house, BANK, "sftp", sftp("bank.vn")))


def test_the_database_asks_for_both_acts(house: House) -> None:
    settings = settings_of(house)
    first = proposed(house, settings, terms(house, BANK, "sandbox"))
    one, two = (house.officer(f"finance.{name}") for name in ("one", "two"))
    act_one = house.ask(select(act.c.id).where(act.c.step == "channel_propose"))
    other = forged_act(house, "finance.two", "release")
    wrong = forged_act(house, "finance.two", "channel_confirm")  # over another digest
    said = (
        "insert into channel_confirmation values ({}, {}, '{}', {}, {}, '2026-09-01 00:00:00+00')"
    )
    for who, act_id in ((one, act_one), (two, act_one), (two, other), (two, wrong)):
        with pytest.raises((IntegrityError, DBAPIError)):
            house.tamper(said.format(first.channel_id, one, first.digest, who, act_id))
    with pytest.raises((IntegrityError, DBAPIError)):
        house.tamper(
            "insert into channel select 99, provider, 2, adapter, courier, profile,"
            f" valid_from, digest, proposed_by, {other}, proposed_at from channel"
        )
    for statement in ("update channel set profile = ''", "delete from channel"):
        with pytest.raises(DBAPIError):
            house.tamper(statement)
    assert confirmed(house, settings, first.digest).confirmed


def test_a_text_changed_past_every_rule_carries_nothing(house: House) -> None:
    settings = with_key(house)
    set_up_channel(house, settings, BANK, "sftp", sftp())
    with house.owner.engine.begin() as connection:
        if house.owner.is_sqlite:
            rows = connection.exec_driver_sql(
                "select name from sqlite_master where type = 'trigger' and tbl_name = 'channel'"
            ).all()
            for (name,) in rows:
                connection.exec_driver_sql(f"drop trigger {name}")
        else:
            connection.exec_driver_sql("alter table channel disable trigger user")
        connection.exec_driver_sql("update channel set profile = replace(profile, 'ansinh', 'x')")
    with pytest.raises(Conflict, match="báo kiểm toán"):
        opened(house, settings)
    with house.database.view() as session:
        assert not prove_acts(session, house.keyring).ok


def test_the_digest_covers_every_word(house: House) -> None:
    one = terms(house, BANK, "sandbox", PROVEN)
    others = [
        replace(one, provider="x"), replace(one, version=2), replace(one, adapter="x"),
        replace(one, courier="hand"), replace(one, profile=""),
        replace(one, valid_from=one.valid_from + timedelta(days=1)),
    ]  # fmt: skip
    assert len({one.digest, *(other.digest for other in others)}) == 7
    proposed(house, settings_of(house), one)
    with house.database.view() as session:
        assert terms_of(session.execute(select(channel)).one()) == one


def test_the_commands(house: House, tmp_path: Path) -> None:
    profile = tmp_path / "banka.toml"
    profile.write_text(PROVEN, encoding="utf-8")
    code = pyotp.TOTP(SECRET).now()
    what = ("--provider", BANK, "--adapter", "iso20022", "--courier", "sandbox")
    first = ansinh_json(house, "bank", "channel", "propose", *what, "--profile", profile,
                        "--officer", "finance.one", "--code", code)  # fmt: skip
    shown = ansinh(house, "bank", "channel", "show").output
    assert "chờ người thứ hai xác nhận" in shown
    assert first["digest"] in shown
    done = ansinh(house, "bank", "channel", "confirm", "--digest", first["digest"][:12],
                  "--officer", "finance.two", "--code", code)  # fmt: skip
    assert done.output == "Kênh đã được hai người xác nhận.\n", done.exception
    (told,) = ansinh_json(house, "bank", "channel", "show", "--provider", BANK)["channels"]
    assert (told["in_force"], told["version"], told["courier"]) == (True, 1, "sandbox")
    missing = ansinh(house, "bank", "channel", "propose", *what, "--profile", profile,
                     "--officer", "finance.one", "--code", code)  # fmt: skip
    assert isinstance(missing.exception, AnSinhError)
    json.dumps(told)
