-- Cases that grow, notices and plans of recoveries, write-offs, accounts that wait (SQLite).

CREATE TABLE bank_case_line (
    case_id INTEGER NOT NULL,
    bank_line_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    hold_id INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    CONSTRAINT pk_bank_case_line PRIMARY KEY (bank_line_id),
    CONSTRAINT ck_bank_case_line_kind CHECK (kind in ('conflict', 'duplicate', 'late_settlement')),
    CONSTRAINT fk_bank_case_line_case_id FOREIGN KEY(case_id) REFERENCES bank_case (id),
    CONSTRAINT fk_bank_case_line_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id),
    CONSTRAINT fk_bank_case_line_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id)
) STRICT;

CREATE INDEX ix_bank_case_line_case_id ON bank_case_line (case_id);

CREATE TABLE recovery_notice (
    id INTEGER NOT NULL,
    number TEXT NOT NULL,
    sent_on TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    way TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    amount INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_recovery_notice PRIMARY KEY (id),
    CONSTRAINT uq_recovery_notice_number_sent_on_person_id_programme UNIQUE (number, sent_on, person_id, programme),
    CONSTRAINT ck_recovery_notice_amount CHECK (amount > 0),
    CONSTRAINT ck_recovery_notice_answer_by CHECK (answer_by > sent_on),
    CONSTRAINT ck_recovery_notice_way CHECK (way in ('hand', 'post', 'posted')),
    CONSTRAINT fk_recovery_notice_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_recovery_notice_programme FOREIGN KEY(programme) REFERENCES programme (code),
    CONSTRAINT fk_recovery_notice_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT fk_recovery_notice_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_recovery_notice_act_id UNIQUE (act_id),
    CONSTRAINT fk_recovery_notice_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE INDEX ix_recovery_notice_person_id ON recovery_notice (person_id);

CREATE TABLE recovery_plan (
    id INTEGER NOT NULL,
    decision_id INTEGER NOT NULL,
    number TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    signer TEXT NOT NULL,
    amount INTEGER NOT NULL,
    monthly INTEGER NOT NULL,
    first_period TEXT NOT NULL,
    income INTEGER NOT NULL,
    share INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_recovery_plan PRIMARY KEY (id),
    CONSTRAINT uq_recovery_plan_decision_id_number_decided_on UNIQUE (decision_id, number, decided_on),
    CONSTRAINT ck_recovery_plan_monthly CHECK (monthly > 0 and monthly <= amount),
    CONSTRAINT ck_recovery_plan_share CHECK (share between 1 and 100),
    CONSTRAINT ck_recovery_plan_most CHECK (income >= 0 and (income = 0 or monthly * 100 <= income * share)),
    CONSTRAINT ck_recovery_plan_first_period CHECK (first_period like '____-__'),
    CONSTRAINT fk_recovery_plan_decision_id FOREIGN KEY(decision_id) REFERENCES recovery_decision (id),
    CONSTRAINT uq_recovery_plan_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_recovery_plan_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE INDEX ix_recovery_plan_decision_id ON recovery_plan (decision_id);

CREATE TABLE recovery_write_off (
    id INTEGER NOT NULL,
    decision_id INTEGER NOT NULL,
    number TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    signer TEXT NOT NULL,
    reason TEXT NOT NULL,
    amount INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_recovery_write_off PRIMARY KEY (id),
    CONSTRAINT uq_recovery_write_off_decision_id_number UNIQUE (decision_id, number),
    CONSTRAINT ck_recovery_write_off_amount CHECK (amount > 0),
    CONSTRAINT ck_recovery_write_off_reason CHECK (trim(reason) <> ''),
    CONSTRAINT fk_recovery_write_off_decision_id FOREIGN KEY(decision_id) REFERENCES recovery_decision (id),
    CONSTRAINT uq_recovery_write_off_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_recovery_write_off_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_recovery_write_off_entry_id UNIQUE (entry_id)
) STRICT;

ALTER TABLE recovery_decision ADD COLUMN notice_id INTEGER
    CONSTRAINT fk_recovery_decision_notice_id REFERENCES recovery_notice (id);

ALTER TABLE repair ADD COLUMN proof TEXT DEFAULT 'letter' NOT NULL
    CONSTRAINT ck_repair_proof CHECK (proof in ('letter', 'passbook', 'other', 'known'));

ALTER TABLE repair ADD COLUMN usable_from TEXT;
