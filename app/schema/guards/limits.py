"""Limits of a line and of a day: two persons set them, and nothing above them goes on.

Looked up first, so that where nobody set one no line is read.
"""

from __future__ import annotations

from app.disbursement.states import BUILT, CANCELLED
from app.payroll.limit_tables import ACCOUNT_DAY, LINE_MONTH
from app.schema.guards.barred import NOT_GONE
from app.schema.guards.guard import Guard


def _in_force(measure: str, scope: str, day: str) -> str:
    """The id of the limit that counts: of the narrower scope, then the newest."""
    return f"""(select n.id from {{schema}}payment_limit n where n.measure = '{measure}'
      and n.scope in ({scope}, '') and n.from_day <= {day}
      order by n.scope desc, n.from_day desc, n.id desc limit 1)"""


_SET = Guard(
    "payment_limit_by_two",
    "payment_limit",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
    and j.step = 'limit' and j.about = 'limit:' || new.measure || ':' || new.scope)""",
    "payment_limit: two persons set it",
    "insert",
)

# The day on which the maker confirmed the round: by his act, not by what the round says of itself.
_SUBMITTED_ON = """(select {day[a.acted_at]} from {schema}payroll_round o
      join {schema}act a on a.id = o.act_id
      where o.payroll_id = new.id and o.round = new.round)"""

# Once for the line's own month, and once for each month of arrears in it.
_LINE = Guard(
    "payroll_line_limit",
    "payroll",
    f"""old.state = 'draft' and new.state = 'submitted' and new.kind <> 'campaign' and exists (
    select 1 from {{schema}}payment_limit m
    join {{schema}}payroll_line l on l.payroll_id = new.id and l.amount > m.amount
    where m.id = {_in_force(LINE_MONTH, "new.programme", _SUBMITTED_ON)}
      and l.amount > m.amount * (1 + (select coalesce(sum(g.months), 0)
        from {{schema}}obligation b join {{schema}}arrears_grant g
          on g.enrolment_id = b.enrolment_id and g.period = b.period
        where b.id = l.obligation_id)))""",
    "payroll: a line is above its limit",
)

_DAY = Guard(
    "batch_day_limit",
    "batch",
    f"""old.state = '{BUILT}' and new.state = 'released' and exists (
    select 1 from {{schema}}contract c join {{schema}}payment_limit m
      on m.id = {_in_force(ACCOUNT_DAY, "c.provider", "new.requested_on")}
    where c.id = new.contract_id and new.total + (select coalesce(sum(t.total), 0)
      from {{schema}}batch t join {{schema}}contract e on e.id = t.contract_id
      where e.provider = c.provider and e.account = c.account and t.id <> new.id
        and t.requested_on = new.requested_on and t.state not in ('{BUILT}', '{CANCELLED}'))
      > m.amount)
    and {NOT_GONE}""",
    "batch: above what may leave the account on that day",
)

GUARDS = (_SET, _LINE, _DAY)
