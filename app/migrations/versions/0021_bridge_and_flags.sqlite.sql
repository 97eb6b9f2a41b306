-- Lists of differences, decisions on flags, limits of change (SQLite).

-- A check is changed where it stands: no row is touched, and nothing that refers to the table.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (kind in (''monthly'', ''follow_up'', ''campaign''))', 'CHECK (kind in (''monthly'', ''difference'', ''follow_up'', ''campaign''))')
WHERE type = 'table' AND name = 'payroll';

PRAGMA writable_schema = RESET;

ALTER TABLE arrears_grant RENAME TO arrears_grant_before;

CREATE TABLE arrears_grant (
    id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    enrolment_id INTEGER NOT NULL,
    basis TEXT NOT NULL,
    period TEXT NOT NULL,
    first_period TEXT NOT NULL,
    last_period TEXT NOT NULL,
    months INTEGER NOT NULL,
    monthly INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    is_decree INTEGER NOT NULL,
    list_number INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_arrears_grant PRIMARY KEY (id),
    CONSTRAINT uq_arrears_grant_enrolment_id_period_first_period_list_number UNIQUE (enrolment_id, period, first_period, list_number),
    CONSTRAINT ck_arrears_grant_amount CHECK (monthly > 0 and months > 0 and amount = monthly * months),
    CONSTRAINT ck_arrears_grant_past CHECK (first_period <= last_period and last_period < period),
    CONSTRAINT fk_arrears_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_arrears_grant_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;

INSERT INTO arrears_grant (id, programme, person_id, enrolment_id, basis, period, first_period, last_period, months, monthly, amount, is_decree)
SELECT id, programme, person_id, enrolment_id, basis, period, first_period, last_period, months, monthly, amount, is_decree
FROM arrears_grant_before ORDER BY id;

DROP TABLE arrears_grant_before;

CREATE INDEX ix_arrears_grant_person ON arrears_grant (person_id);

CREATE UNIQUE INDEX uq_arrears_grant_decree ON arrears_grant (enrolment_id, basis, first_period) WHERE is_decree = 1;

CREATE TABLE bridge_left (
    payroll_id INTEGER NOT NULL,
    line_id INTEGER NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT pk_bridge_left PRIMARY KEY (payroll_id, line_id),
    CONSTRAINT fk_bridge_left_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_bridge_left_line_id FOREIGN KEY(line_id) REFERENCES payroll_line (id)
) STRICT;

CREATE INDEX ix_obligation_difference ON obligation (period, person_id) WHERE substr(component, 1, 11) = 'difference:';

ALTER TABLE flag ADD COLUMN owner TEXT DEFAULT 'maker' NOT NULL;

ALTER TABLE flag ADD COLUMN digest TEXT DEFAULT '' NOT NULL;

ALTER TABLE flag ADD COLUMN gone_at TEXT;

CREATE TABLE flag_decision (
    id INTEGER NOT NULL,
    flag_id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    choice TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER,
    decided_at TEXT NOT NULL,
    CONSTRAINT pk_flag_decision PRIMARY KEY (id),
    CONSTRAINT uq_flag_decision_flag_id_digest_officer_id UNIQUE (flag_id, digest, officer_id),
    CONSTRAINT ck_flag_decision_choice CHECK (choice in ('seen', 'accepted')),
    CONSTRAINT ck_flag_decision_accepted CHECK (choice = 'seen' or (act_id is not null and reason_code <> '' and reason <> '')),
    CONSTRAINT fk_flag_decision_flag_id FOREIGN KEY(flag_id) REFERENCES flag (id),
    CONSTRAINT fk_flag_decision_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_flag_decision_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE change_limit (
    id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    measure TEXT NOT NULL,
    from_period TEXT NOT NULL,
    per_cent INTEGER NOT NULL,
    floor INTEGER NOT NULL,
    reason TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_change_limit PRIMARY KEY (id),
    CONSTRAINT ck_change_limit_measure CHECK (measure in ('total', 'people', 'missing', 'accounts')),
    CONSTRAINT ck_change_limit_figures CHECK (per_cent >= 0 and floor >= 0),
    CONSTRAINT ck_change_limit_reason CHECK (reason <> ''),
    CONSTRAINT uq_change_limit_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_change_limit_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;
