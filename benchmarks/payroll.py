"""A month's payrolls at the scale of a large province: `python -m benchmarks payroll`.

Made-up people of two months: what they are due stands in the tables already, since entitlements are
measured by `benefits`. September's lists are open; October's are opened with their bridge and their
flags, by the functions that the service uses, in one unit of work. In October one in twenty is
gone (of four causes), one in twenty is new, everybody's level rose, one in ten has arrears, and one
in fifty has another account. Then the digest of all lines, and the printed list of one commune.
"""

from __future__ import annotations

import argparse
import io
from datetime import datetime

from sqlalchemy import select, text

from app.clock import TIME_ZONE
from app.disbursement.selects import open_again
from app.migrations.upgrade import upgrade
from app.payroll.bridge import build
from app.payroll.digest import lines_digests
from app.payroll.flags import raise_flags
from app.payroll.runs import open_monthly
from app.payroll.tables import payroll
from app.statements.payroll_document import write_payroll_list
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place, place
from benchmarks.measure import Measured, measured
from ledger.bulk import refresh_statistics
from ledger.schema import metadata

PEOPLE = 1_000_000
A_LIST = 3_000
BEFORE, MONTH = "2026-09", "2026-10"
NOW = datetime(2026, 9, 20, 8, tzinfo=TIME_ZONE)
OPENING_SECONDS_MAX = 60
DIGEST_SECONDS_MAX = 10
PAPER_SECONDS_MAX = 4
MEMORY_MB_MAX = 400
MARGINAL_MAX = 1.2
STEPS = ("opening", "bridge", "flags", "digest")
_NUMBERS = "with recursive n(i) as (select 1 union all select i + 1 from n where i < {count})"

PLACES = (
    "insert into fund (code, name) values ('local', 'x')",
    "insert into programme (code, name, fund, purpose) values ('pension', 'x', 'local', 'x')",
    "insert into provider (code, name, adapter, holds_advance, is_sandbox)"
    " values ('bank', 'x', 'iso20022', 0, 1)",
    "insert into paying_unit (code, name, kind, area_code, budget_code, sort_key)"
    " {numbers} select 'u' || i, 'x', 'commune', 'u' || i, i, 'x' from n",
    "insert into contract (id, number, unit_code, programme, fund, provider, account, methods,"
    " fee_per_ten_thousand, due_day, settlement_day, valid_from)"
    " {numbers} select i, i, 'u' || i, 'pension', 'local', 'bank', 'a' || i, 'account', 0, 10, 19,"
    " '2025-01-01' from n",
    "insert into contract_route (unit_code, programme, method, bank_bin, contract_id)"
    " {numbers} select 'u' || i, 'pension', 'account', '999001', i from n",
)
PEOPLE_SQL = (
    "insert into person (id, citizen_key, citizen_cipher, citizen_tail, name, sort_key, search_key,"
    " birth, sex, ethnicity, area_code, hamlet, destination_id) {numbers}"
    " select i, 'key' || i, {blob}, '000', 'SYNTHETIC ' || i, 's' || (i % 100003 * 7919 % 100003),"
    " 'synthetic', '1950', 'F', 'Kinh', {unit}, 'T1', i from n",
    "insert into destination (id, person_id, version, method, bank_bin, account_key, account_tail,"
    " holder, source, recorded_at) {numbers}"
    " select i, i, case when i % 50 = 0 then 2 else 1 end, 'account', '999001', 'acc' || i,"
    " '0001', 'SYNTHETIC', 'import', {moment} from n",
    "insert into enrolment (id, person_id, programme, group_code, table_key, area_code,"
    " decision_number, decision_on, start_period, stop_period, stop_cause, stop_decision,"
    " seen_period, known_period, changed_period) {numbers}"
    " select i, i, 'pension', 'P1', '', {unit}, i || '/QD', '2026-01-01',"
    " '2026-01', case when i % 20 = 0 then '2026-09' end,"
    " case i % 80 when 0 then 'death' when 20 then 'move_out' else '' end,"
    " case i % 80 when 40 then 'Q' else '' end, '2026-10', '2026-09', '2026-09' from n",
)
OWED = (
    "insert into obligation (programme, person_id, period, component, enrolment_id, unit_code,"
    " regular, arrears, amount, arrears_basis, reason) {numbers}"
    " select 'pension', i, '{period}', 'monthly', i, {unit}, {level},"
    " {arrears}, {level} + {arrears}, case when {arrears} > 0 then 'ND' else '' end, 'r' from n"
    " where i % 20 <> {gone}"
)


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks payroll")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("payroll", f"the payrolls of {chosen.people:,} made-up people")
    for kind in chosen.database or KINDS:
        with place(kind) as where:
            few, many = (_month(where, one) for one in (chosen.people // 10, chosen.people))
        _rows(bench, kind, few, many)
        bench.write()
    return bench


def _rows(bench: Bench, kind: str, few: dict[str, Measured], many: dict[str, Measured]) -> None:
    for step in (*STEPS, "paper"):
        bench.row(f"{kind}: {step}, CPU", many[step].cpu_seconds, "s")
    opening = sum(many[step].wall_seconds for step in STEPS[:3])
    bench.row(f"{kind}: opened with bridge and flags, wall", opening, "s")
    spent, first = (sum(one[step].cpu_seconds for step in STEPS[:3]) for one in (many, few))
    name = f"{kind}: opened with bridge and flags"
    bench.row(f"{name}, CPU", spent, "s", at_most=OPENING_SECONDS_MAX)
    marginal = (spent - first) / 9 / first
    bench.row(f"{name}: a further tenth against the first", marginal, "x", at_most=MARGINAL_MAX)
    digest = many["digest"].cpu_seconds
    bench.row(f"{kind}: digest of all lines, CPU", digest, "s", at_most=DIGEST_SECONDS_MAX)
    paper = many["paper"].cpu_seconds
    bench.row(f"{kind}: a list of {A_LIST:,} printed", paper, "s", at_most=PAPER_SECONDS_MAX)
    peak = max(one.peak_mb for one in many.values())
    bench.row(f"{kind}: largest process", peak, "MB", at_most=MEMORY_MB_MAX)


def _month(where: Place, people: int) -> dict[str, Measured]:
    url = where.create()
    apart(make_lists, url, people)
    where.checkpoint()
    costs = apart(_open, url, where.server_pid)
    costs["digest"] = apart(_digest, url, where.server_pid)
    costs["paper"] = apart(_paper, url, where.server_pid)
    where.drop(url)
    return costs


def make_lists(url: str, people: int) -> None:
    """The people, what they are due for two months, and the lists of the first."""
    units = max(1, people // A_LIST)
    with opened(url, owner=True) as database:
        upgrade(database.engine)
        moment = "'2026-09-10T00:00:00.000000+00:00'"
        # A register is loaded list by list, so that the people of a unit stand together in it.
        unit = f"'u' || (1 + (i - 1) * {units} / {people})"
        told = {"unit": unit, "numbers": _NUMBERS.format(count=people)}
        told["blob"] = "x'00'" if database.is_sqlite else "'\\x00'::bytea"
        told["moment"] = moment if database.is_sqlite else f"{moment}::timestamptz"
        with database.engine.begin() as connection:
            for statement in PLACES:
                numbers = _NUMBERS.format(count=units)
                connection.execute(text(_on(statement.format(numbers=numbers), database.is_sqlite)))
            for statement in PEOPLE_SQL:
                connection.execute(text(_on(statement.format(**told), database.is_sqlite)))
            for period, level, arrears, gone in (
                (BEFORE, 500_000, "0", 1),
                (MONTH, 540_000, "case when i % 10 = 3 then 120000 else 0 end", 0),
            ):
                values = {"period": period, "level": level, "arrears": arrears, "gone": gone}
                connection.execute(text(OWED.format(**told, **values)))
            if not database.is_sqlite:
                connection.execute(text("analyze"))
        with database.unit_of_work() as session:
            open_monthly(session, BEFORE, open_again(), NOW)
            refresh_statistics(session, payroll, metadata.tables["payroll_line"])


def _on(statement: str, is_sqlite: bool) -> str:
    """PostgreSQL asks for the types that SQLite takes from the column."""
    if is_sqlite:
        return statement
    return (
        statement.replace("'2025-01-01'", "'2025-01-01'::date")
        .replace("'2026-01-01'", "'2026-01-01'::date")
        .replace("select i, i, 'u'", "select i, i::text, 'u'")
        .replace("'u' || i, i, 'x'", "'u' || i, i::text, 'x'")
    )


def _open(url: str, server_pid: int | None) -> dict[str, Measured]:
    costs = {}
    with opened(url, owner=True) as database, database.unit_of_work() as session:
        with measured(server_pid) as costs["opening"]:
            open_monthly(session, MONTH, open_again(), NOW)
            refresh_statistics(session, payroll, metadata.tables["payroll_line"])
        with measured(server_pid) as costs["bridge"]:
            build(session, MONTH)
        with measured(server_pid) as costs["flags"]:
            raise_flags(session, MONTH, NOW)
    return costs


def _digest(url: str, server_pid: int | None) -> Measured:
    with opened(url, owner=True) as database, database.view() as session:
        ids = list(session.scalars(select(payroll.c.id).where(payroll.c.period == MONTH)))
        with measured(server_pid) as cost:
            lines_digests(session, ids)
    return cost


def _paper(url: str, server_pid: int | None) -> Measured:
    with opened(url, owner=True) as database, database.view() as session:
        query = select(payroll.c.id).where(payroll.c.period == MONTH).order_by(payroll.c.id)
        number = session.scalars(query.limit(1)).one()
        with measured(server_pid) as cost:
            write_payroll_list(session, number, io.BytesIO(), synthetic=True)
    return cost
