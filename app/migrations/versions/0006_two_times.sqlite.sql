-- Two times: what was known of an enrolment, arrears by stretch of months, overpayments (SQLite).

ALTER TABLE enrolment ADD COLUMN known_period TEXT DEFAULT '' NOT NULL;

ALTER TABLE enrolment ADD COLUMN changed_period TEXT DEFAULT '' NOT NULL;

CREATE TABLE enrolment_change (
    id INTEGER NOT NULL,
    enrolment_id INTEGER NOT NULL,
    period TEXT NOT NULL,
    field TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_enrolment_change PRIMARY KEY (id),
    CONSTRAINT uq_enrolment_change_enrolment_id_period_field UNIQUE (enrolment_id, period, field),
    CONSTRAINT ck_enrolment_change_field CHECK (field in ('stop_period', 'table_key')),
    CONSTRAINT ck_enrolment_change_differs CHECK (old <> new),
    CONSTRAINT fk_enrolment_change_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;

CREATE TABLE overpayment (
    id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    component TEXT NOT NULL,
    month TEXT NOT NULL,
    period TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_overpayment PRIMARY KEY (id),
    CONSTRAINT uq_overpayment_person_id_programme_component_month_period UNIQUE (person_id, programme, component, month, period),
    CONSTRAINT ck_overpayment_amount CHECK (amount >= 0),
    CONSTRAINT ck_overpayment_past CHECK (month < period),
    CONSTRAINT fk_overpayment_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

-- Months whose sums differed stand in one old row: its months get the same sum each, the last one the rest.
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
    CONSTRAINT pk_arrears_grant PRIMARY KEY (id),
    CONSTRAINT uq_arrears_grant_enrolment_id_period_first_period UNIQUE (enrolment_id, period, first_period),
    CONSTRAINT ck_arrears_grant_amount CHECK (monthly > 0 and months > 0 and amount = monthly * months),
    CONSTRAINT ck_arrears_grant_past CHECK (first_period <= last_period and last_period < period),
    CONSTRAINT fk_arrears_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_arrears_grant_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;

CREATE INDEX ix_arrears_grant_person ON arrears_grant (person_id);

CREATE UNIQUE INDEX uq_arrears_grant_decree ON arrears_grant (enrolment_id, basis, first_period) WHERE is_decree = 1;

INSERT INTO arrears_grant (programme, person_id, enrolment_id, basis, period, first_period, last_period, months, monthly, amount, is_decree)
SELECT programme, person_id, enrolment_id, basis, period, first_period, strftime('%Y-%m', first_period || '-01', '+' || (months - 1) || ' months'), months, amount / months, amount, 1
FROM arrears_grant_before WHERE amount % months = 0 ORDER BY id;

INSERT INTO arrears_grant (programme, person_id, enrolment_id, basis, period, first_period, last_period, months, monthly, amount, is_decree)
SELECT programme, person_id, enrolment_id, basis, period, first_period, strftime('%Y-%m', first_period || '-01', '+' || (months - 2) || ' months'), months - 1, amount / months, (amount / months) * (months - 1), 1
FROM arrears_grant_before WHERE amount % months <> 0 ORDER BY id;

INSERT INTO arrears_grant (programme, person_id, enrolment_id, basis, period, first_period, last_period, months, monthly, amount, is_decree)
SELECT programme, person_id, enrolment_id, basis, period, strftime('%Y-%m', first_period || '-01', '+' || (months - 1) || ' months'), strftime('%Y-%m', first_period || '-01', '+' || (months - 1) || ' months'), 1, amount - (amount / months) * (months - 1), amount - (amount / months) * (months - 1), 1
FROM arrears_grant_before WHERE amount % months <> 0 ORDER BY id;

DROP TABLE arrears_grant_before;
