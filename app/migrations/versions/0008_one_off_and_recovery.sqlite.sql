-- One-off payments on payrolls of their own, and recovery by decision (SQLite).

-- A check is changed where it stands: no row is touched, and nothing that refers to the table.
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (kind in (''monthly'', ''follow_up''))', 'CHECK (kind in (''monthly'', ''follow_up'', ''campaign''))')
WHERE type = 'table' AND name = 'payroll';

PRAGMA writable_schema = RESET;

ALTER TABLE payroll ADD COLUMN campaign TEXT DEFAULT '' NOT NULL CONSTRAINT ck_payroll_campaign CHECK ((kind = 'campaign') = (campaign <> ''));

ALTER TABLE funding_request RENAME TO funding_request_before;

CREATE TABLE funding_request (
    id INTEGER NOT NULL,
    period TEXT NOT NULL,
    contract_id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    listed INTEGER NOT NULL,
    unspent INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    requested_at TEXT NOT NULL,
    received_on TEXT,
    campaign TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_funding_request PRIMARY KEY (id),
    CONSTRAINT uq_funding_request_period_contract_id_campaign UNIQUE (period, contract_id, campaign),
    CONSTRAINT ck_funding_request_amounts CHECK (amount >= 0 and listed >= 0 and unspent >= 0),
    CONSTRAINT fk_funding_request_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id),
    CONSTRAINT uq_funding_request_reference UNIQUE (reference)
) STRICT;

INSERT INTO funding_request (id, period, contract_id, reference, listed, unspent, amount, requested_at, received_on)
SELECT id, period, contract_id, reference, listed, unspent, amount, requested_at, received_on
FROM funding_request_before ORDER BY id;

DROP TABLE funding_request_before;

CREATE UNIQUE INDEX uq_obligation_gift ON obligation (person_id, component) WHERE substr(component, 1, 5) = 'gift:';

CREATE INDEX ix_obligation_ahead ON obligation (period, person_id) WHERE component in ('ahead', 'ahead_carer');

CREATE TABLE recovery_decision (
    id INTEGER NOT NULL,
    number TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    signer TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    amount INTEGER NOT NULL,
    maker_id INTEGER NOT NULL,
    approver_id INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_recovery_decision PRIMARY KEY (id),
    CONSTRAINT uq_recovery_decision_number_decided_on_person_id_programme UNIQUE (number, decided_on, person_id, programme),
    CONSTRAINT ck_recovery_decision_amount CHECK (amount > 0),
    CONSTRAINT ck_recovery_decision_not_the_maker CHECK (approver_id <> maker_id),
    CONSTRAINT fk_recovery_decision_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_recovery_decision_programme FOREIGN KEY(programme) REFERENCES programme (code),
    CONSTRAINT fk_recovery_decision_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT fk_recovery_decision_maker_id FOREIGN KEY(maker_id) REFERENCES officer (id),
    CONSTRAINT fk_recovery_decision_approver_id FOREIGN KEY(approver_id) REFERENCES officer (id),
    CONSTRAINT uq_recovery_decision_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_recovery_decision_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_recovery_decision_entry_id UNIQUE (entry_id)
) STRICT;

CREATE TABLE recovery_finding (
    decision_id INTEGER NOT NULL,
    overpayment_id INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_recovery_finding PRIMARY KEY (decision_id, overpayment_id),
    CONSTRAINT ck_recovery_finding_amount CHECK (amount > 0),
    CONSTRAINT fk_recovery_finding_decision_id FOREIGN KEY(decision_id) REFERENCES recovery_decision (id),
    CONSTRAINT fk_recovery_finding_overpayment_id FOREIGN KEY(overpayment_id) REFERENCES overpayment (id)
) STRICT;

CREATE INDEX ix_recovery_finding_overpayment_id ON recovery_finding (overpayment_id);

CREATE TABLE recovery_receipt (
    id INTEGER NOT NULL,
    decision_id INTEGER NOT NULL,
    document TEXT NOT NULL,
    received_on TEXT NOT NULL,
    provider TEXT NOT NULL,
    amount INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_recovery_receipt PRIMARY KEY (id),
    CONSTRAINT uq_recovery_receipt_decision_id_document UNIQUE (decision_id, document),
    CONSTRAINT ck_recovery_receipt_amount CHECK (amount > 0),
    CONSTRAINT fk_recovery_receipt_decision_id FOREIGN KEY(decision_id) REFERENCES recovery_decision (id),
    CONSTRAINT fk_recovery_receipt_provider FOREIGN KEY(provider) REFERENCES provider (code),
    CONSTRAINT uq_recovery_receipt_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_recovery_receipt_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_recovery_receipt_entry_id UNIQUE (entry_id)
) STRICT;
