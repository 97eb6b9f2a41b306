"""The synthetic province's set-up: programmes, paying units, providers, contracts, officers.

Everything here is data of a training database; the providers are the sandbox institution.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pyotp
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.access.granting import found
from app.access.officers import add_officer, officer_named
from app.access.passwords import TRAINING_PASSWORD, hash_of, set_password
from app.access.tables import officer
from app.access.together import Signer
from app.channels.deciding import confirm_channel, propose
from app.channels.lookup import Terms
from app.clock import TIME_ZONE
from app.config import Settings
from app.months import month_of
from app.payroll.ladders import set_ladder, training_ladder
from app.privacy import Keyring
from app.reference import areas
from app.reference.banks import TEST_BANK_A, TEST_BANK_B, TEST_BANK_C, TEST_POST_OFFICE
from app.reference.citizen_id import SYNTHETIC_PREFIX
from app.reference.money_providers import TEST_MOBILE, TEST_WALLET
from app.text import sort_key
from app.units.departments import ship_departments
from app.units.tables import (
    allotment,
    contract,
    contract_route,
    fund,
    installation,
    paying_unit,
    programme,
    provider,
)
from ledger.chart import Cell, open_accounts

PROVINCE = "04"
DEPARTMENT = "SNV04"
BANK, LIST_BANK, POST = "banka", "bankb", "postoffice"
ALLOTMENT_PER_PERSON = 20_000_000
VALID_FROM = date(2025, 1, 1)
# To the end of the ten years for which vouchers are kept, and some.
TRAINING_YEARS = range(2025, 2041)

FUNDS = (("local", "Ngân sách địa phương"), ("central", "Ngân sách trung ương"))
PROGRAMMES = (
    ("pension", "Trợ cấp hưu trí xã hội", "local", "HUU TRI XA HOI"),
    ("assistance", "Trợ giúp xã hội", "local", "TRO GIUP XA HOI"),
    ("merit", "Ưu đãi người có công", "central", "UU DAI NCC"),
)
PROVIDERS = (
    (BANK, "Ngân hàng Thử nghiệm A (giả lập)", "iso20022", 0),
    (LIST_BANK, "Ngân hàng Thử nghiệm B (giả lập)", "filelist", 1),
    (POST, "Bưu điện Thử nghiệm (giả lập)", "postoffice", 1),
)
ROUTES = (
    (BANK, "account", TEST_BANK_A),
    (BANK, "account", TEST_BANK_C),
    (BANK, "account", TEST_MOBILE),
    (BANK, "account", TEST_WALLET),
    (LIST_BANK, "account", TEST_BANK_B),
    (POST, "account", TEST_POST_OFFICE),
    (POST, "cash", ""),
)
# The sandbox refuses a message id for seven days; its own tests try it.
SANDBOX_PROFILE = """[dedupe]
scope = "MsgId"
window_days = 7
proven_on = 2024-01-02
proof = "tests/bank_adapters/sandbox"
"""
_DIGIT = {BANK: "71", LIST_BANK: "72", POST: "73", "pension": "1", "assistance": "2", "merit": "3"}


@dataclass(frozen=True, slots=True)
class Desk:
    """The officers of one paying unit, by id."""

    unit: str
    maker: int
    checker: int
    approver: int


def set_up(
    session: Session,
    keyring: Keyring,
    facts: Mapping[str, str],
    people: int,
    programmes: Sequence[str],
) -> None:
    """Write the whole set-up into an empty database; once. `facts` say what it is."""
    session.execute(insert(installation), [{"key": k, "value": v} for k, v in facts.items()])
    session.execute(insert(fund), [{"code": code, "name": name} for code, name in FUNDS])
    session.execute(insert(programme), [_programme(row) for row in PROGRAMMES])
    session.execute(insert(provider), [_provider(row) for row in PROVIDERS])
    session.execute(insert(paying_unit), list(_units()))
    session.execute(insert(contract), list(_contracts(programmes)))
    rows = session.execute(select(contract).order_by(contract.c.id)).all()
    session.execute(insert(contract_route), list(_routes(rows)))
    session.execute(insert(allotment), list(_allotments(rows, people)))
    open_accounts(
        session, [Cell(row.fund, row.programme, row.unit_code, row.provider) for row in rows]
    )
    ship_departments(session)
    _officers(session, keyring)
    _passwords(session)
    _ladder(session, keyring)
    _channels(session, keyring)


def _programme(row: tuple[str, str, str, str]) -> dict[str, str]:
    return dict(zip(("code", "name", "fund", "purpose"), row, strict=True))


def _provider(row: tuple[str, str, str, int]) -> dict[str, Any]:
    named = dict(zip(("code", "name", "adapter", "holds_advance"), row, strict=True))
    return {**named, "is_sandbox": 1}


def _units() -> Iterator[dict[str, str]]:
    for area in areas.communes_of(PROVINCE):
        name = area.name[0].lower() + area.name[1:]
        yield _unit(area.code, f"UBND {name}", "commune", area.code, f"1{area.code}04")
    name = "Sở Nội vụ tỉnh Cao Bằng"
    yield _unit(DEPARTMENT, name, "department", PROVINCE, "1040104")


def _unit(code: str, name: str, kind: str, area: str, budget: str) -> dict[str, str]:
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "area_code": area,
        "budget_code": budget,
        "sort_key": sort_key(name),
    }


def payer(programme_code: str, commune: str) -> str:
    """The paying unit of a commune's people in a programme."""
    return DEPARTMENT if programme_code == "merit" else commune


def account_of(unit: str, programme_code: str, provider_code: str) -> str:
    """The paying unit's account at a provider; one per programme."""
    digits = "00004" if unit == DEPARTMENT else unit
    return f"{_DIGIT[provider_code]}{digits}{_DIGIT[programme_code]}001"


def _contracts(programmes: Sequence[str]) -> Iterator[dict[str, Any]]:
    funds = {code: fund_code for code, _, fund_code, _ in PROGRAMMES}
    communes = [area.code for area in areas.communes_of(PROVINCE)]
    for code in programmes:
        for unit in [DEPARTMENT] if code == "merit" else communes:
            for provider_code, *_ in PROVIDERS:
                yield _contract(unit, code, funds[code], provider_code)


def _contract(unit: str, code: str, fund_code: str, provider_code: str) -> dict[str, Any]:
    is_post = provider_code == POST
    return {
        "number": f"{unit}-{code}-{provider_code}-2025",
        "unit_code": unit,
        "programme": code,
        "fund": fund_code,
        "provider": provider_code,
        "account": account_of(unit, code, provider_code),
        "methods": "account,cash" if is_post else "account",
        "fee_per_ten_thousand": 60 if is_post else 0,
        "due_day": 10,
        "settlement_day": 19,
        "valid_from": VALID_FROM,
    }


def _routes(contracts: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for row in contracts:
        for provider_code, method, bank_bin in ROUTES:
            if row.provider == provider_code:
                yield {
                    "unit_code": row.unit_code,
                    "programme": row.programme,
                    "method": method,
                    "bank_bin": bank_bin,
                    "contract_id": row.id,
                }


def _allotments(contracts: Sequence[Any], people: int) -> Iterator[dict[str, Any]]:
    """A year's budget per unit and programme, generous: the demo shows the check, not a refusal."""
    for year in (2025, 2026, 2027):
        for unit, code in sorted({(row.unit_code, row.programme) for row in contracts}):
            yield {
                "fiscal_year": year,
                "unit_code": unit,
                "programme": code,
                "amount": ALLOTMENT_PER_PERSON * max(people, 100) * 3,
            }


def _officers(session: Session, keyring: Keyring) -> None:
    number = 0
    units = session.execute(select(paying_unit.c.code, paying_unit.c.name)).all()
    for unit, name in sorted((row.code, row.name) for row in units):
        for role in ("maker", "checker", "approver"):
            number += 1
            training_officer(session, keyring, number, f"{role}.{unit}", f"{ROLES[role]}, {name}",
                     [(role, unit)])  # fmt: skip
    for which, title in (("one", "Kế toán tài chính 1"), ("two", "Kế toán tài chính 2")):
        number += 1
        training_officer(session, keyring, number, f"finance.{which}", title, [("releaser", "")])
    for which, title in (("one", "Quản trị viên 1"), ("two", "Quản trị viên 2")):
        number += 1
        training_officer(session, keyring, number, f"admin.{which}", title, [("admin", "")])
    training_officer(session, keyring, number + 1, "auditor", "Kiểm toán viên", [("auditor", "")])
    training_officer(session, keyring, number + 2, "desk", "Trực đường dây nóng", [("desk", "")])
    training_officer(session, keyring, number + 3, "helper", "Tổ công nghệ số", [("helper", "")])


def _passwords(session: Session) -> None:
    """One password for all, known to all: a hash a head would take half a minute."""
    kept, now = hash_of(TRAINING_PASSWORD), datetime.combine(VALID_FROM, time(8), TIME_ZONE)
    for number in session.scalars(select(officer.c.id).order_by(officer.c.id)).all():
        set_password(session, number, kept, now)


def _ladder(session: Session, keyring: Keyring) -> None:
    """The training ladder of approval, set by two administrators before the first month."""
    now = datetime.combine(VALID_FROM, time(8), TIME_ZONE)
    names = ("admin.one", "admin.two")
    two = [training_signer(session, name, now) for name in names]
    set_ladder(session, keyring, two, month_of(VALID_FROM), training_ladder(), now)


def _channels(session: Session, keyring: Keyring) -> None:
    """How the sandbox is reached, and what it was proven to refuse: two finance officers' word."""
    names = ("finance.one", "finance.two")
    settings = Settings(training=True)
    for number, (code, _, adapter, _) in enumerate(PROVIDERS):
        now = datetime.combine(VALID_FROM, time(8, number), TIME_ZONE)
        one, two = (training_signer(session, name, now) for name in names)
        terms = Terms(code, 1, adapter, "sandbox", SANDBOX_PROFILE, VALID_FROM)
        done = propose(session, keyring, settings, one, terms, now)
        confirm_channel(session, keyring, settings, two, done.digest, now)


ROLES = {"maker": "Cán bộ lập", "checker": "Kế toán kiểm tra", "approver": "Chủ tịch duyệt"}


def training_officer(
    session: Session,
    keyring: Keyring,
    number: int,
    username: str,
    name: str,
    roles: list[tuple[str, str]],
) -> None:
    """Enrol a made-up officer, the `number`th of the installation, with roles for years."""
    citizen_id = f"{SYNTHETIC_PREFIX}18099{number:04}"
    full_name, secret = f"{name} (giả lập)", demo_secret(username)
    found_for_years(
        session, add_officer(session, keyring, username, full_name, citizen_id, secret), roles
    )


def found_for_years(session: Session, officer_id: int, roles: Sequence[tuple[str, str]]) -> None:
    """Founding grants year after year: a training database is looked at long after its months."""
    begins = [datetime(year, 1, 1, tzinfo=TIME_ZONE) for year in TRAINING_YEARS]
    found(session, officer_id, roles, *begins)


def stamp(session: Session, period: str, now: datetime) -> None:
    """Write which month the database is about and its clock; over what stood there."""
    for key, value in (("period", period), ("clock", now.isoformat())):
        session.execute(delete(installation).where(installation.c.key == key))
        session.execute(insert(installation).values(key=key, value=value))


def training_signer(session: Session, username: str, now: datetime) -> Signer:
    """A training officer with the one-time code of a moment. Raises NotFound."""
    return Signer(officer_named(session, username), pyotp.TOTP(demo_secret(username)).at(now))


def demo_secret(username: str) -> str:
    """The seed of a training officer's one-time codes; known to all, so useless elsewhere."""
    return base64.b32encode(hashlib.sha256(f"training|{username}".encode()).digest()[:20]).decode()
