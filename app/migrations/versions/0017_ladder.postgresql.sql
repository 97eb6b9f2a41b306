-- Who approves is data: ladders, rounds of a payroll, ways back, and undoing (PostgreSQL).

ALTER TABLE payroll ADD COLUMN round BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE payroll_line ADD COLUMN undone BIGINT DEFAULT 0 NOT NULL;

DROP INDEX uq_payroll_line_first;

CREATE UNIQUE INDEX uq_payroll_line_first ON payroll_line (obligation_id) WHERE cause not in ('carried', 'follow_up') and undone = 0;

CREATE TABLE approval_before AS SELECT * FROM approval;

DROP TABLE approval;

CREATE TABLE approval_rule (
    id BIGSERIAL NOT NULL,
    joint_id BIGINT NOT NULL,
    from_period TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    duty TEXT NOT NULL,
    role TEXT NOT NULL,
    held_at TEXT NOT NULL,
    quorum BIGINT NOT NULL,
    above BIGINT NOT NULL,
    CONSTRAINT pk_approval_rule PRIMARY KEY (id),
    CONSTRAINT uq_approval_rule_joint_id_programme_unit_code_kind_ordinal UNIQUE (joint_id, programme, unit_code, kind, ordinal),
    CONSTRAINT ck_approval_rule_duty CHECK (duty in ('check', 'approve')),
    CONSTRAINT ck_approval_rule_held_at CHECK (held_at in ('unit', 'province')),
    CONSTRAINT ck_approval_rule_numbers CHECK (ordinal > 0 and quorum > 0 and above >= 0),
    CONSTRAINT ck_approval_rule_first CHECK (ordinal > 1 or above = 0),
    CONSTRAINT fk_approval_rule_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE payroll_round (
    payroll_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    maker_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    lines BIGINT NOT NULL,
    total BIGINT NOT NULL,
    act_id BIGINT,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payroll_round PRIMARY KEY (payroll_id, round),
    CONSTRAINT uq_payroll_round_payroll_id_round_maker_id_digest UNIQUE (payroll_id, round, maker_id, digest),
    CONSTRAINT fk_payroll_round_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_payroll_round_maker_id FOREIGN KEY(maker_id) REFERENCES officer (id),
    CONSTRAINT fk_payroll_round_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE payroll_step (
    payroll_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    duty TEXT NOT NULL,
    role TEXT NOT NULL,
    held_at TEXT NOT NULL,
    quorum BIGINT NOT NULL,
    rule_id BIGINT,
    CONSTRAINT pk_payroll_step PRIMARY KEY (payroll_id, round, ordinal),
    CONSTRAINT uq_payroll_step_payroll_id_round_ordinal_duty UNIQUE (payroll_id, round, ordinal, duty),
    CONSTRAINT fk_payroll_step_payroll_id_round FOREIGN KEY(payroll_id, round) REFERENCES payroll_round (payroll_id, round),
    CONSTRAINT ck_payroll_step_duty CHECK (duty in ('check', 'approve')),
    CONSTRAINT ck_payroll_step_held_at CHECK (held_at in ('unit', 'province')),
    CONSTRAINT ck_payroll_step_numbers CHECK (ordinal > 0 and quorum > 0),
    CONSTRAINT fk_payroll_step_rule_id FOREIGN KEY(rule_id) REFERENCES approval_rule (id)
);

CREATE TABLE approval (
    payroll_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    step TEXT NOT NULL,
    maker_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (payroll_id, round, ordinal, officer_id),
    CONSTRAINT uq_approval_payroll_id_round_officer_id UNIQUE (payroll_id, round, officer_id),
    CONSTRAINT fk_approval_payroll_id_round_maker_id_digest FOREIGN KEY(payroll_id, round, maker_id, digest) REFERENCES payroll_round (payroll_id, round, maker_id, digest),
    CONSTRAINT fk_approval_payroll_id_round_ordinal_step FOREIGN KEY(payroll_id, round, ordinal, step) REFERENCES payroll_step (payroll_id, round, ordinal, duty),
    CONSTRAINT ck_approval_not_the_maker CHECK (officer_id <> maker_id),
    CONSTRAINT fk_approval_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_approval_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE payroll_return (
    payroll_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    kind TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    returned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payroll_return PRIMARY KEY (payroll_id, round),
    CONSTRAINT fk_payroll_return_payroll_id_round FOREIGN KEY(payroll_id, round) REFERENCES payroll_round (payroll_id, round),
    CONSTRAINT ck_payroll_return_kind CHECK (kind in ('return', 'withdraw')),
    CONSTRAINT ck_payroll_return_reason CHECK (length(reason) >= 5),
    CONSTRAINT fk_payroll_return_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_payroll_return_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE payroll_exclusion (
    id BIGSERIAL NOT NULL,
    payroll_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    line BIGINT NOT NULL,
    obligation_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    destination_id BIGINT NOT NULL,
    contract_id BIGINT NOT NULL,
    method TEXT NOT NULL,
    amount BIGINT NOT NULL,
    cause TEXT NOT NULL,
    digest_before TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    excluded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payroll_exclusion PRIMARY KEY (id),
    CONSTRAINT uq_payroll_exclusion_payroll_id_line UNIQUE (payroll_id, line),
    CONSTRAINT ck_payroll_exclusion_reason CHECK (length(reason) >= 5),
    CONSTRAINT fk_payroll_exclusion_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_payroll_exclusion_obligation_id FOREIGN KEY(obligation_id) REFERENCES obligation (id),
    CONSTRAINT fk_payroll_exclusion_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id),
    CONSTRAINT fk_payroll_exclusion_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id),
    CONSTRAINT fk_payroll_exclusion_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_payroll_exclusion_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE payroll_undo (
    payroll_id BIGINT NOT NULL,
    round BIGINT NOT NULL,
    root_id BIGINT NOT NULL,
    successor_id BIGINT NOT NULL,
    joint_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payroll_undo PRIMARY KEY (payroll_id),
    CONSTRAINT ck_payroll_undo_reason CHECK (length(reason) >= 5),
    CONSTRAINT fk_payroll_undo_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_payroll_undo_root_id FOREIGN KEY(root_id) REFERENCES payroll (id),
    CONSTRAINT uq_payroll_undo_successor_id UNIQUE (successor_id),
    CONSTRAINT fk_payroll_undo_successor_id FOREIGN KEY(successor_id) REFERENCES payroll (id),
    CONSTRAINT uq_payroll_undo_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_payroll_undo_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

-- What earlier versions submitted is a first round; they did not write down by which act.
INSERT INTO payroll_round (payroll_id, round, maker_id, digest, lines, total, act_id, submitted_at)
SELECT p.id, 1, p.maker_id, p.digest, p.lines, p.total, NULL, coalesce((SELECT min(t.acted_at) FROM approval_before a JOIN act t ON t.id = a.act_id WHERE a.payroll_id = p.id), p.opened_at)
FROM payroll p WHERE p.digest IS NOT NULL AND p.maker_id IS NOT NULL ORDER BY p.id;

UPDATE payroll SET round = 1 WHERE digest IS NOT NULL AND maker_id IS NOT NULL;

INSERT INTO payroll_step (payroll_id, round, ordinal, duty, role, held_at, quorum, rule_id)
SELECT payroll_id, 1, 1, 'check', 'checker', 'unit', 1, NULL FROM payroll_round ORDER BY payroll_id;

INSERT INTO payroll_step (payroll_id, round, ordinal, duty, role, held_at, quorum, rule_id)
SELECT payroll_id, 1, 2, 'approve', 'approver', 'unit', 1, NULL FROM payroll_round ORDER BY payroll_id;

INSERT INTO approval (payroll_id, round, ordinal, step, maker_id, digest, officer_id, act_id)
SELECT payroll_id, 1, CASE step WHEN 'check' THEN 1 ELSE 2 END, step, maker_id, digest, officer_id, act_id FROM approval_before ORDER BY payroll_id, act_id;

DROP TABLE approval_before;
