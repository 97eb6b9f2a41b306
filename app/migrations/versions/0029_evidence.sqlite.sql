-- What evidence may do as a table, cases, payments that never came; an outcome need not be a bank's line (SQLite).
-- Tables are written anew under their names: what refers to them is looked at when the upgrade is
-- committed, and finds every row again.

PRAGMA defer_foreign_keys = ON;

CREATE TABLE hold_before AS SELECT * FROM hold;

DROP TABLE hold;

CREATE TABLE hold (
    id INTEGER NOT NULL,
    scope TEXT NOT NULL,
    "key" TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    cleared_by INTEGER,
    cleared_too_by INTEGER,
    cleared_at TEXT,
    CONSTRAINT pk_hold PRIMARY KEY (id),
    CONSTRAINT ck_hold_scope CHECK (scope in ('global', 'provider', 'programme', 'unit', 'area', 'person', 'instruction')),
    CONSTRAINT ck_hold_two_clear CHECK (cleared_at is null or cleared_by <> cleared_too_by),
    CONSTRAINT fk_hold_cleared_by FOREIGN KEY(cleared_by) REFERENCES officer (id),
    CONSTRAINT fk_hold_cleared_too_by FOREIGN KEY(cleared_too_by) REFERENCES officer (id)
) STRICT;

INSERT INTO hold (id, scope, "key", reason, set_by, set_at, cleared_by, cleared_too_by, cleared_at)
SELECT id, scope, "key", reason, set_by, set_at, cleared_by, cleared_too_by, cleared_at FROM hold_before ORDER BY id;

DROP TABLE hold_before;

CREATE TABLE evidence_rule (
    rule TEXT NOT NULL,
    source TEXT NOT NULL,
    word TEXT NOT NULL,
    needs TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    effect TEXT NOT NULL,
    rank INTEGER NOT NULL,
    CONSTRAINT pk_evidence_rule PRIMARY KEY (source, word, needs, from_state)
) STRICT;

CREATE TABLE provider_promise (
    id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    promise TEXT NOT NULL,
    is_made INTEGER NOT NULL,
    days INTEGER NOT NULL,
    source TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_provider_promise PRIMARY KEY (id),
    CONSTRAINT ck_provider_promise_promise CHECK (promise in ('acsc_settles', 'all_or_nothing', 'expires')),
    CONSTRAINT ck_provider_promise_is_made CHECK (is_made in (0, 1)),
    CONSTRAINT ck_provider_promise_days CHECK (days >= 0 and (promise = 'expires' or days = 0)),
    CONSTRAINT ck_provider_promise_source CHECK (trim(source) <> ''),
    CONSTRAINT fk_provider_promise_provider FOREIGN KEY(provider) REFERENCES provider (code),
    CONSTRAINT uq_provider_promise_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_provider_promise_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE TABLE bank_case (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    instruction_id INTEGER,
    batch_id INTEGER,
    bank_line_id INTEGER,
    hold_id INTEGER,
    still_due INTEGER,
    why TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    act_id INTEGER,
    answer TEXT DEFAULT '' NOT NULL,
    ended_at TEXT,
    end_act_id INTEGER,
    CONSTRAINT pk_bank_case PRIMARY KEY (id),
    CONSTRAINT ck_bank_case_kind CHECK (kind in ('conflict', 'recall', 'duplicate', 'late_settlement')),
    CONSTRAINT ck_bank_case_state CHECK (state in ('open', 'refused', 'succeeded', 'closed')),
    CONSTRAINT ck_bank_case_about CHECK ((instruction_id is null) <> (batch_id is null)),
    CONSTRAINT ck_bank_case_still_due CHECK ((kind = 'recall') = (still_due is not null)),
    CONSTRAINT ck_bank_case_asked_by CHECK (kind <> 'recall' or act_id is not null),
    CONSTRAINT ck_bank_case_ended CHECK ((state = 'open') = (ended_at is null)),
    CONSTRAINT ck_bank_case_recall CHECK (kind = 'recall' or state in ('open', 'closed')),
    CONSTRAINT fk_bank_case_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id),
    CONSTRAINT fk_bank_case_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT uq_bank_case_bank_line_id UNIQUE (bank_line_id),
    CONSTRAINT fk_bank_case_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_bank_case_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id),
    CONSTRAINT uq_bank_case_act_id UNIQUE (act_id),
    CONSTRAINT fk_bank_case_act_id FOREIGN KEY(act_id) REFERENCES act (id),
    CONSTRAINT uq_bank_case_end_act_id UNIQUE (end_act_id),
    CONSTRAINT fk_bank_case_end_act_id FOREIGN KEY(end_act_id) REFERENCES act (id)
) STRICT;

CREATE INDEX ix_bank_case_instruction_id ON bank_case (instruction_id);

CREATE UNIQUE INDEX uq_bank_case_recall ON bank_case (instruction_id) WHERE kind = 'recall' and state = 'open';

CREATE TABLE horizon_decision (
    id INTEGER NOT NULL,
    batch_id INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    statement_id INTEGER NOT NULL,
    next_statement_id INTEGER NOT NULL,
    enquiry TEXT NOT NULL,
    enquired_on TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    digest TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_horizon_decision PRIMARY KEY (id),
    CONSTRAINT ck_horizon_decision_size CHECK (lines > 0 and total > 0),
    CONSTRAINT ck_horizon_decision_enquiry CHECK (trim(enquiry) <> ''),
    CONSTRAINT ck_horizon_decision_statements CHECK (statement_id <> next_statement_id),
    CONSTRAINT uq_horizon_decision_batch_id UNIQUE (batch_id),
    CONSTRAINT fk_horizon_decision_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_horizon_decision_statement_id FOREIGN KEY(statement_id) REFERENCES bank_report (id),
    CONSTRAINT fk_horizon_decision_next_statement_id FOREIGN KEY(next_statement_id) REFERENCES bank_report (id),
    CONSTRAINT uq_horizon_decision_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_horizon_decision_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE TABLE outcome_before AS SELECT * FROM outcome;

DROP TABLE outcome;

CREATE TABLE outcome (
    id INTEGER NOT NULL,
    instruction_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    bank_line_id INTEGER,
    report_id INTEGER,
    decision_id INTEGER,
    source TEXT NOT NULL,
    word TEXT NOT NULL,
    evidence TEXT NOT NULL,
    reason TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    posted_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    entry_id INTEGER,
    CONSTRAINT pk_outcome PRIMARY KEY (id),
    CONSTRAINT uq_outcome_instruction_id_state UNIQUE (instruction_id, state),
    CONSTRAINT ck_outcome_evidence CHECK ((case when bank_line_id is null then 0 else 1 end) + (case when report_id is null then 0 else 1 end) + (case when decision_id is null then 0 else 1 end) = 1),
    CONSTRAINT ck_outcome_posted CHECK ((entry_id is null) = (state = 'credited')),
    CONSTRAINT fk_outcome_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id),
    CONSTRAINT uq_outcome_bank_line_id UNIQUE (bank_line_id),
    CONSTRAINT fk_outcome_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_outcome_report_id FOREIGN KEY(report_id) REFERENCES bank_report (id),
    CONSTRAINT fk_outcome_decision_id FOREIGN KEY(decision_id) REFERENCES horizon_decision (id)
) STRICT;

CREATE INDEX ix_outcome_credited ON outcome (instruction_id) WHERE state = 'credited';

INSERT INTO outcome (id, instruction_id, state, bank_line_id, evidence, reason, happened_on, posted_on, recorded_at, entry_id, source, word)
SELECT o.id, o.instruction_id, o.state, o.bank_line_id, o.evidence, o.reason, o.happened_on, o.posted_on, o.recorded_at, o.entry_id,
  case when l.kind = 'booked' and l.amount < 0 then 'booked_debit' when l.kind = 'booked' then 'booked_credit' when l.kind = 'unpaid' then 'unpaid_list' when l.kind = 'status' then 'status' else 'paid_list' end,
  case when l.kind = 'status' and l.reason in ('AM05', 'DUPL', 'DU01', 'DU02', 'DU03', 'DU04', 'DU05') then 'DUPL' when l.kind = 'status' then l.status when l.kind in ('paid', 'paid_cash') then l.kind else '*' end
FROM outcome_before o JOIN bank_line l ON l.id = o.bank_line_id ORDER BY o.id;

DROP TABLE outcome_before;
