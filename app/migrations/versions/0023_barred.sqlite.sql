-- Who may not act on a payroll, and why; limits of a line and of a day (SQLite).

CREATE TABLE payroll_barred (
    payroll_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    why TEXT NOT NULL,
    until TEXT NOT NULL,
    found_at TEXT NOT NULL,
    CONSTRAINT pk_payroll_barred PRIMARY KEY (payroll_id, officer_id, why, until),
    CONSTRAINT ck_payroll_barred_why CHECK (why in ('editor', 'payee', 'household', 'account', 'changer')),
    CONSTRAINT fk_payroll_barred_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_payroll_barred_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE TABLE payment_limit (
    id INTEGER NOT NULL,
    measure TEXT NOT NULL,
    scope TEXT NOT NULL,
    from_day TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_payment_limit PRIMARY KEY (id),
    CONSTRAINT ck_payment_limit_measure CHECK (measure in ('line_month', 'account_day')),
    CONSTRAINT ck_payment_limit_amount CHECK (amount > 0),
    CONSTRAINT ck_payment_limit_reason CHECK (trim(reason) <> ''),
    CONSTRAINT uq_payment_limit_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_payment_limit_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;
