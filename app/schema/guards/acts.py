"""Whose act a row stands on: that officer's own, of that very step, and of one round only.

So what the database asks of an act (its hours, a factor that is not new, one code for one act)
holds of every submission, approval and release, and none of an earlier round comes back to life.
"""

from __future__ import annotations

from app.schema.guards.guard import Guard


def _own(table: str, thing: str, officer: str, step: str) -> Guard:
    return Guard(
        f"{table}_own_act",
        table,
        f"""not exists (select 1 from {{schema}}act a where a.id = new.act_id
      and a.officer_id = new.{officer} and a.step = {step})
    or exists (select 1 from {{schema}}{table} r where r.{thing} = new.{thing}
      and r.act_id = new.act_id and r.round <> new.round)""",
        f"{table}: not an act of this officer, step and round",
        "insert",
    )


GUARDS = (
    _own("payroll_round", "payroll_id", "maker_id", "'submit'"),
    _own("approval", "payroll_id", "officer_id", "new.step"),
    _own("batch_release", "batch_id", "officer_id", "'release'"),
)
