"""Rules that two officers make from a line: what they take, when, and what they never look at.

Person 1 and 2 were sent 500.000 đồng each through the bank, person 3 the same in cash.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from app import schema
from app.disbursement import funding
from app.disbursement.workbench.ruling import Wanted, end_draft, preview, rule_draft, rule_of
from app.errors import Conflict, Forbidden, InputError, NotFound, Refused
from ledger.schema import metadata
from tests.app.disbursement.test_charges import agreed
from tests.factories import BANK, OCTOBER, House, in_cash, row, september_sent
from tests.reconciliation.desk import bare, came, confirmed, proposed, waits
from tests.reconciliation.test_workbench import acting, proof_holds
from tests.support.commands import asked
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)
SMS = "DV SMS BANKING 09/2026"


def ruled(house: House, line: int, means: str, **more: Any) -> int:
    """Two officers make a rule from a line; gives its number."""
    with house.work() as session:
        rule = rule_of(session, line, Wanted(means, **more), house.clock.now())
        draft = rule_draft(rule, "lặp lại hằng tháng")
    return confirmed(house, proposed(house, draft)).number


def verdict(house: House, line: int) -> tuple[Any, ...]:
    (found,) = house.rows(
        f"select verdict, pass_name, target_id from line_match where bank_line_id = {line}"
    )
    return found


def test_a_fee_by_another_name(house: House) -> None:
    """A debit that no word calls a fee held the provider; by a rule it is a claim, and no more."""
    line = came(house, bare(-8_800, remittance=SMS))
    assert verdict(house, line)[0] == "debit_unknown"
    holds = house.ask("select count(*) from hold")
    with house.work() as session:
        rule = rule_of(session, line, Wanted("fee", most=20_000), house.clock.now())
        found = preview(session, rule, house.clock.now())
    assert (rule.words, rule.least, rule.most, rule.direction) == (
        "dv sms banking", 8_800, 20_000, "out",
    )  # fmt: skip
    assert [(one.line, one.pass_name) for one in found] == [(line, "rest")]

    number = ruled(house, line, "fee", most=20_000)
    assert verdict(house, line)[0] == "debit_unknown"  # what was judged stays
    again = came(house, bare(-9_900, "FT-2", remittance="dv  SMS banking 10/2026"))
    other = came(house, bare(-20_001, "FT-3", remittance=SMS))
    assert verdict(house, again) == ("fee", f"rule:{number}", None)
    assert verdict(house, other)[1] == "rest"
    assert [row[:2] for row in waits(house)] == [
        (line, "debit_unknown"), (again, "fee"), (other, "debit_unknown"),
    ]  # fmt: skip
    assert house.ask("select count(*) from hold") == holds + 1  # for the one that no rule is about
    proof_holds(house)


def test_who_is_not_of_finance_makes_and_ends_none(house: House) -> None:
    line = came(house, bare(-8_800, remittance=SMS))
    with house.work() as session:
        rule = rule_of(session, line, Wanted("fee"), house.clock.now())
        made = rule_draft(rule, "lặp lại hằng tháng")
    with pytest.raises(Forbidden):
        proposed(house, made, "auditor")
    number = ruled(house, line, "fee")
    with house.work() as session:
        ended = end_draft(session, number, date(2026, 12, 1), "hết hợp đồng", house.clock.now())
    with pytest.raises(Forbidden):
        proposed(house, ended, "auditor")


def test_a_fee_that_the_contract_allows_is_paid(house: House) -> None:
    agreed(house, "month", 8_800, is_borne=True)
    line = came(house, bare(-8_801, remittance=SMS))
    number = ruled(house, line, "fee", least=8_000)
    paid = came(house, bare(-8_800, "FT-2", remittance=SMS))
    again = came(house, bare(-8_800, "FT-3", remittance=SMS))
    assert verdict(house, paid)[:2] == ("fee_month", f"rule:{number}")
    assert verdict(house, again)[:2] == ("fee", f"rule:{number}")
    proof_holds(house)


def test_the_treasurys_money_by_a_rule(house: House) -> None:
    """It goes with the one request of its amount that waits, once; without one it waits."""
    text = "KBNN KV III chuyen tien"
    number = ruled(house, came(house, bare(7, remittance=text)), "treasury", most=10**9)
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.on("2026-10-01")
    house.approve_month(OCTOBER)
    with house.work() as session:
        funding.request(session, OCTOBER, house.later())
        (asking,) = (one for one in funding.waiting(session, OCTOBER) if one.provider == BANK)
    line = came(house, *(bare(asking.amount, key, remittance=text) for key in ("FT-2", "FT-3")))
    assert verdict(house, line - 1) == ("funding", f"rule:{number}", asking.id)
    assert verdict(house, line)[0] == "credit_unknown"
    proof_holds(house)


def test_interest_waits_under_its_name(house: House) -> None:
    line = came(house, bare(1_234, remittance="TRA LAI TIEN GUI T09"))
    number = ruled(house, line, "interest", words="tra lai tien gui", least=1, most=5_000)
    again = came(house, bare(2_345, "FT-2", remittance="Trả lãi tiền gửi T10"))
    assert verdict(house, again) == ("credit_unknown", f"rule:{number}", None)
    why = house.ask(f"select why from suspense_item where bank_line_id = {again}")
    assert why == f"quy tắc {number}: lãi tiền gửi"
    proof_holds(house)


def test_a_rule_ends_and_is_dated(house: House) -> None:
    line = came(house, bare(-8_800, remittance=SMS))
    number = ruled(house, line, "fee")
    house.on("2026-09-20")
    with house.work() as session:
        with pytest.raises(Refused, match="đã qua"):
            end_draft(
                session, number, house.clock.now().date().replace(day=19), "hết", house.clock.now()
            )
        with pytest.raises(NotFound):
            end_draft(session, 99, house.clock.now().date(), "hết rồi", house.clock.now())
        draft = end_draft(session, number, house.clock.now().date(), "hết rồi", house.clock.now())
    confirmed(house, proposed(house, draft))
    with pytest.raises(Conflict), house.work() as session:
        end_draft(session, number, house.clock.now().date(), "hết rồi", house.clock.now())
    before = came(house, bare(-8_800, "FT-2", "2026-09-19", remittance=SMS))
    after = came(house, bare(-8_800, "FT-3", "2026-09-20", remittance=SMS))
    assert (verdict(house, before)[1], verdict(house, after)[1]) == (f"rule:{number}", "rest")
    nothing_broken(house)


@pytest.mark.parametrize(("text", "why"), [
    (row(1).name, "tên người hưởng"), ("DV 0123456789 SMS", "không có số dài"), ("--", "3 chữ cái"),
    ("tien dien", "không có những chữ này"),
])  # fmt: skip
def test_no_rule_looks_at_persons(house: House, text: str, why: str) -> None:
    line = came(house, bare(-8_800, remittance=f"{SMS} {row(1).name} 0123456789 SMS"))
    with pytest.raises(InputError, match=why):
        ruled(house, line, "fee", words=text)
    with pytest.raises(Refused, match="không thể là"):
        ruled(house, line, "interest")


def test_the_database_keeps_it(house: House) -> None:
    line = came(house, bare(-8_800, remittance=SMS))
    number = ruled(house, line, "fee")
    now = house.clock.now()
    rule = {"provider": BANK, "account": "", "direction": "out", "words": "abc", "least": 1,
            "most": 2, "means": "fee", "valid_from": now.date(), "made_at": now}  # fmt: skip
    for why, table, values in (
        ("two officers make it", "line_rule", {**rule, "proposal_id": 99}),
        ("two officers end it", "line_rule_end",
         {"proposal_id": number, "rule_id": number, "ended_on": now.date(), "recorded_at": now}),
    ):  # fmt: skip
        with pytest.raises(DBAPIError, match=f"{why}|append-only|exists"), \
             house.owner.engine.begin() as connection:  # fmt: skip
            connection.execute(insert(metadata.tables[table]).values(values))


def test_by_commands(house: House) -> None:
    line = came(house, bare(-8_800, remittance=SMS))
    asking = ("recon", "rule", line, "--means", "fee", "--most", "20.000")
    assert asked(house, *asking)["lines"] == 1
    told = asked(house, *asking, "--reason", "phí tin nhắn", *acting(house, "finance.one"))
    sign = ("recon", "confirm", told["id"], "--digest", told["digest"][:12])
    asked(house, *sign, *acting(house, "finance.two"))
    (rule,) = asked(house, "recon", "rules")
    told = asked(house, "recon", "rule-end", rule["proposal_id"], "--on", "2026-12-01", "--reason",
                 "thôi thu", *acting(house, "finance.two"))  # fmt: skip
    asked(
        house, "recon", "reject", told["id"], "--reason", "còn thu", *acting(house, "finance.one")
    )
    assert house.ask("select count(*) from line_rule_end") == 0
    nothing_broken(house)


def test_a_verdict_by_a_rule_that_does_not_stand_is_refused(house: House) -> None:
    line = came(house, bare(-8_800, remittance=SMS))
    number = ruled(house, line, "fee")
    keep = f"select * from line_match where bank_line_id = {line}"
    with house.owner.engine.begin() as connection:
        schema.drop_rules(connection)
        connection.execute(text(f"delete from line_match where bank_line_id = {line}"))
        schema.install_rules(connection)
    told = "insert into line_match (bank_line_id, verdict, pass_name, why) values"
    for name in (f"rule:{number + 1}", "rule:"):
        with pytest.raises(DBAPIError, match="no rule is about"):
            house.tamper(f"{told} ({line}, 'fee', '{name}', 'w')".replace(":", "\\:"))
    house.tamper(f"{told} ({line}, 'fee', 'rule:{number}', 'w')".replace(":", "\\:"))
    assert house.rows(keep)
