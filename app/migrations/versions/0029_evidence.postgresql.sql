-- What evidence may do as a table, cases, payments that never came; an outcome need not be a bank's line (PostgreSQL).

ALTER TABLE hold DROP CONSTRAINT ck_hold_scope;

ALTER TABLE hold ADD CONSTRAINT ck_hold_scope CHECK (scope in ('global', 'provider', 'programme', 'unit', 'area', 'person', 'instruction'));

CREATE TABLE evidence_rule (
    rule TEXT NOT NULL,
    source TEXT NOT NULL,
    word TEXT NOT NULL,
    needs TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    effect TEXT NOT NULL,
    rank BIGINT NOT NULL,
    CONSTRAINT pk_evidence_rule PRIMARY KEY (source, word, needs, from_state)
);

CREATE TABLE provider_promise (
    id BIGSERIAL NOT NULL,
    provider TEXT NOT NULL,
    promise TEXT NOT NULL,
    is_made BIGINT NOT NULL,
    days BIGINT NOT NULL,
    source TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_provider_promise PRIMARY KEY (id),
    CONSTRAINT ck_provider_promise_promise CHECK (promise in ('acsc_settles', 'all_or_nothing', 'expires')),
    CONSTRAINT ck_provider_promise_is_made CHECK (is_made in (0, 1)),
    CONSTRAINT ck_provider_promise_days CHECK (days >= 0 and (promise = 'expires' or days = 0)),
    CONSTRAINT ck_provider_promise_source CHECK (trim(source) <> ''),
    CONSTRAINT fk_provider_promise_provider FOREIGN KEY(provider) REFERENCES provider (code),
    CONSTRAINT uq_provider_promise_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_provider_promise_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE bank_case (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    instruction_id BIGINT,
    batch_id BIGINT,
    bank_line_id BIGINT,
    hold_id BIGINT,
    still_due BIGINT,
    why TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    act_id BIGINT,
    answer TEXT DEFAULT '' NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    end_act_id BIGINT,
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
);

CREATE INDEX ix_bank_case_instruction_id ON bank_case (instruction_id);

CREATE UNIQUE INDEX uq_bank_case_recall ON bank_case (instruction_id) WHERE kind = 'recall' and state = 'open';

CREATE TABLE horizon_decision (
    id BIGSERIAL NOT NULL,
    batch_id BIGINT NOT NULL,
    last_day DATE NOT NULL,
    statement_id BIGINT NOT NULL,
    next_statement_id BIGINT NOT NULL,
    enquiry TEXT NOT NULL,
    enquired_on DATE NOT NULL,
    lines BIGINT NOT NULL,
    total BIGINT NOT NULL,
    digest TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
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
);

ALTER TABLE outcome ALTER COLUMN bank_line_id DROP NOT NULL;

ALTER TABLE outcome ALTER COLUMN entry_id DROP NOT NULL;

ALTER TABLE outcome ADD COLUMN report_id BIGINT CONSTRAINT fk_outcome_report_id REFERENCES bank_report (id);

ALTER TABLE outcome ADD COLUMN decision_id BIGINT CONSTRAINT fk_outcome_decision_id REFERENCES horizon_decision (id);

ALTER TABLE outcome ADD COLUMN source TEXT;

ALTER TABLE outcome ADD COLUMN word TEXT;

UPDATE outcome o SET source = case when l.kind = 'booked' and l.amount < 0 then 'booked_debit' when l.kind = 'booked' then 'booked_credit' when l.kind = 'unpaid' then 'unpaid_list' when l.kind = 'status' then 'status' else 'paid_list' end,
  word = case when l.kind = 'status' and l.reason in ('AM05', 'DUPL', 'DU01', 'DU02', 'DU03', 'DU04', 'DU05') then 'DUPL' when l.kind = 'status' then l.status when l.kind in ('paid', 'paid_cash') then l.kind else '*' end
FROM bank_line l WHERE l.id = o.bank_line_id;

ALTER TABLE outcome ALTER COLUMN source SET NOT NULL;

ALTER TABLE outcome ALTER COLUMN word SET NOT NULL;

ALTER TABLE outcome ADD CONSTRAINT ck_outcome_evidence CHECK ((case when bank_line_id is null then 0 else 1 end) + (case when report_id is null then 0 else 1 end) + (case when decision_id is null then 0 else 1 end) = 1);

ALTER TABLE outcome ADD CONSTRAINT ck_outcome_posted CHECK ((entry_id is null) = (state = 'credited'));

CREATE INDEX ix_outcome_credited ON outcome (instruction_id) WHERE state = 'credited';
