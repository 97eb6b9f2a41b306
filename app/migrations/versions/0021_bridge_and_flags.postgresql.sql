-- Lists of differences, decisions on flags, limits of change (PostgreSQL).

ALTER TABLE payroll DROP CONSTRAINT ck_payroll_kind;

ALTER TABLE payroll ADD CONSTRAINT ck_payroll_kind CHECK (kind in ('monthly', 'difference', 'follow_up', 'campaign'));

ALTER TABLE arrears_grant ADD COLUMN list_number BIGINT DEFAULT '0' NOT NULL;

ALTER TABLE arrears_grant DROP CONSTRAINT uq_arrears_grant_enrolment_id_period_first_period;

ALTER TABLE arrears_grant ADD CONSTRAINT uq_arrears_grant_enrolment_id_period_first_period_list_number UNIQUE (enrolment_id, period, first_period, list_number);

CREATE TABLE bridge_left (
    payroll_id BIGINT NOT NULL,
    line_id BIGINT NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT pk_bridge_left PRIMARY KEY (payroll_id, line_id),
    CONSTRAINT fk_bridge_left_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_bridge_left_line_id FOREIGN KEY(line_id) REFERENCES payroll_line (id)
);

CREATE INDEX ix_obligation_difference ON obligation (period, person_id) WHERE substr(component, 1, 11) = 'difference:';

ALTER TABLE flag ADD COLUMN owner TEXT DEFAULT 'maker' NOT NULL;

ALTER TABLE flag ADD COLUMN digest TEXT DEFAULT '' NOT NULL;

ALTER TABLE flag ADD COLUMN gone_at TIMESTAMP WITH TIME ZONE;

CREATE TABLE flag_decision (
    id BIGSERIAL NOT NULL,
    flag_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    choice TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    officer_id BIGINT NOT NULL,
    act_id BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_flag_decision PRIMARY KEY (id),
    CONSTRAINT uq_flag_decision_flag_id_digest_officer_id UNIQUE (flag_id, digest, officer_id),
    CONSTRAINT ck_flag_decision_choice CHECK (choice in ('seen', 'accepted')),
    CONSTRAINT ck_flag_decision_accepted CHECK (choice = 'seen' or (act_id is not null and reason_code <> '' and reason <> '')),
    CONSTRAINT fk_flag_decision_flag_id FOREIGN KEY(flag_id) REFERENCES flag (id),
    CONSTRAINT fk_flag_decision_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_flag_decision_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE change_limit (
    id BIGSERIAL NOT NULL,
    programme TEXT NOT NULL,
    measure TEXT NOT NULL,
    from_period TEXT NOT NULL,
    per_cent BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    reason TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_change_limit PRIMARY KEY (id),
    CONSTRAINT ck_change_limit_measure CHECK (measure in ('total', 'people', 'missing', 'accounts')),
    CONSTRAINT ck_change_limit_figures CHECK (per_cent >= 0 and floor >= 0),
    CONSTRAINT ck_change_limit_reason CHECK (reason <> ''),
    CONSTRAINT uq_change_limit_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_change_limit_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);
