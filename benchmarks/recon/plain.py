"""The same rows by plain statements, in a database without its rules: the floor.

One statement each for verdicts, outcomes and states of all files together, then an entry of two
postings and a seal for each account; no digest is made of what was written.
"""

from __future__ import annotations

from sqlalchemy import text

from app.schema import drop_rules
from benchmarks.ledger.books import opened
from benchmarks.measure import Measured, measured

_LINES = (
    "from bank_line l join instruction i on i.reference = l.reference"
    " and l.amount = -i.amount where l.kind = 'booked'"
)
_STATEMENTS = (
    "insert into line_match (bank_line_id, verdict, pass_name, target_id, why)"
    f" select l.id, 'settled', 'reference-debit', i.id, 'mã và số tiền khớp' {_LINES}",
    "insert into entry (key, kind, programme, currency, effective_on, recorded_at, fiscal_year,"
    " reason, source, content) select 'plain:' || id, 'settle_bank', programme, 'VND', {day},"
    " {moment}, 2026, 'x', 'plain', 'x' from contract",
    "insert into posting (entry_id, line, account_id, item, debit, credit, seq, balance)"
    " select e.id, a.guard, a.id, 0, case a.guard when 1 then b.total else 0 end,"
    " case a.guard when 1 then 0 else b.total end, 9, 0 from contract c"
    " join batch b on b.contract_id = c.id join entry e on e.key = 'plain:' || c.id"
    " join account a on a.path in ('transit/local/pension/' || c.unit_code || '/bank',"
    " 'bank/local/pension/' || c.unit_code || '/bank')",
    "insert into entry_seal (entry_id, postings, total, digest)"
    " select e.id, 2, b.total, 'x' from batch b join entry e on e.key = 'plain:' || b.contract_id",
    "insert into outcome (instruction_id, state, bank_line_id, source, word, evidence, reason,"
    " happened_on, posted_on, recorded_at, entry_id) select i.id, 'settled', l.id, 'booked_debit',"
    " '*', l.kind, l.reason, l.booked_on, l.booked_on, {moment}, e.id"
    " from bank_line l join line_match m on m.bank_line_id = l.id"
    " join instruction i on i.id = m.target_id join batch b on b.id = i.batch_id"
    " join entry e on e.key = 'plain:' || b.contract_id",
    "update instruction set state = 'settled' where id in (select target_id from line_match)",
)
_DAY, _MOMENT = "'2026-10-06'", "'2026-10-08T11:00:00.000000+00:00'"


def debits(url: str, server_pid: int | None) -> Measured:
    """Match and write all debits in one transaction."""
    with opened(url, owner=True) as database:
        casts = ("", "") if database.is_sqlite else ("::date", "::timestamptz")
        told = {"day": _DAY + casts[0], "moment": _MOMENT + casts[1]}
        with database.engine.begin() as connection:
            drop_rules(connection)
        with measured(server_pid) as cost, database.engine.begin() as connection:
            for one in _STATEMENTS:
                connection.execute(text(one.format(**told)))
            if connection.execute(text("select count(*) from outcome")).scalar_one() == 0:
                raise SystemExit("the plain statements matched nothing")
    return cost
