-- Corrected lists of a month, more columns of a list, headings of one's own (PostgreSQL).

ALTER TABLE import_file ADD COLUMN version BIGINT DEFAULT 1 NOT NULL;

ALTER TABLE import_file DROP CONSTRAINT uq_import_file_area_code_period;

ALTER TABLE import_file ADD CONSTRAINT uq_import_file_area_code_period_version UNIQUE (area_code, period, version);

CREATE TABLE heading_mapping (
    area_code TEXT NOT NULL,
    found TEXT NOT NULL,
    heading TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_heading_mapping PRIMARY KEY (area_code, found)
);

-- Rows stand in import_row only while their file is being applied: there are none now.
DROP TABLE import_row;

CREATE TABLE import_row (
    area_code TEXT NOT NULL,
    row_number BIGINT NOT NULL,
    is_first BIGINT NOT NULL,
    citizen_key TEXT NOT NULL,
    citizen_cipher BYTEA NOT NULL,
    citizen_tail TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    birth TEXT NOT NULL,
    sex TEXT NOT NULL,
    ethnicity TEXT NOT NULL,
    hamlet TEXT NOT NULL,
    phone_cipher BYTEA,
    programme TEXT NOT NULL,
    group_code TEXT NOT NULL,
    table_key TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    decision_on DATE NOT NULL,
    start_period TEXT NOT NULL,
    stop_period TEXT,
    stop_cause TEXT NOT NULL,
    event TEXT NOT NULL,
    method TEXT NOT NULL,
    bank_bin TEXT NOT NULL,
    account_key TEXT NOT NULL,
    account_cipher BYTEA,
    account_tail TEXT NOT NULL,
    holder TEXT NOT NULL,
    bound_key TEXT NOT NULL,
    given_key TEXT NOT NULL,
    phone_key TEXT NOT NULL,
    phone_tail TEXT NOT NULL,
    kind TEXT NOT NULL,
    household TEXT NOT NULL,
    poverty TEXT NOT NULL,
    disability TEXT NOT NULL,
    degree TEXT NOT NULL,
    certificate TEXT NOT NULL,
    certified_on DATE,
    phone_owner TEXT NOT NULL,
    payee TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    payee_key TEXT NOT NULL,
    payee_cipher BYTEA,
    payee_tail TEXT NOT NULL,
    relation TEXT NOT NULL,
    paper TEXT NOT NULL,
    signed_on DATE,
    valid_until DATE,
    still_cash TEXT NOT NULL,
    signer TEXT NOT NULL,
    CONSTRAINT pk_import_row PRIMARY KEY (area_code, row_number)
);
