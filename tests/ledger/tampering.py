"""What somebody with the owner's rights may do to a month of books, and what then tells.

The month is `Books.month` sealed, August closed behind it and the head signed: six entries,
16 postings, six links, one close. Every statement runs with all triggers and keys off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from ledger.chain import GENESIS, link_of
from ledger.digest import entry_digest
from ledger.totals import carry_totals

Change = str | Callable[[Connection], None]


def _rewrite_chain(connection: Connection) -> None:
    """Seal everything anew, as an owner would after a change: correct, but another chain."""
    entries = connection.execute(
        text(
            "select c.position, c.entry_id, c.fiscal_year, s.digest from chain_link c"
            " join entry_seal s on s.entry_id = c.entry_id order by c.position"
        )
    ).all()
    connection.execute(text("delete from chain_link"))
    link = GENESIS
    for number, row in enumerate(entries, start=1):
        link = link_of(link, number, row.fiscal_year, number, row.digest)
        connection.execute(
            text("insert into chain_link values (:p, :e, :y, :v, :l)"),
            {"p": number, "e": row.entry_id, "y": row.fiscal_year, "v": number, "l": link},
        )


def _drop_last_entry(connection: Connection) -> None:
    last = connection.execute(text("select max(entry_id) from chain_link")).scalar_one()
    for table, column in (
        ("chain_link", "entry_id"),
        ("posting", "entry_id"),
        ("entry_seal", "entry_id"),
        ("entry", "id"),
    ):
        connection.execute(text(f"delete from {table} where {column} = {last}"))


def _drop_last_entry_and_rewrite(connection: Connection) -> None:
    connection.execute(text("delete from chain_link where entry_id = 2"))
    _drop_last_entry(connection)
    _rewrite_chain(connection)


def _swap_links(connection: Connection) -> None:
    connection.execute(text("update chain_link set entry_id = -1 where position = 2"))
    connection.execute(text("update chain_link set entry_id = 2 where position = 3"))
    connection.execute(text("update chain_link set entry_id = 3 where position = 2"))


def _late_entry(day: str) -> Callable[[Connection], None]:
    """A whole entry, sound in itself, digest and all, dated as told and not in the chain yet."""

    def slip_in(connection: Connection) -> None:
        for statement in (
            "insert into entry (id, key, kind, programme, currency, effective_on, recorded_at,"
            " fiscal_year, reason, source, content) select 77, 'slipped in', kind, programme,"
            f" currency, '{day}', recorded_at, fiscal_year, reason, source, content from entry"
            " where id = 1",
            "insert into posting select 77, line, account_id, item,"
            " (select max(seq) + 1 from posting q where q.account_id = p.account_id),"
            " debit, credit,"
            " (select sum(credit - debit) from posting q where q.account_id = p.account_id)"
            " + credit - debit from posting p where entry_id = 1",
            "insert into entry_seal select 77, postings, total, '' from entry_seal"
            " where entry_id = 1",
        ):
            connection.execute(text(statement))
        _digest_anew(connection, 77)

    return slip_in


def _slip_into_the_chain(connection: Connection) -> None:
    """The same in October and in the middle of the chain, which is made anew, totals too."""
    _late_entry("2026-10-05")(connection)
    for statement in (
        "update chain_link set position = position * 10, voucher = voucher * 10",
        "insert into chain_link values (25, 77, 2026, 25, 'x')",
    ):
        connection.execute(text(statement))
    _rewrite_chain(connection)
    _count_anew(connection)


def _forge_all(connection: Connection) -> None:
    """What came back is 100 less, and everything in the database agrees with it."""
    for statement in (
        "update posting set debit = debit - 100 where entry_id = 6 and debit > 0",
        "update posting set credit = credit - 100 where entry_id = 6 and credit > 0",
        "update posting set balance = balance + 100 where entry_id = 6 and debit > 0",
        "update posting set balance = balance - 100 where entry_id = 6 and credit > 0",
        "update entry_seal set total = total - 100 where entry_id = 6",
    ):
        assert connection.execute(text(statement)).rowcount == 1
    _digest_anew(connection, 6)
    _rewrite_chain(connection)
    _count_anew(connection)


def _digest_anew(connection: Connection, number: int) -> None:
    with Session(connection, join_transaction_mode="rollback_only") as session:
        values = {"digest": entry_digest(session, number), "number": number}
        session.execute(
            text("update entry_seal set digest = :digest where entry_id = :number"), values
        )


def _count_anew(connection: Connection) -> None:
    connection.execute(text("delete from control_total"))
    with Session(connection, join_transaction_mode="rollback_only") as session:
        last: Any = session.scalar(text("select max(position) from chain_link"))
        carry_totals(session, last)


def _insert_entry(connection: Connection) -> None:
    connection.execute(
        text(
            "insert into entry select 77, 'slipped in', kind, programme, currency, effective_on,"
            " recorded_at, fiscal_year, reason, source, null, content, null from entry"
            " where id = 1"
        )
    )


# What is changed, and the proofs that have to notice it.
TAMPERINGS: dict[str, tuple[Change, set[str]]] = {
    "amount of one posting": (
        "update posting set credit = credit + 1 where entry_id = 2 and line = 1",
        {"entries_balance", "balances_recomputed", "debits_equal_credits", "control_totals"},
    ),
    "both sides of an entry": (
        "update posting set debit = debit * 2, credit = credit * 2 where entry_id = 2",
        {"entries_balance", "balances_recomputed"},
    ),
    "sides, seal and balances alike": (
        "update posting set debit = debit * 2, credit = credit * 2, balance = balance * 2;"
        "update entry_seal set total = total * 2",
        {"digests"},
    ),
    "running balance": (
        "update posting set balance = balance + 1 where item = 2 and seq = 3",
        {"balances_recomputed"},
    ),
    "running balance hidden behind the next": (
        "update posting set balance = -5 where item = 2 and seq = 2",
        {"balances_recomputed", "nothing_below_zero"},
    ),
    "sequence": (
        "update posting set seq = seq + 5 where item = 2 and seq = 3",
        {"balances_recomputed"},
    ),
    "money moved to another person": (
        "update posting set item = 8 where entry_id in (2, 3) and item = 1",
        {"digests"},
    ),
    "money moved to another account": (
        "update posting set account_id = (select id from account where kind = 'advance'"
        " and programme = 'pension') where account_id = (select id from account"
        " where kind = 'bank' and programme = 'pension')",
        {"digests"},
    ),
    "line removed": (
        "delete from posting where entry_id = 2 and line = 2",
        {"entries_balance", "balances_recomputed", "debits_equal_credits"},
    ),
    "lines exchanged": (
        "update posting set line = line + 10 where entry_id = 2;"
        "update posting set line = 2 where entry_id = 2 and line = 11;"
        "update posting set line = 1 where entry_id = 2 and line = 12;"
        "update posting set line = 3 where entry_id = 2 and line = 13",
        {"digests"},
    ),
    "date of an entry": ("update entry set effective_on = '2026-09-30' where id = 2", {"digests"}),
    "moment of an entry": (
        "update entry set recorded_at = '2026-09-30T08:30:00.000000+00:00' where id = 2",
        {"digests"},
    ),
    "reason of an entry": ("update entry set reason = 'x' where id = 2", {"digests"}),
    "source of an entry": ("update entry set source = 'x' where id = 2", {"digests"}),
    "recipe of an entry": ("update entry set kind = 'x' where id = 2", {"digests"}),
    "key of an entry": ("update entry set key = 'x' where id = 2", {"digests"}),
    "content of a key": ("update entry set content = 'x' where id = 2", {"digests"}),
    "currency of an entry": (
        "update entry set currency = 'USD' where id = 2",
        {"entries_balance"},
    ),
    "programme of an entry": (
        "update entry set programme = 'merit' where id = 2",
        {"entries_balance"},
    ),
    "fiscal year of an entry": ("update entry set fiscal_year = 2025 where id = 2", {"chain"}),
    "digest with its entry": (
        "update entry set reason = 'x' where id = 2;"
        "update entry_seal set digest = 'x' where entry_id = 2",
        {"digests", "chain"},
    ),
    "entry slipped in": (_insert_entry, {"entries_balance"}),
    "postings of no entry": (
        "insert into posting select 88, line, account_id, item, seq + 50, debit, credit, balance"
        " from posting where entry_id = 1",
        {"entries_balance", "balances_recomputed"},
    ),
    "seal removed": (
        "delete from entry_seal where entry_id = 2",
        {"entries_balance", "chain"},
    ),
    "seal of no entry": (
        "insert into entry_seal values (77, 2, 5, 'x')",
        {"entries_balance"},
    ),
    "entry removed": (
        "delete from posting where entry_id = 2; delete from entry_seal where entry_id = 2;"
        "delete from entry where id = 2",
        {"chain", "balances_recomputed"},
    ),
    "guard of an account": ("update account set guard = 0 where kind = 'bank'", {"chart"}),
    "path of an account": (
        "update account set path = 'bank/x' where kind = 'bank' and programme = 'pension'",
        {"chart", "digests"},
    ),
    "currency of an account": (
        "update account set currency = 'USD' where kind = 'bank'",
        {"entries_balance"},
    ),
    "link": ("update chain_link set link = 'x' where position = 2", {"chain", "anchors"}),
    "last link": ("update chain_link set link = 'x' where position = 6", {"chain", "anchors"}),
    "voucher": ("update chain_link set voucher = 99 where position = 2", {"chain"}),
    "position": ("update chain_link set position = 99 where position = 2", {"chain", "anchors"}),
    "order of the chain": (_swap_links, {"chain"}),
    "gap in the chain": ("delete from chain_link where position = 2", {"chain", "anchors"}),
    "tail of the chain": ("delete from chain_link where position > 4", {"anchors"}),
    "tail of the journal": (_drop_last_entry, {"anchors"}),
    "chain rewritten": (_drop_last_entry_and_rewrite, {"anchors"}),
    "everything deleted": (
        "delete from chain_link; delete from posting; delete from entry_seal; delete from entry",
        {"anchors"},
    ),
    "whole entry slipped into the chain": (_slip_into_the_chain, {"anchors"}),
    "amount forged throughout": (_forge_all, {"anchors"}),
    "entry written into a closed month": (_late_entry("2026-08-20"), {"closed_periods"}),
    "account moved on its closed day": (
        "insert into closed_day select min(account_id), '2099-01-01',"
        " '2000-01-01T00:00:00.000000+00:00' from posting",
        {"closed_periods"},
    ),
    "closed month opened": ("delete from closed_period", {"anchors"}),
    "other month closed": ("update closed_period set period = '2026-07'", {"anchors"}),
    "month of another programme closed": (
        "update closed_period set programme = 'merit'",
        {"anchors"},
    ),
    "place of a close": ("update closed_period set position = 3", {"anchors"}),
    "moment of a close": (
        "update closed_period set closed_at = '2026-09-02T00:00:00.000000+00:00'",
        {"anchors"},
    ),
    "close behind entries of its month": (
        "insert into closed_period select programme, '2026-10', closed_at, 2, 3 from closed_period",
        {"closed_periods"},
    ),
    "control total": (
        "update control_total set debits = debits + 1 where kind = 'bank'",
        {"control_totals"},
    ),
    "control total removed": (
        "delete from control_total where kind = 'payable'",
        {"control_totals"},
    ),
    "correction of an entry": ("update entry set corrects_id = 1 where id = 3", {"digests"}),
    "reversal of an entry": (
        "update entry set reverses_id = 1 where id = 3",
        {"digests", "reversals"},
    ),
    "payable that need not be owed": (
        "update account set itemised = 0 where kind = 'payable'",
        {"chart"},
    ),
    "account of another unit": (
        "update account set unit = '99999' where kind = 'bank'",
        {"chart"},
    ),
}
