"""Payrolls go on when what is doubtful about them was answered; their bridges then stand."""

from __future__ import annotations

from app.schema.guards.guard import Guard

# A blocking flag must be gone, or accepted by somebody else than the maker over these very people.
_ANSWERED = """select 1 from {schema}flag_decision d where d.flag_id = f.id and d.digest = f.digest
      and d.officer_id is distinct from new.maker_id"""
_STANDING = "select 1 from {schema}flag f where f.payroll_id = new.id and f.gone_at is null"

_BLOCKED = Guard(
    "payroll_answered_blocking",
    "payroll",
    f"""old.state = 'draft' and new.state not in ('draft', 'void') and exists (
    {_STANDING} and f.is_blocking = 1 and not exists ({_ANSWERED} and d.choice = 'accepted'))""",
    "payroll: a blocking flag stands",
)

_UNSEEN = Guard(
    "payroll_answered_seen",
    "payroll",
    f"""old.state = 'submitted' and new.state = 'checked' and exists (
    {_STANDING} and not exists ({_ANSWERED}))""",
    "payroll: a flag was not seen",
)


def _drafted(table: str, act: str) -> Guard:
    row = "old" if act == "delete" else "new"
    return Guard(
        f"{table}_{act}_draft",
        table,
        "exists (select 1 from {schema}payroll p"
        f" where p.id = {row}.payroll_id and p.state <> 'draft')",
        f"{table}: only a draft is explained anew",
        act,
    )


GUARDS = (
    _BLOCKED,
    _UNSEEN,
    *(_drafted(table, act) for table in ("bridge", "bridge_left") for act in ("insert", "delete")),
)
