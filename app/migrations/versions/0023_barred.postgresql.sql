-- Who may not act on a payroll, and why; limits of a line and of a day (PostgreSQL).

CREATE TABLE payroll_barred (
    payroll_id BIGINT NOT NULL,
    officer_id BIGINT NOT NULL,
    why TEXT NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    found_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payroll_barred PRIMARY KEY (payroll_id, officer_id, why, until),
    CONSTRAINT ck_payroll_barred_why CHECK (why in ('editor', 'payee', 'household', 'account', 'changer')),
    CONSTRAINT fk_payroll_barred_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_payroll_barred_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE TABLE payment_limit (
    id BIGSERIAL NOT NULL,
    measure TEXT NOT NULL,
    scope TEXT NOT NULL,
    from_day DATE NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment_limit PRIMARY KEY (id),
    CONSTRAINT ck_payment_limit_measure CHECK (measure in ('line_month', 'account_day')),
    CONSTRAINT ck_payment_limit_amount CHECK (amount > 0),
    CONSTRAINT ck_payment_limit_reason CHECK (trim(reason) <> ''),
    CONSTRAINT uq_payment_limit_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_payment_limit_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);
