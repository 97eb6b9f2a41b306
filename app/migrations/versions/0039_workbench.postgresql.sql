-- Lines of the bank that two officers place by hand, and take back (PostgreSQL).

ALTER TABLE outcome ADD COLUMN part_id BIGINT;

ALTER TABLE outcome ADD COLUMN undone_by BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE outcome DROP CONSTRAINT uq_outcome_instruction_id_state;

ALTER TABLE outcome ADD CONSTRAINT uq_outcome_instruction_id_state_undone_by UNIQUE (instruction_id, state, undone_by);

ALTER TABLE outcome DROP CONSTRAINT ck_outcome_evidence;

ALTER TABLE outcome ADD CONSTRAINT ck_outcome_evidence CHECK ((case when bank_line_id is null then 0 else 1 end) + (case when report_id is null then 0 else 1 end) + (case when decision_id is null then 0 else 1 end) + (case when part_id is null then 0 else 1 end) = 1);

ALTER TABLE outcome ADD CONSTRAINT ck_outcome_undone CHECK (undone_by = 0 or part_id is not null);

CREATE INDEX ix_outcome_part_id ON outcome (part_id) WHERE part_id is not null;

CREATE TABLE line_proposal (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    bank_line_id BIGINT,
    content TEXT NOT NULL,
    reason TEXT NOT NULL,
    digest TEXT NOT NULL,
    amount BIGINT NOT NULL,
    proposed_by BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_proposal PRIMARY KEY (id),
    CONSTRAINT uq_line_proposal_id_proposed_by_digest UNIQUE (id, proposed_by, digest),
    CONSTRAINT ck_line_proposal_kind CHECK (kind in ('match', 'unmatch', 'rule', 'rule_end')),
    CONSTRAINT ck_line_proposal_about CHECK ((kind in ('match', 'unmatch')) = (bank_line_id is not null)),
    CONSTRAINT ck_line_proposal_reason CHECK (trim(reason) <> ''),
    CONSTRAINT fk_line_proposal_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_line_proposal_proposed_by FOREIGN KEY(proposed_by) REFERENCES officer (id),
    CONSTRAINT uq_line_proposal_act_id UNIQUE (act_id),
    CONSTRAINT fk_line_proposal_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE INDEX ix_line_proposal_bank_line_id ON line_proposal (bank_line_id);

CREATE TABLE line_decision (
    proposal_id BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    proposed_by BIGINT NOT NULL,
    digest TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_decision PRIMARY KEY (proposal_id),
    CONSTRAINT fk_line_decision_proposal_id_proposed_by_digest FOREIGN KEY(proposal_id, proposed_by, digest) REFERENCES line_proposal (id, proposed_by, digest),
    CONSTRAINT ck_line_decision_verdict CHECK (verdict in ('confirmed', 'rejected')),
    CONSTRAINT ck_line_decision_two_persons CHECK (verdict = 'rejected' or officer_id <> proposed_by),
    CONSTRAINT fk_line_decision_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_line_decision_act_id UNIQUE (act_id),
    CONSTRAINT fk_line_decision_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE line_part (
    id BIGSERIAL NOT NULL,
    proposal_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    target_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    was TEXT NOT NULL,
    undone_by BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_line_part PRIMARY KEY (id),
    CONSTRAINT uq_line_part_proposal_id_ordinal UNIQUE (proposal_id, ordinal),
    CONSTRAINT ck_line_part_amount CHECK (amount > 0),
    CONSTRAINT ck_line_part_verdict CHECK (verdict in ('settled', 'returned', 'funding', 'fee_back', 'fee_month', 'fee_batch', 'treasury-slip', 'recovery-receipt')),
    CONSTRAINT fk_line_part_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id)
);

CREATE UNIQUE INDEX uq_line_part_target ON line_part (verdict, target_id) WHERE undone_by = 0;

CREATE TABLE line_placing (
    proposal_id BIGINT NOT NULL,
    bank_line_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    posted_on DATE NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    undone_by BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_line_placing PRIMARY KEY (proposal_id),
    CONSTRAINT fk_line_placing_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id),
    CONSTRAINT fk_line_placing_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT uq_line_placing_entry_id UNIQUE (entry_id)
);

CREATE UNIQUE INDEX uq_line_placing_line ON line_placing (bank_line_id) WHERE undone_by = 0;

CREATE TABLE line_unplacing (
    proposal_id BIGINT NOT NULL,
    placing_id BIGINT NOT NULL,
    bank_line_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    posted_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_unplacing PRIMARY KEY (proposal_id),
    CONSTRAINT fk_line_unplacing_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id),
    CONSTRAINT uq_line_unplacing_placing_id UNIQUE (placing_id),
    CONSTRAINT fk_line_unplacing_placing_id FOREIGN KEY(placing_id) REFERENCES line_placing (proposal_id),
    CONSTRAINT fk_line_unplacing_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT uq_line_unplacing_entry_id UNIQUE (entry_id)
);

CREATE INDEX ix_line_unplacing_bank_line_id ON line_unplacing (bank_line_id);

CREATE TABLE line_rule (
    proposal_id BIGINT NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    direction TEXT NOT NULL,
    words TEXT NOT NULL,
    least BIGINT NOT NULL,
    most BIGINT NOT NULL,
    means TEXT NOT NULL,
    valid_from DATE NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_rule PRIMARY KEY (proposal_id),
    CONSTRAINT ck_line_rule_direction CHECK (direction in ('in', 'out')),
    CONSTRAINT ck_line_rule_amounts CHECK (0 < least and least <= most),
    CONSTRAINT ck_line_rule_words CHECK (length(words) >= 3),
    CONSTRAINT ck_line_rule_means CHECK ((direction = 'out' and means = 'fee') or (direction = 'in' and means in ('interest', 'treasury', 'provider_return'))),
    CONSTRAINT fk_line_rule_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id),
    CONSTRAINT fk_line_rule_provider FOREIGN KEY(provider) REFERENCES provider (code)
);

CREATE TABLE line_rule_end (
    proposal_id BIGINT NOT NULL,
    rule_id BIGINT NOT NULL,
    ended_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_line_rule_end PRIMARY KEY (proposal_id),
    CONSTRAINT fk_line_rule_end_proposal_id FOREIGN KEY(proposal_id) REFERENCES line_proposal (id),
    CONSTRAINT uq_line_rule_end_rule_id UNIQUE (rule_id),
    CONSTRAINT fk_line_rule_end_rule_id FOREIGN KEY(rule_id) REFERENCES line_rule (proposal_id)
);
