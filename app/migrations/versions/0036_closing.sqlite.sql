-- Closed days and months, providers' settlements, losses and returned money (SQLite).

CREATE TABLE closed_day (
    account_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_closed_day PRIMARY KEY (account_id, day),
    CONSTRAINT fk_closed_day_account_id FOREIGN KEY(account_id) REFERENCES account (id)
) STRICT;

CREATE INDEX ix_closed_day_day ON closed_day (day);

CREATE TABLE bank_day (
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    day TEXT NOT NULL,
    since TEXT NOT NULL,
    report_id INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    opening INTEGER NOT NULL,
    came INTEGER NOT NULL,
    went INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_bank_day PRIMARY KEY (provider, account, day),
    CONSTRAINT ck_bank_day_days CHECK (since <= day),
    CONSTRAINT ck_bank_day_balance CHECK (opening + came - went = balance),
    CONSTRAINT fk_bank_day_report_id FOREIGN KEY(report_id) REFERENCES bank_report (id),
    CONSTRAINT fk_bank_day_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE INDEX ix_bank_day_act_id ON bank_day (act_id);

CREATE TABLE provider_settlement (
    id INTEGER NOT NULL,
    period TEXT NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    listed_count INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    account_count INTEGER NOT NULL,
    account INTEGER NOT NULL,
    cash_count INTEGER NOT NULL,
    cash INTEGER NOT NULL,
    vouchers INTEGER NOT NULL,
    unpaid_count INTEGER NOT NULL,
    unpaid INTEGER NOT NULL,
    opening INTEGER NOT NULL,
    received INTEGER NOT NULL,
    made_good INTEGER NOT NULL,
    other_in INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    cash_out INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    other_out INTEGER NOT NULL,
    unspent INTEGER NOT NULL,
    suspense INTEGER NOT NULL,
    lines_digest TEXT NOT NULL,
    digest TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    accepted_at TEXT NOT NULL,
    CONSTRAINT pk_provider_settlement PRIMARY KEY (id),
    CONSTRAINT uq_provider_settlement_period_fund_programme_unit_provider UNIQUE (period, fund, programme, unit, provider),
    CONSTRAINT ck_provider_settlement_days CHECK (since <= until),
    CONSTRAINT ck_provider_settlement_list CHECK (listed = account + cash + unpaid),
    CONSTRAINT ck_provider_settlement_count CHECK (listed_count = account_count + cash_count + unpaid_count),
    CONSTRAINT ck_provider_settlement_vouchers CHECK (vouchers = cash_count),
    CONSTRAINT ck_provider_settlement_money CHECK (opening + received + made_good + other_in = credited + cash_out + lost + returned + other_out + unspent),
    CONSTRAINT ck_provider_settlement_unspent CHECK (unspent >= suspense and suspense >= 0),
    CONSTRAINT fk_provider_settlement_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;

CREATE INDEX ix_provider_settlement_joint_id ON provider_settlement (joint_id);

CREATE TABLE provider_loss (
    id INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    report TEXT NOT NULL,
    lost_on TEXT NOT NULL,
    amount INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_provider_loss PRIMARY KEY (id),
    CONSTRAINT uq_provider_loss_report_fund_programme_unit_provider UNIQUE (report, fund, programme, unit, provider),
    CONSTRAINT ck_provider_loss_amount CHECK (amount > 0),
    CONSTRAINT uq_provider_loss_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_provider_loss_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_provider_loss_entry_id UNIQUE (entry_id)
) STRICT;

CREATE TABLE loss_repayment (
    id INTEGER NOT NULL,
    loss_id INTEGER NOT NULL,
    document TEXT NOT NULL,
    received_on TEXT NOT NULL,
    amount INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_loss_repayment PRIMARY KEY (id),
    CONSTRAINT uq_loss_repayment_loss_id_document UNIQUE (loss_id, document),
    CONSTRAINT ck_loss_repayment_amount CHECK (amount > 0),
    CONSTRAINT fk_loss_repayment_loss_id FOREIGN KEY(loss_id) REFERENCES provider_loss (id),
    CONSTRAINT uq_loss_repayment_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_loss_repayment_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_loss_repayment_entry_id UNIQUE (entry_id)
) STRICT;

CREATE TABLE unspent_return (
    id INTEGER NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    slip TEXT NOT NULL,
    returned_on TEXT NOT NULL,
    amount INTEGER NOT NULL,
    joint_id INTEGER NOT NULL,
    due_entry_id INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_unspent_return PRIMARY KEY (id),
    CONSTRAINT uq_unspent_return_slip_fund_programme_unit_provider UNIQUE (slip, fund, programme, unit, provider),
    CONSTRAINT ck_unspent_return_amount CHECK (amount > 0),
    CONSTRAINT uq_unspent_return_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_unspent_return_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id),
    CONSTRAINT uq_unspent_return_due_entry_id UNIQUE (due_entry_id),
    CONSTRAINT uq_unspent_return_entry_id UNIQUE (entry_id)
) STRICT;

CREATE TABLE month_close (
    period TEXT NOT NULL,
    cells INTEGER NOT NULL,
    digest TEXT NOT NULL,
    joint_id INTEGER NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_month_close PRIMARY KEY (period),
    CONSTRAINT uq_month_close_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_month_close_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
) STRICT;
