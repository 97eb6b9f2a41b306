"""What stands around a decision to recover: the notice before it, instalments, the write-off.

A decision is made after the person was told and had time to answer. He pays back as he can; only a
plan that two officers decided lays down instalments, and none above the legal share of what he is
granted a month. What cannot be recovered is written off for the whole province only.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table, Text, UniqueConstraint

from ledger.schema import STRICT, Day, Moment, Whole, metadata

recovery_notice = Table(
    "recovery_notice",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("number", Text, nullable=False),
    Column("sent_on", Day, nullable=False),
    Column("answer_by", Day, nullable=False),
    Column("way", Text, nullable=False),
    Column("person_id", Whole, ForeignKey("person.id"), nullable=False, index=True),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("unit_code", Text, ForeignKey("paying_unit.code"), nullable=False),
    Column("amount", Whole, nullable=False),
    Column("officer_id", Whole, ForeignKey("officer.id"), nullable=False),
    Column("act_id", Whole, ForeignKey("act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("number", "sent_on", "person_id", "programme"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("answer_by > sent_on", name="answer_by"),
    CheckConstraint("way in ('hand', 'post', 'posted')", name="way"),
    **STRICT,
)

# `income`: what the person was granted in the newest month, in VND; 0 for who is granted nothing
# any more, whose heirs pay as they agreed. The newest plan of a decision counts.
recovery_plan = Table(
    "recovery_plan",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("decision_id", Whole, ForeignKey("recovery_decision.id"), nullable=False, index=True),
    Column("number", Text, nullable=False),
    Column("decided_on", Day, nullable=False),
    Column("signer", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("monthly", Whole, nullable=False),
    Column("first_period", Text, nullable=False),
    Column("income", Whole, nullable=False),
    Column("share", Whole, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("decision_id", "number", "decided_on"),
    CheckConstraint("monthly > 0 and monthly <= amount", name="monthly"),
    CheckConstraint("share between 1 and 100", name="share"),
    CheckConstraint("income >= 0 and (income = 0 or monthly * 100 <= income * share)", name="most"),
    CheckConstraint("first_period like '____-__'", name="first_period"),
    **STRICT,
)

recovery_write_off = Table(
    "recovery_write_off",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("decision_id", Whole, ForeignKey("recovery_decision.id"), nullable=False),
    Column("number", Text, nullable=False),
    Column("decided_on", Day, nullable=False),
    Column("signer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("amount", Whole, nullable=False),
    Column("joint_id", Whole, ForeignKey("joint_act.id"), nullable=False, unique=True),
    Column("entry_id", Whole, nullable=False, unique=True),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("decision_id", "number"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("trim(reason) <> ''", name="reason"),
    **STRICT,
)

# A row of these that is there already: written once, replaced never.
WRITTEN_ONCE: Mapping[str, str] = {
    "recovery_decision": "id = new.id or joint_id = new.joint_id or entry_id = new.entry_id"
    " or (number = new.number and decided_on = new.decided_on and person_id = new.person_id"
    " and programme = new.programme)",
    "recovery_notice": "id = new.id or act_id = new.act_id or (number = new.number"
    " and sent_on = new.sent_on and person_id = new.person_id and programme = new.programme)",
    "recovery_plan": "id = new.id or joint_id = new.joint_id or (decision_id = new.decision_id"
    " and number = new.number and decided_on = new.decided_on)",
    "recovery_write_off": "id = new.id or joint_id = new.joint_id or entry_id = new.entry_id"
    " or (decision_id = new.decision_id and number = new.number)",
    "recovery_finding": "decision_id = new.decision_id and overpayment_id = new.overpayment_id",
    "recovery_receipt": "id = new.id or joint_id = new.joint_id or entry_id = new.entry_id"
    " or (decision_id = new.decision_id and document = new.document)",
}
