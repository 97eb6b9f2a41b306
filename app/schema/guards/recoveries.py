"""No decision to recover without a notice, no plan and no write-off without those who may."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_NOTICED = Guard(
    "recovery_decision_noticed",
    "recovery_decision",
    """not exists (select 1 from {schema}recovery_notice n where n.id = new.notice_id
    and n.person_id = new.person_id and n.programme = new.programme
    and n.unit_code = new.unit_code and n.answer_by < new.decided_on
    and n.amount >= new.amount)""",
    "recovery_decision: the person was told and had time to answer",
    "insert",
)

_BY_ONE = Guard(
    "recovery_notice_confirmed",
    "recovery_notice",
    """not exists (select 1 from {schema}act a where a.id = new.act_id
    and a.officer_id = new.officer_id and a.step = 'recovery_notice')""",
    "recovery_notice: an officer confirms it",
    "insert",
)

_PLANNED = Guard(
    "recovery_plan_by_two",
    "recovery_plan",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
    and j.step = 'recovery_plan' and j.about = 'recovery:' || new.decision_id)""",
    "recovery_plan: two officers confirm it",
    "insert",
)

_PROVINCE = Guard(
    "recovery_write_off_by_province",
    "recovery_write_off",
    """not exists (select 1 from {schema}joint_act j
    join {schema}role_grant g on g.officer_id = j.officer_two and g.role = 'approver'
      and g.unit_code = '' and g.kind <> 'emergency'
    where j.id = new.joint_id and j.step = 'recovery_write_off'
      and j.about = 'recovery:' || new.decision_id)""",
    "recovery_write_off: an approver for the whole province confirms it",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_NOTICED, _BY_ONE, _PLANNED, _PROVINCE)
