"""A bank that was proven becomes a provider with contracts, and a month is paid through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy.exc import DBAPIError

from app.access.together import Signer
from app.channels.contract_terms import Contract
from app.channels.contracts import add_contract, end_contract
from app.channels.providers import Provider, add_provider
from app.disbursement.acts import prove_acts
from app.errors import AnSinhError, Forbidden, InputError, NotFound, Refused
from app.jobs.channels import channels_of
from app.jobs.sending import send_batches
from app.payroll.ways import paying_day
from app.reference.banks import TEST_BANK_A, TEST_BANK_B, TEST_BANK_C
from tests.factories import (
    ASSISTANCE,
    BANK,
    COMMUNE,
    OCTOBER,
    OTHER_COMMUNE,
    PENSION,
    SEPTEMBER,
    START,
    House,
    in_cash,
    row,
)
from tests.support.channels import become_real, confirmed, proposed, settings_of, terms
from tests.support.commands import ansinh, ansinh_json, by

NEW, ACCOUNT = "dongnai", "8800123456"
TWO = ("finance.one", "finance.two")
PROFILE = '[courier]\npath = "{}"\nsettle_seconds = 0\n'


def without_banks(house: House) -> None:
    """Units and officers stay, and nobody is there yet through whom to pay."""
    with house.owner.engine.begin() as connection:
        for table in ("contract_route", "contract", "provider"):
            on = "" if house.owner.is_sqlite else f" on {table}"
            connection.exec_driver_sql(f"drop trigger {table}_kept{on}")
            connection.exec_driver_sql(f"delete from {table}")


def told(house: House, *words: object, who: Sequence[str] = TWO) -> Result:
    """One command of two officers, at the house's own time."""
    signed = by(house, *who)
    house.tamper("delete from installation where key = 'clock'")
    moment = house.clock.now().isoformat()
    house.tamper(f"insert into installation (key, value) values ('clock', '{moment}')")
    return ansinh(house, *words, *signed)


def done(house: House, *words: object) -> str:
    result = told(house, *words)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def contract_words(number: str = "HD-DN", **changes: str) -> list[str]:
    what = {"provider": NEW, "unit": COMMUNE, "programme": PENSION, "account": ACCOUNT,
            "number": number, "from": "2026-08-01", "bank": TEST_BANK_A, **changes}  # fmt: skip
    return ["bank", "contract", "add", *(f"--{name}={value}" for name, value in what.items())]


def add_dongnai(house: House) -> None:
    done(house, "bank", "provider", "add", NEW, "--name", "Ngân hàng Đồng Nai", "--adapter",
         "iso20022", "--debits")  # fmt: skip


def a_folder(tmp_path: Path) -> Path:
    for name in ("in", "out"):
        (tmp_path / "bank" / name).mkdir(parents=True)
    return tmp_path / "bank"


def test_from_no_provider_to_a_sent_batch(house: House, tmp_path: Path) -> None:
    without_banks(house)
    assert ansinh_json(house, "bank", "provider", "list") == {"providers": []}
    add_dongnai(house)
    assert "1 đường chi" in done(house, *contract_words())
    (one,) = ansinh_json(house, "bank", "provider", "list")["providers"]
    assert (one["provider"], one["holds_advance"], one["contracts"]) == (NEW, False, 1)
    (two,) = ansinh_json(house, "bank", "contract", "list")["contracts"]
    assert (two["number"], two["banks"], two["valid_to"]) == ("HD-DN", [TEST_BANK_A], None)
    assert ACCOUNT not in ansinh(house, "bank", "contract", "list").output
    settings, folder = settings_of(house), a_folder(tmp_path)
    way = terms(house, NEW, "folder", PROFILE.format(folder), "iso20022")
    confirmed(house, settings, proposed(house, settings, way).digest)
    house.register(SEPTEMBER, row(1), row(2))
    house.on("2026-09-10")
    house.approve_month(SEPTEMBER)
    house.fund(SEPTEMBER)
    (number,) = house.build(SEPTEMBER)
    house.release([number])
    connect = channels_of(house.database, settings, house.clock)
    send_batches(replace(house.runtime, connect=connect).connected())
    assert house.rows("select state, lines from batch") == [("sent", 2)]
    assert len(list((folder / "in").iterdir())) == 1
    with house.database.view() as session:
        assert prove_acts(session, house.keyring).ok
    said = house.rows("select action from audit_event where action like 'channels:%' order by id")
    assert [one for (one,) in said[:2]] == ["channels:provider:add", "channels:contract:add"]
    assert ACCOUNT not in str(house.rows("select detail, after from audit_event"))


def test_a_real_provider_needs_two_in_the_database_too(house: House) -> None:
    """What two officers add on a real installation passes its guards; what nobody said, none."""
    become_real(house)
    who = officers(house)
    with house.work() as session:
        one = Provider(NEW, "Ngân hàng Đồng Nai", "iso20022", holds_advance=False)
        add_provider(session, house.keyring, settings_of(house), who, one, house.clock.now())
    what = Contract("HD-DN", NEW, OTHER_COMMUNE, ASSISTANCE, ACCOUNT, ("account",),
                    (TEST_BANK_C,), date(2026, 8, 1))  # fmt: skip
    with pytest.raises(InputError, match="không có hoặc không nhận"):
        add(house, what)  # no bank of tests outside of training
    real = replace(what, banks=("970436",))
    number = add(house, real)
    assert house.rows("select is_sandbox from provider where code = 'dongnai'") == [(0,)]
    last = date(2026, 12, 31)
    with house.work() as session:
        end_contract(session, house.keyring, officers(house), "HD-DN", last, "QĐ 7",
                     house.clock.now())  # fmt: skip
    if house.owner.is_sqlite:  # what two said of it once does not put another in its place
        with pytest.raises(DBAPIError):
            house.tamper(f"replace into contract select id, number, unit_code, programme, fund,"
                         " provider, 'x', methods, 0, 10, 19, valid_from, valid_to from contract"
                         f" where id = {number}")  # fmt: skip
    for statement in (
        "insert into provider (code, name, adapter, holds_advance, is_sandbox)"
        " values ('x', 'x', 'iso20022', 0, 0)",
        "insert into contract (number, unit_code, programme, fund, provider, account, methods,"
        " fee_per_ten_thousand, due_day, settlement_day, valid_from)"
        f" values ('X', '{COMMUNE}', 'pension', 'local', '{NEW}', 'x', 'account', 0, 10, 19,"
        " '2026-08-01')",
        f"update contract set account = '1' where id = {number}",
        f"update contract set valid_to = '2027-01-31' where id = {number}",
        f"update contract set valid_to = null where id = {number}",
    ):
        with pytest.raises(DBAPIError, match=r"two persons|last day alone"):
            house.tamper(statement)


def officers(house: House, names: Sequence[str] = TWO) -> list[Signer]:
    """These two with the codes of the next minute."""
    house.later()
    return [Signer(house.officer(name), house.code()) for name in names]


def add(house: House, what: Contract) -> int:
    settings, who = settings_of(house), officers(house)
    with house.work() as session:
        now = house.clock.now()
        return add_contract(session, house.keyring, settings, who, what, now).contract_id


def test_one_contract_follows_another(house: House) -> None:
    """After its last day a contract takes nobody on a list; before it its successor does not."""
    add_dongnai(house)
    clash = told(house, *contract_words())
    assert isinstance(clash.exception, Refused)
    assert "HD-1" in str(clash.exception)
    done(house, "bank", "contract", "end", "HD-1", "--on", "2026-09-20", "--reason", "QĐ 1")
    done(house, *contract_words(**{"from": "2026-09-21"}))
    longer = told(house, "bank", "contract", "end", "HD-1", "--on", "2026-09-21", "--reason", "x")
    assert isinstance(longer.exception, Refused)
    with pytest.raises(DBAPIError, match="taken its place"):
        house.tamper("update contract set valid_to = '2026-09-21' where number = 'HD-1'")
    route = (f"insert into contract_route values ('{COMMUNE}', '{PENSION}', 'account',"
             " '{}', (select id from contract where number = 'HD-DN'))")  # fmt: skip
    with pytest.raises(DBAPIError, match="another contract leads there"):
        house.tamper(route.format(TEST_BANK_B))
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.list_month(SEPTEMBER)
    house.on("2026-09-22")
    house.register(OCTOBER, row(1), in_cash(2))
    house.list_month(OCTOBER)
    through = (
        "select distinct c.number from payroll_line l join payroll p on p.id = l.payroll_id"
        " join contract c on c.id = l.contract_id where l.method = 'account' and p.period = '{}'"
    )
    assert house.rows(through.format(SEPTEMBER)) == [("HD-1",)]
    assert house.rows(through.format(OCTOBER)) == [("HD-DN",)]


def test_whom_no_contract_reaches_any_more_is_told(house: House) -> None:
    done(house, "bank", "contract", "end", "HD-1", "--on", "2026-08-31", "--reason", "QĐ 1")
    house.register(SEPTEMBER, row(1), in_cash(2))
    house.list_month(SEPTEMBER)
    assert house.rows("select method from payroll_line") == [("cash",)]
    flags = house.rows("select kind from flag where kind = 'no_route'")
    assert flags == [("no_route",)]
    said = house.rows("select before, after from audit_event where action like '%contract:end'")
    assert "2026-08-31" in said[0][1]


def test_a_contract_reaches_more_banks(house: House) -> None:
    add_dongnai(house)
    done(house, *contract_words(unit=COMMUNE, bank=TEST_BANK_C))
    again = told(house, "bank", "contract", "widen", "HD-DN", "--bank", TEST_BANK_A)
    assert "HD-1" in str(again.exception)
    done(house, "bank", "contract", "widen", "HD-DN", "--bank", "others")
    (one,) = ansinh_json(house, "bank", "contract", "list", "--provider", NEW)["contracts"]
    assert {TEST_BANK_C, "970436"} <= set(one["banks"])
    assert not {TEST_BANK_A, TEST_BANK_B} & set(one["banks"])
    same = told(house, "bank", "contract", "widen", "HD-DN", "--bank", "970436")
    assert "đã chi tới" in str(same.exception)


PROVIDER = ("bank", "provider", "add")
WRONG_PROVIDERS: dict[str, tuple[type[AnSinhError], tuple[str, ...], str]] = {
    "unknown adapter": (Refused, ("x1", "--adapter", "dongnai", "--debits"), "ANSINH_ADAPTERS"),
    "an advance": (Refused, ("x1", "--adapter", "iso20022", "--advance"), "--promised"),
    "a debit": (Refused, ("x1", "--adapter", "filelist", "--debits"), "--promised"),
    "taken": (Refused, (BANK, "--adapter", "iso20022", "--debits"), "Đã có"),
    "a code": (InputError, ("Đồng Nai", "--adapter", "iso20022", "--debits"), "chữ thường"),
}


def test_what_no_provider_may_be(house: House) -> None:
    for error, words, says in WRONG_PROVIDERS.values():
        refused(told(house, *PROVIDER, *words, "--name", "X"), error, says)
    fit = (*PROVIDER, NEW, "--name", "X", "--adapter", "iso20022", "--debits")
    refused(told(house, *fit, who=("finance.one", "finance.one")), Refused, "hai người khác nhau")
    refused(told(house, *fit, who=("finance.one", f"maker.{COMMUNE}")), Forbidden, "")
    assert house.ask("select count(*) from provider") == 3
    done(house, *PROVIDER, NEW, "--name", "X", "--adapter", "filelist", "--debits", "--promised")


WRONG_CONTRACTS: dict[str, tuple[type[AnSinhError], dict[str, str], str]] = {
    "provider": (NotFound, {"provider": "nowhere"}, "provider add"),
    "unit": (NotFound, {"unit": "99999"}, "--unit"),
    "programme": (NotFound, {"programme": "merit"}, PENSION),
    "number": (Refused, {"number": "HD-1"}, "Đã có hợp đồng"),
    "days": (InputError, {"until": "2026-07-31"}, "--until"),
    "due day": (InputError, {"due-day": "31"}, "1-28"),
    "fee": (InputError, {"fee": "-1"}, "phần vạn"),
    "no such bank": (InputError, {"bank": "123456"}, "BIN"),
    "cash by a bank": (Refused, {"methods": "account,cash"}, "không làm được"),
    "no such method": (InputError, {"methods": "pigeon"}, "account, cash"),
    "account": (InputError, {"account": "12 34"}, "dấu cách"),
    "an account of another": (Refused, {"account": "7001279" + "0001"}, "đã thuộc hợp đồng"),
    "the same place": (Refused, {"provider": BANK}, "Gia hạn"),
    "the same payees": (Refused, {}, "HD-1"),
}


def test_what_no_contract_may_be(house: House) -> None:
    add_dongnai(house)
    for error, changes, says in WRONG_CONTRACTS.values():
        changes = {"number": "HD-X", **changes}
        refused(told(house, *contract_words(**changes)), error, says)
    words = contract_words(bank=TEST_BANK_C)
    refused(told(house, *words, who=("finance.one", "finance.one")), Refused, "hai người")
    refused(told(house, *words, who=("finance.one", f"checker.{COMMUNE}")), Forbidden, "")
    house.tamper(
        "insert into closed_period (period, programme, closed_at, number, position)"
        " values ('2026-08', 'pension', '2026-08-31T01:00:00.000000+00:00', 1, 0)"
    )
    refused(told(house, *words), Refused, "đã khoá")
    end = ("bank", "contract", "end", "HD-1", "--reason", "x")
    refused(told(house, *end, "--on", "2026-08-01"), Refused, "đã qua")
    refused(told(house, "bank", "contract", "end", "HD-0", "--reason", "x", "--on", "2026-12-31"),
            NotFound, "contract list")  # fmt: skip
    assert house.ask("select count(*) from contract where valid_to is not null") == 0


def refused(result: Result, error: type[AnSinhError], says: str) -> None:
    assert isinstance(result.exception, error), (result.output, result.exception)
    assert says in str(result.exception), result.exception


def test_the_day_of_a_list() -> None:
    assert paying_day("2026-09", START) == date(2026, 9, 1)
    assert paying_day("2026-07", START) == START.date()
