-- Corrected lists of a month, more columns of a list, headings of one's own (SQLite).

CREATE TABLE import_file_next (
    id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    area_code TEXT NOT NULL,
    period TEXT NOT NULL,
    rows INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT uq_import_file_area_code_period_version UNIQUE (area_code, period, version),
    CONSTRAINT uq_import_file_sha256 UNIQUE (sha256)
) STRICT;

INSERT INTO import_file_next (id, sha256, name, area_code, period, rows, imported_at, imported_by)
SELECT id, sha256, name, area_code, period, rows, imported_at, imported_by FROM import_file;

DROP TABLE import_file;

ALTER TABLE import_file_next RENAME TO import_file;

CREATE TABLE heading_mapping (
    area_code TEXT NOT NULL,
    found TEXT NOT NULL,
    heading TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_heading_mapping PRIMARY KEY (area_code, found)
) STRICT;

-- Rows stand in import_row only while their file is being applied: there are none now.
DROP TABLE import_row;

CREATE TABLE import_row (
    area_code TEXT NOT NULL,
    row_number INTEGER NOT NULL,
    is_first INTEGER NOT NULL,
    citizen_key TEXT NOT NULL,
    citizen_cipher BLOB NOT NULL,
    citizen_tail TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    birth TEXT NOT NULL,
    sex TEXT NOT NULL,
    ethnicity TEXT NOT NULL,
    hamlet TEXT NOT NULL,
    phone_cipher BLOB,
    programme TEXT NOT NULL,
    group_code TEXT NOT NULL,
    table_key TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    decision_on TEXT NOT NULL,
    start_period TEXT NOT NULL,
    stop_period TEXT,
    stop_cause TEXT NOT NULL,
    event TEXT NOT NULL,
    method TEXT NOT NULL,
    bank_bin TEXT NOT NULL,
    account_key TEXT NOT NULL,
    account_cipher BLOB,
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
    certified_on TEXT,
    phone_owner TEXT NOT NULL,
    payee TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    payee_key TEXT NOT NULL,
    payee_cipher BLOB,
    payee_tail TEXT NOT NULL,
    relation TEXT NOT NULL,
    paper TEXT NOT NULL,
    signed_on TEXT,
    valid_until TEXT,
    still_cash TEXT NOT NULL,
    signer TEXT NOT NULL,
    CONSTRAINT pk_import_row PRIMARY KEY (area_code, row_number)
) STRICT;
