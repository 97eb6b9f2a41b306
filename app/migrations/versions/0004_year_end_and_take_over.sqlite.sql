-- The end of a budget year, and take-overs (SQLite).

CREATE TABLE joint_act (
    id INTEGER NOT NULL,
    step TEXT NOT NULL,
    about TEXT NOT NULL,
    digest TEXT NOT NULL,
    officer_one INTEGER NOT NULL,
    act_one INTEGER NOT NULL,
    officer_two INTEGER NOT NULL,
    act_two INTEGER NOT NULL,
    CONSTRAINT pk_joint_act PRIMARY KEY (id),
    CONSTRAINT ck_joint_act_two_persons CHECK (officer_one <> officer_two and act_one <> act_two),
    CONSTRAINT fk_joint_act_officer_one FOREIGN KEY(officer_one) REFERENCES officer (id),
    CONSTRAINT uq_joint_act_act_one UNIQUE (act_one),
    CONSTRAINT fk_joint_act_act_one FOREIGN KEY(act_one) REFERENCES act (id),
    CONSTRAINT fk_joint_act_officer_two FOREIGN KEY(officer_two) REFERENCES officer (id),
    CONSTRAINT uq_joint_act_act_two UNIQUE (act_two),
    CONSTRAINT fk_joint_act_act_two FOREIGN KEY(act_two) REFERENCES act (id)
) STRICT;

CREATE TABLE year_closing (
    year INTEGER NOT NULL,
    path TEXT NOT NULL,
    balance INTEGER NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_year_closing PRIMARY KEY (year, path),
    CONSTRAINT ck_year_closing_balance CHECK (balance <> 0)
) STRICT;

CREATE TABLE carry_over (
    id INTEGER NOT NULL,
    budget_year INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    number TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    amount INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_carry_over PRIMARY KEY (id),
    CONSTRAINT ck_carry_over_amount CHECK (amount >= 0),
    CONSTRAINT fk_carry_over_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_carry_over_act_id UNIQUE (act_id),
    CONSTRAINT fk_carry_over_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE treasury_due (
    id INTEGER NOT NULL,
    budget_year INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    recipe TEXT NOT NULL,
    amount INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    CONSTRAINT pk_treasury_due PRIMARY KEY (id),
    CONSTRAINT uq_treasury_due_joint_id_fund_programme_unit_provider_recipe UNIQUE (joint_id, fund, programme, unit, provider, recipe),
    CONSTRAINT ck_treasury_due_recipe CHECK (recipe in ('owe_treasury', 'owe_recovered')),
    CONSTRAINT ck_treasury_due_amount CHECK (amount > 0),
    CONSTRAINT ck_treasury_due_years CHECK (fiscal_year >= budget_year),
    CONSTRAINT uq_treasury_due_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_treasury_due_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE TABLE treasury_refund (
    id INTEGER NOT NULL,
    budget_year INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    slip TEXT NOT NULL,
    paid_on TEXT NOT NULL,
    amount INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    CONSTRAINT pk_treasury_refund PRIMARY KEY (id),
    CONSTRAINT uq_treasury_refund_slip_fund_programme_unit_provider UNIQUE (slip, fund, programme, unit, provider),
    CONSTRAINT ck_treasury_refund_amount CHECK (amount > 0),
    CONSTRAINT uq_treasury_refund_entry_id UNIQUE (entry_id),
    CONSTRAINT uq_treasury_refund_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_treasury_refund_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE TABLE take_over (
    id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    balances_on TEXT NOT NULL,
    balance_rows INTEGER NOT NULL,
    balance_total INTEGER NOT NULL,
    unpaid_rows INTEGER NOT NULL,
    unpaid_total INTEGER NOT NULL,
    loaded_by INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    loaded_at TEXT NOT NULL,
    CONSTRAINT pk_take_over PRIMARY KEY (id),
    CONSTRAINT uq_take_over_id_loaded_by_digest UNIQUE (id, loaded_by, digest),
    CONSTRAINT ck_take_over_counts CHECK (balance_rows > 0 and unpaid_rows >= 0),
    CONSTRAINT uq_take_over_digest UNIQUE (digest),
    CONSTRAINT fk_take_over_loaded_by FOREIGN KEY(loaded_by) REFERENCES officer (id),
    CONSTRAINT uq_take_over_act_id UNIQUE (act_id),
    CONSTRAINT fk_take_over_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE take_over_balance (
    id INTEGER NOT NULL,
    take_over_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_take_over_balance PRIMARY KEY (id),
    CONSTRAINT uq_take_over_balance_take_over_id_line UNIQUE (take_over_id, line),
    CONSTRAINT ck_take_over_balance_amount CHECK (amount > 0),
    CONSTRAINT fk_take_over_balance_take_over_id FOREIGN KEY(take_over_id) REFERENCES take_over (id)
) STRICT;

CREATE INDEX ix_take_over_balance_take_over_id ON take_over_balance (take_over_id);

CREATE TABLE take_over_unpaid (
    take_over_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    enrolment_id INTEGER NOT NULL,
    period TEXT NOT NULL,
    component TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_take_over_unpaid PRIMARY KEY (take_over_id, line),
    CONSTRAINT uq_take_over_unpaid_owed UNIQUE (take_over_id, person_id, programme, period, component),
    CONSTRAINT ck_take_over_unpaid_amount CHECK (amount > 0),
    CONSTRAINT fk_take_over_unpaid_take_over_id FOREIGN KEY(take_over_id) REFERENCES take_over (id),
    CONSTRAINT fk_take_over_unpaid_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_take_over_unpaid_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;

CREATE INDEX ix_take_over_unpaid_person ON take_over_unpaid (person_id);

CREATE TABLE take_over_acceptance (
    take_over_id INTEGER NOT NULL,
    loaded_by INTEGER NOT NULL,
    digest TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    accepted_at TEXT NOT NULL,
    CONSTRAINT pk_take_over_acceptance PRIMARY KEY (take_over_id),
    CONSTRAINT fk_take_over_acceptance_take_over_id_loaded_by_digest FOREIGN KEY(take_over_id, loaded_by, digest) REFERENCES take_over (id, loaded_by, digest),
    CONSTRAINT ck_take_over_acceptance_two_persons CHECK (officer_id <> loaded_by),
    CONSTRAINT fk_take_over_acceptance_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_take_over_acceptance_act_id UNIQUE (act_id),
    CONSTRAINT fk_take_over_acceptance_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;
