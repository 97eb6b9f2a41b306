"""Hardware tokens: files of seeds, whole or not at all; given to one officer, blocked when lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.access.factor_tables import token, token_block
from app.access.officers import Confirmation, add_officer, confirm
from app.access.seed_files import Seed, read_seeds
from app.access.together import Signer
from app.access.tokens import Imported, assign_token, block_token, import_tokens
from app.disbursement.acts import prove_acts
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from tests.factories import House

RAW = bytes(range(20))
HEX, BASE32 = RAW.hex(), base64.b32encode(RAW).decode()
KEY, MAC_KEY, IV = b"k" * 16, b"m" * 20, b"i" * 16
PSKC = """<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
 xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">{mac}<KeyPackage>
 <DeviceInfo><SerialNo>P-1</SerialNo></DeviceInfo>
 <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:{kind}"><AlgorithmParameters>
 <Suite>HMAC-SHA256</Suite><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
 <Data><Secret>{secret}</Secret><TimeInterval><PlainValue>60</PlainValue></TimeInterval></Data>
 </Key></KeyPackage></KeyContainer>"""


def csv(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def pskc(secret: str, mac: str = "", kind: str = "totp") -> bytes:
    return PSKC.format(secret=secret, mac=mac, kind=kind).encode()


def hidden(value: bytes) -> tuple[str, bytes]:
    pad = PKCS7(128).padder()
    aes = Cipher(AES(KEY), CBC(IV)).encryptor()
    cipher = IV + aes.update(pad.update(value) + pad.finalize()) + aes.finalize()
    told = base64.b64encode(cipher).decode()
    method = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
    return f"{method}<xenc:CipherData><xenc:CipherValue>{told}</xenc:CipherValue></xenc:CipherData>", cipher  # fmt: skip  # noqa: E501


def encrypted(mac_of: bytes = b"") -> bytes:
    seed, cipher = hidden(RAW)
    mac_key, _ = hidden(MAC_KEY)
    mac = base64.b64encode(hmac.digest(MAC_KEY, mac_of or cipher, "sha1")).decode()
    method = '<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey>'
    return pskc(f"<EncryptedValue>{seed}</EncryptedValue><ValueMAC>{mac}</ValueMAC>",
                f"{method}{mac_key}</MACKey></MACMethod>")  # fmt: skip


PLAIN = pskc(f"<PlainValue>{base64.b64encode(RAW).decode()}</PlainValue>")
WIDE = Seed(1, "P-1", BASE32, 8, 60, "SHA256")


@pytest.mark.parametrize(("content", "key", "seeds"), [
    (csv(f"T1,{HEX}"), b"", [Seed(1, "T1", BASE32, 6, 30, "SHA1")]),
    (csv(f"T1;{BASE32};8;60;sha-256", "", f"T2;{BASE32.lower()}"), b"",
     [Seed(1, "T1", BASE32, 8, 60, "SHA256"), Seed(3, "T2", BASE32, 6, 30, "SHA1")]),
    (csv("upn,serial number,secret key,time interval,manufacturer,model",
         f",T1,{BASE32},30,Maker,M"), b"", [Seed(2, "T1", BASE32, 6, 30, "SHA1")]),
    (PLAIN, b"", [WIDE]),
    (encrypted(), KEY, [WIDE]),
])  # fmt: skip
def test_files_of_vendors(content: bytes, key: bytes, seeds: list[Seed]) -> None:
    assert read_seeds(content, key) == seeds


@pytest.mark.parametrize(("content", "key", "said"), [
    (csv(f"T1,{HEX}", "T2,zz", f"T1,{HEX}"), b"", "dòng 2"),
    (csv(f"T1,{HEX}", f"T1,{HEX}"), b"", "dòng 2: số thẻ T1 lặp lại"),
    (csv(f"T1,{HEX},7"), b"", "6 hoặc 8"),
    (csv(f"T1,{HEX},6,45"), b"", "30 hoặc 60"),
    (csv(f"T1,{HEX},6,30,MD5"), b"", "SHA1 hoặc SHA256"),
    (csv(f"T 1,{HEX}"), b"", "số thẻ không đúng"),
    (csv("T1,abcd"), b"", "16 đến 64 byte"),
    (csv("serial,seed"), b"", "không có thẻ"),
    (b"\xff\xfe", b"", "UTF-8"),
    (b"<KeyContainer", b"", "XML"),
    (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', b"", "DTD"),
    (pskc("<PlainValue>AA</PlainValue>", kind="hotp"), b"", "TOTP"),
    (pskc("<PlainValue>!</PlainValue>"), b"", "base64"),
    (encrypted(), b"", "cần khoá 16 byte"),
    (encrypted(b"another"), KEY, "mã kiểm tra"),
    (encrypted(), b"x" * 16, "không mở được|mã kiểm tra"),
])  # fmt: skip
def test_a_file_with_a_fault_gives_nothing(content: bytes, key: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read_seeds(content, key)
    assert HEX not in str(refused.value)


FILE = csv(f"T1,{HEX},6,30,SHA1", f"T2,{HEX[::-1]},8,60,SHA256")


@pytest.fixture
def lan(house: House) -> int:
    """An officer who is given tokens; a minute begins."""
    house.clock.advance(timedelta(seconds=60 - house.clock.now().timestamp() % 60))
    with house.work() as session:
        return add_officer(session, house.keyring, "lan", "Lan", "097180881234", BASE32)


def brought(house: House, content: bytes = FILE, who: str = "admin.one") -> Imported:
    now = house.later()
    signer = Signer(house.officer(who), house.code())
    with house.work() as session:
        return import_tokens(session, house.keyring, "box.csv", content, b"", signer, now)


def shows(house: House, serial: str) -> str:
    raw = HEX if serial == "T1" else HEX[::-1]
    secret = base64.b32encode(bytes.fromhex(raw)).decode()
    wide: dict[str, Any] = {"digits": 8, "interval": 60, "digest": hashlib.sha256}
    totp = pyotp.TOTP(secret, **(wide if serial == "T2" else {}))
    return totp.at(house.clock.now())


def given(
    house: House, who: int, serial: str, shown: str = "",
    by: Sequence[str] = ("admin.one", "admin.two"),
) -> int:  # fmt: skip
    now = house.later()
    signers = [Signer(house.officer(name), house.code()) for name in by]
    with house.work() as session:
        shown = shown or shows(house, serial)
        return assign_token(session, house.keyring, serial, who, shown, signers, now)


def say(house: House, who: int, code: str) -> int:
    with house.work() as session:
        what = Confirmation("check", "d" * 64, 1, 0)
        return confirm(session, house.keyring, who, code, house.clock.now(), what)


def test_a_file_comes_once_and_its_seeds_are_hidden(house: House) -> None:
    with pytest.raises(Forbidden):
        brought(house, who="finance.one")
    done = brought(house)
    assert (done.tokens, done.known, done.sha256) == (2, False, hashlib.sha256(FILE).hexdigest())
    assert brought(house).known
    told = repr([house.rows(f"select * from {one}") for one in ("token", "audit_event")])
    assert BASE32 not in told
    assert HEX not in told
    with pytest.raises(InputError, match="dòng 2: thẻ T2 đã có"):
        brought(house, csv(f"T9,{HEX}", f"T2,{HEX}"))
    assert house.count(token) == 2


def test_a_token_is_handed_over_in_person_and_is_one_officers(house: House, lan: int) -> None:
    brought(house)
    with pytest.raises(Forbidden, match="không khớp"):
        given(house, lan, "T2", "00000000")
    with pytest.raises(Refused, match="cho mình"):
        given(house, house.officer("admin.one"), "T2")
    with pytest.raises(NotFound):
        given(house, lan, "T3", "000000")
    given(house, lan, "T2")
    with pytest.raises(Conflict, match="đã giao rồi"):
        given(house, house.officer("auditor"), "T2")
    with pytest.raises(Forbidden, match="24 giờ"):
        say(house, lan, shows(house, "T2"))
    house.clock.advance(timedelta(days=1))
    with pytest.raises(Forbidden, match="không đúng"):
        say(house, lan, pyotp.TOTP(BASE32).at(house.clock.now()))
    say(house, lan, shows(house, "T2"))
    step = house.ask(f"select timecode from act where officer_id = {lan}")
    assert step == int(house.clock.now().timestamp()) // 60 * 2
    house.clock.advance(timedelta(seconds=5))
    with pytest.raises(Conflict, match="đã dùng rồi"):
        say(house, lan, shows(house, "T2"))


def test_a_lost_token_is_blocked_at_once(house: House, lan: int) -> None:
    brought(house)
    given(house, lan, "T1")
    house.clock.advance(timedelta(days=1))
    now = house.later()
    for who, code, error in (("auditor", house.code(), Forbidden), ("admin.one", "", Forbidden)):
        signer = Signer(house.officer(who), code)
        with pytest.raises(error), house.work() as session:
            block_token(session, house.keyring, "T1", signer, "mất thẻ", now)
    with house.work() as session:
        block_token(session, house.keyring, "T1", Signer(lan, ""), "mất thẻ", now)
    with pytest.raises(Forbidden, match="đã bị khoá"):
        say(house, lan, shows(house, "T1"))
    with house.work() as session:
        signer = Signer(house.officer("admin.two"), house.code())
        block_token(session, house.keyring, "T2", signer, "hỏng màn hình", now)
    with pytest.raises(Refused, match="đã bị khoá"):
        given(house, house.officer("auditor"), "T2")
    with pytest.raises(DBAPIError):
        house.tamper(f"insert into token_block values (1, {lan}, 'again', '{now}')")


def test_the_database_refuses_a_block_by_a_stranger(house: House, lan: int) -> None:
    brought(house)
    now, number = house.clock.now(), house.ask("select id from token where serial = 'T1'")
    row = {"token_id": number, "reason": "r", "blocked_at": now}
    for who in (lan, house.officer("auditor")):
        with pytest.raises(DBAPIError, match="blocks it"), house.work() as session:
            session.execute(insert(token_block).values(blocked_by=who, **row))


def test_tokens_are_what_officers_confirmed(house: House, lan: int) -> None:
    brought(house)
    given(house, lan, "T1")
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
