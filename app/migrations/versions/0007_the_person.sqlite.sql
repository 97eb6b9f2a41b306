-- What is known of a person besides, and what was known before (SQLite).

CREATE TABLE decision (
    id INTEGER NOT NULL,
    area_code TEXT NOT NULL,
    number TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    kind TEXT NOT NULL,
    signer TEXT NOT NULL,
    signer_title TEXT NOT NULL,
    document_name TEXT DEFAULT '' NOT NULL,
    document_sha256 TEXT DEFAULT '' NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_decision PRIMARY KEY (id),
    CONSTRAINT uq_decision_area_code_number_decided_on UNIQUE (area_code, number, decided_on),
    CONSTRAINT ck_decision_kind CHECK (kind in ('grant', 'adjust', 'stop', 'other'))
) STRICT;

CREATE TABLE household (
    id INTEGER NOT NULL,
    area_code TEXT NOT NULL,
    number TEXT NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (id),
    CONSTRAINT uq_household_area_code_number UNIQUE (area_code, number)
) STRICT;

CREATE TABLE household_poverty (
    id INTEGER NOT NULL,
    household_id INTEGER NOT NULL,
    from_period TEXT NOT NULL,
    level TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    decided_on TEXT,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_household_poverty PRIMARY KEY (id),
    CONSTRAINT uq_household_poverty_household_id_from_period_level UNIQUE (household_id, from_period, level),
    CONSTRAINT ck_household_poverty_level CHECK (level in ('poor', 'near_poor', 'none')),
    CONSTRAINT fk_household_poverty_household_id FOREIGN KEY(household_id) REFERENCES household (id)
) STRICT;

CREATE TABLE citizen_change (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    old_key TEXT NOT NULL,
    old_cipher BLOB NOT NULL,
    old_tail TEXT NOT NULL,
    new_key TEXT NOT NULL,
    new_tail TEXT NOT NULL,
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    changed_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_citizen_change PRIMARY KEY (id),
    CONSTRAINT ck_citizen_change_reason CHECK (reason in ('reissued', 'corrected')),
    CONSTRAINT ck_citizen_change_differs CHECK (old_key <> new_key),
    CONSTRAINT fk_citizen_change_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT uq_citizen_change_old_key UNIQUE (old_key)
) STRICT;

CREATE TABLE disability (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    degree TEXT NOT NULL,
    certificate TEXT NOT NULL,
    certified_on TEXT,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_disability PRIMARY KEY (id),
    CONSTRAINT uq_disability_person_id_certificate_degree_kind UNIQUE (person_id, certificate, degree, kind),
    CONSTRAINT ck_disability_degree CHECK (degree in ('extreme', 'severe', 'light')),
    CONSTRAINT fk_disability_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_disability_person ON disability (person_id, id);

CREATE TABLE erasure (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    asked_by INTEGER NOT NULL,
    confirmed_by INTEGER NOT NULL,
    erased_at TEXT NOT NULL,
    CONSTRAINT pk_erasure PRIMARY KEY (id),
    CONSTRAINT ck_erasure_two_persons CHECK (asked_by <> confirmed_by),
    CONSTRAINT uq_erasure_person_id UNIQUE (person_id),
    CONSTRAINT fk_erasure_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_erasure_asked_by FOREIGN KEY(asked_by) REFERENCES officer (id),
    CONSTRAINT fk_erasure_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES officer (id)
) STRICT;

CREATE TABLE field_source (
    person_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    source TEXT NOT NULL,
    confirmed_at TEXT NOT NULL,
    reference TEXT NOT NULL,
    CONSTRAINT pk_field_source PRIMARY KEY (person_id, field),
    CONSTRAINT ck_field_source_source CHECK (source in ('import', 'officer', 'population', 'civil_status', 'insurance', 'bank', 'person')),
    CONSTRAINT fk_field_source_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE TABLE payee (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    citizen_key TEXT NOT NULL,
    citizen_cipher BLOB,
    citizen_tail TEXT NOT NULL,
    relation TEXT NOT NULL,
    document TEXT NOT NULL,
    signed_on TEXT,
    valid_until TEXT,
    source TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_payee PRIMARY KEY (id),
    CONSTRAINT uq_payee_person_id_version UNIQUE (person_id, version),
    CONSTRAINT ck_payee_kind CHECK (kind in ('self', 'guardian', 'authorised')),
    CONSTRAINT ck_payee_document CHECK (kind = 'self' or document <> ''),
    CONSTRAINT fk_payee_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_payee_citizen_key ON payee (citizen_key);

CREATE TABLE person_change (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_person_change PRIMARY KEY (id),
    CONSTRAINT ck_person_change_differs CHECK (old <> new),
    CONSTRAINT fk_person_change_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE INDEX ix_person_change_person_id ON person_change (person_id);

CREATE TABLE destination_check (
    id INTEGER NOT NULL,
    destination_id INTEGER NOT NULL,
    result TEXT NOT NULL,
    evidence TEXT NOT NULL,
    source TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    checked_by TEXT NOT NULL,
    CONSTRAINT pk_destination_check PRIMARY KEY (id),
    CONSTRAINT ck_destination_check_result CHECK (result in ('exact', 'close', 'different', 'not_found', 'confirmed')),
    CONSTRAINT fk_destination_check_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id)
) STRICT;

CREATE INDEX ix_destination_check_destination_id ON destination_check (destination_id);

CREATE TABLE destination_order (
    person_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    destination_id INTEGER NOT NULL,
    CONSTRAINT pk_destination_order PRIMARY KEY (person_id, version, rank),
    CONSTRAINT uq_destination_order_person_id_version_destination_id UNIQUE (person_id, version, destination_id),
    CONSTRAINT ck_destination_order_rank CHECK (rank > 0),
    CONSTRAINT fk_destination_order_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_destination_order_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id)
) STRICT;

ALTER TABLE person ADD COLUMN bound_key TEXT DEFAULT '' NOT NULL;

ALTER TABLE person ADD COLUMN given_key TEXT DEFAULT '' NOT NULL;

ALTER TABLE person ADD COLUMN phone_key TEXT DEFAULT '' NOT NULL;

ALTER TABLE person ADD COLUMN phone_tail TEXT DEFAULT '' NOT NULL;

ALTER TABLE person ADD COLUMN phone_owner TEXT DEFAULT '' NOT NULL;

ALTER TABLE person ADD COLUMN household_id INTEGER CONSTRAINT fk_person_household_id REFERENCES household (id);

ALTER TABLE person ADD COLUMN is_head INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE person ADD COLUMN still_cash TEXT DEFAULT '' NOT NULL;

ALTER TABLE person ADD COLUMN died_on TEXT;

ALTER TABLE person ADD COLUMN merged_into_id INTEGER CONSTRAINT fk_person_merged_into_id REFERENCES person (id);

ALTER TABLE person ADD COLUMN erased_at TEXT;

UPDATE person SET bound_key = citizen_key;

CREATE INDEX ix_person_household_id ON person (household_id);

CREATE INDEX ix_person_phone_key ON person (phone_key);

ALTER TABLE destination ADD COLUMN kind TEXT DEFAULT 'bank' NOT NULL;

UPDATE destination SET kind = 'post' WHERE method = 'cash';

CREATE INDEX ix_destination_tail ON destination (account_tail);
