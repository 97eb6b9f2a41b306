-- One-off payments on payrolls of their own, and recovery by decision (PostgreSQL).

ALTER TABLE payroll ADD COLUMN campaign TEXT DEFAULT '' NOT NULL;

ALTER TABLE payroll DROP CONSTRAINT ck_payroll_kind;

ALTER TABLE payroll ADD CONSTRAINT ck_payroll_kind CHECK (kind in ('monthly', 'follow_up', 'campaign'));

ALTER TABLE payroll ADD CONSTRAINT ck_payroll_campaign CHECK ((kind = 'campaign') = (campaign <> ''));

ALTER TABLE funding_request ADD COLUMN campaign TEXT DEFAULT '' NOT NULL;

ALTER TABLE funding_request DROP CONSTRAINT uq_funding_request_period_contract_id;

ALTER TABLE funding_request ADD CONSTRAINT uq_funding_request_period_contract_id_campaign UNIQUE (period, contract_id, campaign);

CREATE UNIQUE INDEX uq_obligation_gift ON obligation (person_id, component) WHERE substr(component, 1, 5) = 'gift:';

CREATE INDEX ix_obligation_ahead ON obligation (period, person_id) WHERE component in ('ahead', 'ahead_carer');

CREATE TABLE recovery_decision (
    id BIGSERIAL NOT NULL,
    number TEXT NOT NULL,
    decided_on DATE NOT NULL,
    signer TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    programme TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    amount BIGINT NOT NULL,
    maker_id BIGINT NOT NULL,
    approver_id BIGINT NOT NULL,
    joint_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
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
);

CREATE TABLE recovery_finding (
    decision_id BIGINT NOT NULL,
    overpayment_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_recovery_finding PRIMARY KEY (decision_id, overpayment_id),
    CONSTRAINT ck_recovery_finding_amount CHECK (amount > 0),
    CONSTRAINT fk_recovery_finding_decision_id FOREIGN KEY(decision_id) REFERENCES recovery_decision (id),
    CONSTRAINT fk_recovery_finding_overpayment_id FOREIGN KEY(overpayment_id) REFERENCES overpayment (id)
);

CREATE INDEX ix_recovery_finding_overpayment_id ON recovery_finding (overpayment_id);

CREATE TABLE recovery_receipt (
    id BIGSERIAL NOT NULL,
    decision_id BIGINT NOT NULL,
    document TEXT NOT NULL,
    received_on DATE NOT NULL,
    provider TEXT NOT NULL,
    amount BIGINT NOT NULL,
    joint_id BIGINT NOT NULL,
    entry_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_recovery_receipt PRIMARY KEY (id),
    CONSTRAINT uq_recovery_receipt_decision_id_document UNIQUE (decision_id, document),
    CONSTRAINT ck_recovery_receipt_amount CHECK (amount > 0),
    CONSTRAINT fk_recovery_receipt_decision_id FOREIGN KEY(decision_id) REFERENCES recovery_decision (id),
    CONSTRAINT fk_recovery_receipt_provider FOREIGN KEY(provider) REFERENCES provider (code),
    CONSTRAINT uq_recovery_receipt_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_recovery_receipt_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_recovery_receipt_entry_id UNIQUE (entry_id)
);
