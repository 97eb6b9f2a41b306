"""Every table of the house, and what may happen to its rows: the lists that rules are made from."""

from __future__ import annotations

from collections.abc import Mapping

import app.access.factor_tables as factors
import app.access.identity_tables as identities
import app.access.link_tables as links
import app.access.role_tables as roles
import app.access.sign_in_tables as sign_in
import app.access.tables as access
import app.audit.tables as audit
import app.beneficiaries.about_tables as about_people
import app.beneficiaries.history_tables as people_before
import app.beneficiaries.import_tables as lists
import app.beneficiaries.tables as beneficiaries
import app.benefits.tables as benefits
import app.cashless.tables as cashless
import app.channels.inbound_tables as calls
import app.channels.tables as channels
import app.checks.tables as checks
import app.complaints.sample_tables as samples
import app.complaints.tables as complaints
import app.disbursement.bench_tables as bench
import app.disbursement.charge_tables as charges
import app.disbursement.evidence_tables as evidence
import app.disbursement.handover_tables as by_hand
import app.disbursement.line_tables as by_line
import app.disbursement.lump_tables as lumps
import app.disbursement.recovery_tables as recoveries
import app.disbursement.rule_tables as line_rules
import app.disbursement.sending_tables as sending
import app.disbursement.settling.tables as settling
import app.disbursement.tables as disbursement
import app.disbursement.year_end.tables as year_end
import app.doubles.tables as doubles
import app.events.tables as events
import app.hotline.tables as hotline
import app.messaging.tables as messages
import app.payroll.approval_tables as approvals
import app.payroll.barred_tables as barred
import app.payroll.hours_tables as hours
import app.payroll.limit_tables as limits
import app.payroll.tables as payrolls
import app.schedule.run_tables as jobs
import app.schedule.tables as schedule
import app.self_service.tables as self_service
import app.signing.tables as signing
import app.takeover.tables as takeover
import app.tasks.tables as tasks
import app.units.tables as units
import ledger.tables as books
import reconciliation.closed_days as bank_days
import reconciliation.tables as bank_side
from app.schema.of_lines import OF_LINES, UNDONE

# Every module that adds tables to the one metadata; to name them here is to import them.
TABLES = (
    about_people,
    access,
    approvals,
    audit,
    bank_days,
    bank_side,
    barred,
    beneficiaries,
    benefits,
    books,
    by_hand,
    calls,
    checks,
    cashless,
    channels,
    charges,
    complaints,
    disbursement,
    recoveries,
    doubles,
    events,
    evidence,
    factors,
    hotline,
    hours,
    jobs,
    limits,
    line_rules,
    identities,
    links,
    lists,
    lumps,
    messages,
    payrolls,
    people_before,
    roles,
    samples,
    sending,
    settling,
    sign_in,
    signing,
    schedule,
    self_service,
    takeover,
    tasks,
    units,
    bench,
    by_line,
    year_end,
)

# Facts that are written once: table to its unique keys (as OR REPLACE would see them).
APPEND_ONLY: Mapping[str, str] = {
    "act": "id = new.id or (officer_id = new.officer_id and timecode = new.timecode)",
    "approval": "payroll_id = new.payroll_id and round = new.round and officer_id = new.officer_id",
    "approval_rule": "id = new.id or (joint_id = new.joint_id and programme = new.programme"
    " and unit_code = new.unit_code and kind = new.kind and ordinal = new.ordinal)",
    "payroll_round": "payroll_id = new.payroll_id and round = new.round",
    "payroll_step": "payroll_id = new.payroll_id and round = new.round and ordinal = new.ordinal",
    "payroll_return": "payroll_id = new.payroll_id and round = new.round",
    "payroll_exclusion": "id = new.id or (payroll_id = new.payroll_id and line = new.line)",
    "payroll_undo": "payroll_id = new.payroll_id or successor_id = new.successor_id"
    " or joint_id = new.joint_id",
    "payment_limit": "id = new.id or joint_id = new.joint_id",
    "approval_hours": "id = new.id or joint_id = new.joint_id",
    "payroll_barred": "payroll_id = new.payroll_id and officer_id = new.officer_id"
    " and why = new.why and until = new.until",
    "audit_event": "id = new.id",
    "audit_link": "position = new.position or event_id = new.event_id",
    "change_limit": "id = new.id or joint_id = new.joint_id",
    "flag_decision": "id = new.id or (flag_id = new.flag_id"
    " and digest = new.digest and officer_id = new.officer_id)",
    "destination": "id = new.id or (person_id = new.person_id and version = new.version)",
    "obligation": "id = new.id or (programme = new.programme and person_id = new.person_id"
    " and period = new.period and component = new.component)",
    "arrears_grant": "id = new.id or (enrolment_id = new.enrolment_id"
    " and first_period = new.first_period and ((period = new.period"
    " and list_number = new.list_number)"
    " or (is_decree = 1 and new.is_decree = 1 and basis = new.basis)))",
    "enrolment_change": "id = new.id or (enrolment_id = new.enrolment_id"
    " and period = new.period and field = new.field)",
    "overpayment": "id = new.id or (person_id = new.person_id and programme = new.programme"
    " and component = new.component and month = new.month and period = new.period)",
    "check_asked": "request_id = new.request_id and (line = new.line or person_id = new.person_id)",
    "check_answer": "id = new.id or (request_id = new.request_id and sha256 = new.sha256)",
    "check_result": "id = new.id or (request_id = new.request_id and line = new.line)",
    "death_notice": "id = new.id or result_id = new.result_id",
    "death_verdict": "notice_id = new.notice_id or act_id = new.act_id",
    "household_poverty": "id = new.id or (household_id = new.household_id"
    " and from_period = new.from_period and level = new.level)",
    "disability": "id = new.id or (person_id = new.person_id"
    " and certificate = new.certificate and degree = new.degree and kind = new.kind)",
    "payee": "id = new.id or (person_id = new.person_id and version = new.version)",
    "destination_order": "person_id = new.person_id and version = new.version"
    " and (rank = new.rank or destination_id = new.destination_id)",
    "destination_check": "id = new.id",
    "destination_mark": "destination_id = new.destination_id",
    "citizen_change": "id = new.id or old_key = new.old_key",
    "person_change": "id = new.id",
    "doubt_person": "doubt_id = new.doubt_id and person_id = new.person_id",
    "doubt_decision": "id = new.id or act_id = new.act_id or second_act_id = new.second_act_id"
    " or replaces_id = new.replaces_id or (doubt_id = new.doubt_id and replaces_id is null"
    " and new.replaces_id is null)",
    "area_change": "old_code = new.old_code",
    "dependant": "id = new.id or (person_id = new.person_id and number = new.number"
    " and version = new.version)",
    "payment_confirmation": "id = new.id",
    "verification_sample": "id = new.id or (period = new.period and area_code = new.area_code)",
    "verification_draw": "sample_id = new.sample_id",
    "verification_row": "sample_id = new.sample_id"
    " and (ordinal = new.ordinal or payment_id = new.payment_id)",
    "verification_visit": "sample_id = new.sample_id and ordinal = new.ordinal and turn = new.turn",
    "complaint_step": "complaint_id = new.complaint_id and seq = new.seq",
    "message_wish": "id = new.id",
    "hotline_lookup": "id = new.id",
    "hotline_hit": "lookup_id = new.lookup_id and (ordinal = new.ordinal"
    " or person_id = new.person_id)",
    "hotline_check": "lookup_id = new.lookup_id",
    "hotline_verdict": "lookup_id = new.lookup_id",
    "hotline_resend": "id = new.id or lookup_id = new.lookup_id",
    "hotline_call": "id = new.id or lookup_id = new.lookup_id",
    "hotline_attempt": "call_id = new.call_id and ordinal = new.ordinal",
    "answered_question": "inbound_id = new.inbound_id and person_id = new.person_id",
    "life_event_decision": "event_id = new.event_id and (side = new.side"
    " or officer_id = new.officer_id)",
    "study": "id = new.id or (person_id = new.person_id and number = new.number"
    " and studying_until = new.studying_until)",
    "transfer": "event_id = new.event_id",
    "erasure": "id = new.id or person_id = new.person_id",
    "bank_case_line": "bank_line_id = new.bank_line_id",
    **recoveries.WRITTEN_ONCE,
    "enquiry": "batch_id = new.batch_id and number = new.number",
    "batch_event": "batch_id = new.batch_id and seq = new.seq",
    "batch_release": "batch_id = new.batch_id and officer_id = new.officer_id"
    " and round = new.round",
    "restoration": "id = new.id or hold_id = new.hold_id",
    "handed_over": "restoration_id = new.restoration_id and ordinal = new.ordinal",
    "comparison": "id = new.id",
    "hold_clearing": "id = new.id or act_id = new.act_id",
    "closing": "period = new.period and fund = new.fund and programme = new.programme"
    " and unit = new.unit and provider = new.provider",
    "bank_day": "provider = new.provider and account = new.account and day = new.day",
    "provider_settlement": "id = new.id or (period = new.period and fund = new.fund"
    " and programme = new.programme and unit = new.unit and provider = new.provider)",
    "provider_loss": "id = new.id or joint_id = new.joint_id or entry_id = new.entry_id"
    " or (report = new.report and fund = new.fund and programme = new.programme"
    " and unit = new.unit and provider = new.provider)",
    "loss_repayment": "id = new.id or joint_id = new.joint_id or entry_id = new.entry_id"
    " or (loss_id = new.loss_id and document = new.document)",
    "unspent_return": "id = new.id or joint_id = new.joint_id or entry_id = new.entry_id"
    " or due_entry_id = new.due_entry_id or (slip = new.slip and fund = new.fund"
    " and programme = new.programme and unit = new.unit and provider = new.provider)",
    "month_close": "period = new.period or joint_id = new.joint_id",
    "joint_act": "id = new.id or act_one = new.act_one or act_two = new.act_two",
    "year_closing": "year = new.year and path = new.path",
    "carry_over": "id = new.id or act_id = new.act_id",
    "treasury_due": "id = new.id or entry_id = new.entry_id or (joint_id = new.joint_id"
    " and fund = new.fund and programme = new.programme and unit = new.unit"
    " and provider = new.provider and recipe = new.recipe)",
    "treasury_refund": "id = new.id or entry_id = new.entry_id or joint_id = new.joint_id"
    " or (slip = new.slip and fund = new.fund and programme = new.programme"
    " and unit = new.unit and provider = new.provider)",
    "take_over": "id = new.id or digest = new.digest or act_id = new.act_id",
    "take_over_balance": "id = new.id or (take_over_id = new.take_over_id and line = new.line)",
    "take_over_unpaid": "take_over_id = new.take_over_id and (line = new.line"
    " or (person_id = new.person_id and programme = new.programme and period = new.period"
    " and component = new.component))",
    "take_over_acceptance": "take_over_id = new.take_over_id or act_id = new.act_id",
    "token_file": "id = new.id or sha256 = new.sha256 or act_id = new.act_id",
    "token": "id = new.id or serial = new.serial",
    "token_block": "token_id = new.token_id",
    "factor": "id = new.id or token_id = new.token_id or joint_id = new.joint_id"
    " or (officer_id = new.officer_id and number = new.number)",
    "code_failure": "id = new.id",
    "enrolment_link": "id = new.id or digest = new.digest or joint_id = new.joint_id",
    "enrolment_link_use": "link_id = new.link_id or act_id = new.act_id",
    "recovery_code": "digest = new.digest or (officer_id = new.officer_id"
    " and batch = new.batch and ordinal = new.ordinal)",
    "recovery_use": "digest = new.digest",
    "officer_identity": "joint_id = new.joint_id"
    " or (officer_id = new.officer_id and number = new.number)",
    "officer_password": "officer_id = new.officer_id and number = new.number",
    "officer_switch": "joint_id = new.joint_id"
    " or (officer_id = new.officer_id and number = new.number)",
    "role_grant": "id = new.id or joint_id = new.joint_id",
    "role_end": "grant_id = new.grant_id or act_id = new.act_id or joint_id = new.joint_id",
    "account_campaign": "id = new.id or name = new.name",
    "account_target": "campaign_id = new.campaign_id and area_code = new.area_code",
    "account_request": "id = new.id or digest = new.digest",
    "account_request_line": "reference = new.reference or (request_id = new.request_id"
    " and (line = new.line or person_id = new.person_id))",
    "account_answer": "id = new.id or sha256 = new.sha256",
    "account_answer_line": "destination_id = new.destination_id or (request_id = new.request_id"
    " and line = new.line and (state = new.state or old_state = new.old_state))",
    "channel": "id = new.id or act_id = new.act_id"
    " or (provider = new.provider and version = new.version)",
    "handover": "id = new.id or batch_id = new.batch_id or act_id = new.act_id",
    "handover_receipt": "handover_id = new.handover_id or act_id = new.act_id",
    "channel_confirmation": "channel_id = new.channel_id or act_id = new.act_id",
    "calendar_day": "id = new.id or joint_id = new.joint_id",
    "period_lock": "id = new.id",
    "period_unlock": "lock_id = new.lock_id or joint_id = new.joint_id",
    "reminder": "id = new.id or (slot = new.slot and step = new.step"
    " and officer_id = new.officer_id)",
    "job_since": "job = new.job",
    "account_follow_up": "destination_id = new.destination_id and result = new.result",
    "issued_document": "id = new.id or code = new.code or (unit_code = new.unit_code"
    " and kind = new.kind and year = new.year and number = new.number)",
    "issued_file": "id = new.id or sha256 = new.sha256",
    "superseded_document": "document_id = new.document_id or by_id = new.by_id",
    "signed_document": "id = new.id or (document_id = new.document_id"
    " and verdict = 'accepted' and new.verdict = 'accepted')",
    "signed_by": "signed_id = new.signed_id and (field = new.field"
    " or certificate = new.certificate)",
    **OF_LINES,
}

# Rows that may move on but never vanish.
KEPT = (
    "allotment",
    "bank_case",
    "banned_account",
    "batch",
    "bench_place",
    "check_request",
    "complaint",
    "contract",
    "contract_route",
    "decision",
    "department",
    "doubt",
    "enrolment",
    "field_source",
    "flag",
    "fund",
    "funding_request",
    "heading_mapping",
    "hold",
    "household",
    "import_file",
    "inbound_event",
    "inbound_file",
    "inbound_message",
    "instruction",
    "job_run",
    "life_event",
    "long_answer",
    "message",
    "message_count",
    "message_mark",
    "officer",
    "own_session",
    "paying_unit",
    "payroll",
    "period_gate",
    "person",
    "programme",
    "provider",
    "repair",
    "repeated_file",
    "scheduler_seen",
    "suspense_item",
    "trouble",
    "web_session",
    "web_task",
    *UNDONE,
)

# Tables whose rows move on: they change by the rules below, never by INSERT OR REPLACE.
NO_REPLACE: Mapping[str, str] = {
    "bank_case": "id = new.id or bank_line_id = new.bank_line_id or act_id = new.act_id"
    " or end_act_id = new.end_act_id or (instruction_id = new.instruction_id"
    " and kind = 'recall' and new.kind = 'recall' and state = 'open')",
    "bridge": "payroll_id = new.payroll_id and cause = new.cause",
    "bridge_left": "payroll_id = new.payroll_id and line_id = new.line_id",
    "check_request": "id = new.id or code = new.code",
    "complaint": "id = new.id or (person_id = new.person_id and kind = new.kind"
    " and coalesce(payment_id, 0) = coalesce(new.payment_id, 0) and state <> 'closed')",
    "contract": "id = new.id or number = new.number"
    " or (provider = new.provider and account = new.account)",
    "provider": "code = new.code",
    "payroll": "id = new.id or (period = new.period and unit_code = new.unit_code"
    " and programme = new.programme and kind = new.kind and number = new.number)",
    "payroll_line": "id = new.id or (payroll_id = new.payroll_id and line = new.line)"
    " or (payroll_id = new.payroll_id and obligation_id = new.obligation_id)",
    "batch": "id = new.id or message_id = new.message_id"
    " or (payroll_id = new.payroll_id and contract_id = new.contract_id and number = new.number)",
    "instruction": "id = new.id or reference = new.reference or replaces_id = new.replaces_id"
    " or (obligation_id = new.obligation_id and attempt = new.attempt)",
    "flag": "id = new.id or (payroll_id = new.payroll_id and kind = new.kind)",
    "hold": "id = new.id",
    "doubt": "id = new.id or (subject = new.subject and facts = new.facts)",
    "life_event": "id = new.id or digest = new.digest",
    "inbound_event": "id = new.id or (provider = new.provider and event_id = new.event_id"
    " and body_digest = new.body_digest)",
    "inbound_file": "id = new.id or (provider = new.provider and sha256 = new.sha256)",
    "inbound_message": "id = new.id or (gateway = new.gateway and kind = new.kind"
    " and name = new.name)",
    "message": "id = new.id or (kind = new.kind and event_id = new.event_id)",
    "message_count": "day = new.day and scope = new.scope and key = new.key",
    "message_mark": "kind = new.kind and subject = new.subject",
    "officer": "id = new.id or username = new.username or person_key = new.person_key",
    "bench_place": "officer_id = new.officer_id",
    "own_session": "id_digest = new.id_digest",
    "web_session": "id_digest = new.id_digest or act_id = new.act_id",
    "web_task": "id = new.id",
    **UNDONE,
}
