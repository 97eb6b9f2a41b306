-- What a line says beside its reference, batches debited as one sum, agreed charges (PostgreSQL).

ALTER TABLE bank_line ADD COLUMN found_reference TEXT DEFAULT '' NOT NULL;

ALTER TABLE bank_line ADD COLUMN batch_reference TEXT DEFAULT '' NOT NULL;

ALTER TABLE bank_line ADD COLUMN batch_count BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE bank_line ADD COLUMN charge BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE contract_charge (
    id BIGSERIAL NOT NULL,
    contract_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    is_borne BIGINT NOT NULL,
    valid_from DATE NOT NULL,
    source TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contract_charge PRIMARY KEY (id),
    CONSTRAINT ck_contract_charge_kind CHECK (kind in ('return', 'month', 'batch')),
    CONSTRAINT ck_contract_charge_is_borne CHECK (is_borne in (0, 1)),
    CONSTRAINT ck_contract_charge_fee CHECK (kind = 'return' or amount = 0 or is_borne = 1),
    CONSTRAINT ck_contract_charge_amount CHECK (amount between 0 and 1000000 and (kind <> 'batch' or amount = 0)),
    CONSTRAINT ck_contract_charge_source CHECK (trim(source) <> ''),
    CONSTRAINT fk_contract_charge_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id),
    CONSTRAINT uq_contract_charge_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_contract_charge_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE INDEX ix_contract_charge ON contract_charge (contract_id, kind, valid_from);

CREATE TABLE lump (
    batch_id BIGINT NOT NULL,
    bank_line_id BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    booked_on DATE NOT NULL,
    entry_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_lump PRIMARY KEY (batch_id),
    CONSTRAINT ck_lump_size CHECK (lines > 0 and amount > 0),
    CONSTRAINT fk_lump_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT uq_lump_bank_line_id UNIQUE (bank_line_id),
    CONSTRAINT fk_lump_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
);

CREATE TABLE lump_left_out (
    instruction_id BIGINT NOT NULL,
    batch_id BIGINT NOT NULL,
    CONSTRAINT pk_lump_left_out PRIMARY KEY (instruction_id),
    CONSTRAINT fk_lump_left_out_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id),
    CONSTRAINT fk_lump_left_out_batch_id FOREIGN KEY(batch_id) REFERENCES lump (batch_id)
);

CREATE INDEX ix_bank_line_named ON bank_line (bank_reference) WHERE reference <> '' and bank_reference <> '' and kind in ('status', 'booked');

CREATE INDEX ix_bank_line_unnamed ON bank_line (provider, booked_on) WHERE reference = '' and kind = 'booked';

CREATE UNIQUE INDEX uq_line_match_target ON line_match (verdict, target_id)
WHERE verdict not in ('credit_unknown', 'debit_unknown', 'conflict', 'noted', 'told_before');
