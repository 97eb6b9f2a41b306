-- The tables of release 0.1.0 on SQLite, in the order in which they are made.
-- Frozen: what changes later is a migration of its own.

CREATE TABLE officer (
    id INTEGER NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL,
    person_key TEXT NOT NULL,
    totp_secret BLOB NOT NULL,
    disabled_at TEXT,
    CONSTRAINT pk_officer PRIMARY KEY (id),
    CONSTRAINT uq_officer_username UNIQUE (username),
    CONSTRAINT uq_officer_person_key UNIQUE (person_key)
) STRICT;

CREATE TABLE audit_event (
    id INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_audit_event PRIMARY KEY (id)
) STRICT;

CREATE TABLE import_file (
    id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    area_code TEXT NOT NULL,
    period TEXT NOT NULL,
    rows INTEGER NOT NULL,
    imported_at TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT uq_import_file_area_code_period UNIQUE (area_code, period),
    CONSTRAINT uq_import_file_sha256 UNIQUE (sha256)
) STRICT;

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
    CONSTRAINT pk_import_row PRIMARY KEY (area_code, row_number)
) STRICT;

CREATE TABLE person (
    id INTEGER NOT NULL,
    citizen_key TEXT NOT NULL,
    citizen_cipher BLOB NOT NULL,
    citizen_tail TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    birth TEXT NOT NULL,
    sex TEXT NOT NULL,
    ethnicity TEXT NOT NULL,
    area_code TEXT NOT NULL,
    hamlet TEXT NOT NULL,
    phone_cipher BLOB,
    destination_id INTEGER,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_citizen_key UNIQUE (citizen_key)
) STRICT;
CREATE INDEX ix_person_area_code ON person (area_code);
CREATE INDEX ix_person_search_key ON person (search_key);

CREATE TABLE banned_account (
    account_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    banned_at TEXT NOT NULL,
    CONSTRAINT pk_banned_account PRIMARY KEY (account_key)
) STRICT;

CREATE TABLE batch_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    CONSTRAINT pk_batch_move PRIMARY KEY (from_state, to_state)
) STRICT;

CREATE TABLE instruction_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    CONSTRAINT pk_instruction_move PRIMARY KEY (from_state, to_state)
) STRICT;

CREATE TABLE job_run (
    job TEXT NOT NULL,
    slot TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    lease_until TEXT NOT NULL,
    finished_at TEXT,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_job_run PRIMARY KEY (job, slot),
    CONSTRAINT ck_job_run_state CHECK (state in ('running', 'finished', 'failed'))
) STRICT;

CREATE TABLE payroll_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    CONSTRAINT pk_payroll_move PRIMARY KEY (from_state, to_state)
) STRICT;

CREATE TABLE fund (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_fund PRIMARY KEY (code)
) STRICT;

CREATE TABLE paying_unit (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    area_code TEXT NOT NULL,
    budget_code TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    CONSTRAINT pk_paying_unit PRIMARY KEY (code),
    CONSTRAINT ck_paying_unit_kind CHECK (kind in ('commune', 'department')),
    CONSTRAINT uq_paying_unit_budget_code UNIQUE (budget_code)
) STRICT;

CREATE TABLE provider (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    adapter TEXT NOT NULL,
    holds_advance INTEGER NOT NULL,
    is_sandbox INTEGER NOT NULL,
    CONSTRAINT pk_provider PRIMARY KEY (code)
) STRICT;

CREATE TABLE installation (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_installation PRIMARY KEY ("key")
) STRICT;

CREATE TABLE account (
    id INTEGER NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    currency TEXT NOT NULL,
    guard INTEGER NOT NULL,
    itemised INTEGER NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT ck_account_guard CHECK (guard in (0, 1, 2)),
    CONSTRAINT ck_account_itemised CHECK (itemised in (0, 1)),
    CONSTRAINT uq_account_path UNIQUE (path)
) STRICT;
CREATE INDEX ix_account_kind ON account (kind);

CREATE TABLE entry (
    id INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    kind TEXT NOT NULL,
    programme TEXT NOT NULL,
    currency TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    reverses_id INTEGER,
    content TEXT NOT NULL,
    CONSTRAINT pk_entry PRIMARY KEY (id),
    CONSTRAINT fk_entry_sealed FOREIGN KEY(id) REFERENCES entry_seal (entry_id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT uq_entry_key UNIQUE ("key"),
    CONSTRAINT uq_entry_reverses_id UNIQUE (reverses_id),
    CONSTRAINT fk_entry_reverses_id FOREIGN KEY(reverses_id) REFERENCES entry (id)
) STRICT;

CREATE TABLE posting (
    entry_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    item INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    CONSTRAINT pk_posting PRIMARY KEY (entry_id, line),
    CONSTRAINT uq_posting_account_id_item_seq UNIQUE (account_id, item, seq),
    CONSTRAINT ck_posting_seq CHECK (seq > 0),
    CONSTRAINT ck_posting_sides CHECK (debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)),
    CONSTRAINT ck_posting_size CHECK (debit <= 1000000000000000 and credit <= 1000000000000000)
) WITHOUT ROWID, STRICT;

CREATE TABLE closed_period (
    programme TEXT NOT NULL,
    period TEXT NOT NULL,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_closed_period PRIMARY KEY (programme, period),
    CONSTRAINT ck_closed_period_period CHECK (length(period) = 7)
) STRICT;

CREATE TABLE inbound_file (
    id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT pk_inbound_file PRIMARY KEY (id),
    CONSTRAINT uq_inbound_file_provider_sha256 UNIQUE (provider, sha256),
    CONSTRAINT ck_inbound_file_state CHECK (state in ('received', 'read', 'applied', 'quarantined'))
) STRICT;
CREATE INDEX ix_inbound_file_state ON inbound_file (state);

CREATE TABLE closing (
    period TEXT NOT NULL,
    fund TEXT NOT NULL,
    programme TEXT NOT NULL,
    unit TEXT NOT NULL,
    provider TEXT NOT NULL,
    opening INTEGER NOT NULL,
    funding INTEGER NOT NULL,
    not_ours_in INTEGER NOT NULL,
    credited INTEGER NOT NULL,
    cash_paid INTEGER NOT NULL,
    fees_and_not_ours_out INTEGER NOT NULL,
    back_to_treasury INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    in_transit INTEGER NOT NULL,
    suspense INTEGER NOT NULL,
    unspent INTEGER NOT NULL,
    reported_balance INTEGER,
    closed_at TEXT NOT NULL,
    CONSTRAINT pk_closing PRIMARY KEY (period, fund, programme, unit, provider),
    CONSTRAINT ck_closing_identity CHECK (opening + funding + not_ours_in = credited + cash_paid + fees_and_not_ours_out + back_to_treasury + balance),
    CONSTRAINT ck_closing_balance CHECK (balance = in_transit + suspense + unspent),
    CONSTRAINT ck_closing_reported CHECK (reported_balance is null or reported_balance = balance)
) STRICT;

CREATE TABLE bank_line_incoming (
    ordinal INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    entry_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reference TEXT NOT NULL,
    booked_on TEXT NOT NULL,
    value_on TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    is_return INTEGER NOT NULL,
    voucher TEXT NOT NULL,
    counterparty TEXT NOT NULL,
    remittance TEXT NOT NULL
) STRICT;

CREATE TABLE officer_role (
    officer_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    CONSTRAINT pk_officer_role PRIMARY KEY (officer_id, role, unit_code),
    CONSTRAINT ck_officer_role_role CHECK (role in ('maker', 'checker', 'approver', 'releaser', 'auditor')),
    CONSTRAINT fk_officer_role_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE TABLE act (
    id INTEGER NOT NULL,
    step TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    timecode INTEGER NOT NULL,
    digest TEXT NOT NULL,
    things INTEGER NOT NULL,
    total INTEGER NOT NULL,
    acted_at TEXT NOT NULL,
    seal TEXT NOT NULL,
    CONSTRAINT pk_act PRIMARY KEY (id),
    CONSTRAINT uq_act_officer_id_timecode UNIQUE (officer_id, timecode),
    CONSTRAINT fk_act_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE TABLE enrolment (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    group_code TEXT NOT NULL,
    table_key TEXT NOT NULL,
    area_code TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    decision_on TEXT NOT NULL,
    start_period TEXT NOT NULL,
    stop_period TEXT,
    stop_cause TEXT NOT NULL,
    seen_period TEXT NOT NULL,
    CONSTRAINT pk_enrolment PRIMARY KEY (id),
    CONSTRAINT uq_enrolment_person_id_programme_group_code_area_code_start_period UNIQUE (person_id, programme, group_code, area_code, start_period),
    CONSTRAINT fk_enrolment_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;
CREATE INDEX ix_enrolment_seen ON enrolment (seen_period, person_id);

CREATE TABLE destination (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    method TEXT NOT NULL,
    bank_bin TEXT NOT NULL,
    account_key TEXT NOT NULL,
    account_cipher BLOB,
    account_tail TEXT NOT NULL,
    holder TEXT NOT NULL,
    source TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_destination PRIMARY KEY (id),
    CONSTRAINT uq_destination_person_id_version UNIQUE (person_id, version),
    CONSTRAINT ck_destination_method CHECK (method in ('account', 'cash')),
    CONSTRAINT ck_destination_account CHECK ((method = 'account') = (account_key <> '')),
    CONSTRAINT fk_destination_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;
CREATE INDEX ix_destination_account_key ON destination (account_key);

CREATE TABLE hold (
    id INTEGER NOT NULL,
    scope TEXT NOT NULL,
    "key" TEXT NOT NULL,
    reason TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    cleared_by INTEGER,
    cleared_too_by INTEGER,
    cleared_at TEXT,
    CONSTRAINT pk_hold PRIMARY KEY (id),
    CONSTRAINT ck_hold_scope CHECK (scope in ('global', 'provider', 'programme', 'unit')),
    CONSTRAINT ck_hold_two_clear CHECK (cleared_at is null or cleared_by <> cleared_too_by),
    CONSTRAINT fk_hold_cleared_by FOREIGN KEY(cleared_by) REFERENCES officer (id),
    CONSTRAINT fk_hold_cleared_too_by FOREIGN KEY(cleared_too_by) REFERENCES officer (id)
) STRICT;

CREATE TABLE programme (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    fund TEXT NOT NULL,
    purpose TEXT NOT NULL,
    CONSTRAINT pk_programme PRIMARY KEY (code),
    CONSTRAINT fk_programme_fund FOREIGN KEY(fund) REFERENCES fund (code)
) STRICT;

CREATE TABLE entry_seal (
    entry_id INTEGER NOT NULL,
    postings INTEGER NOT NULL,
    total INTEGER NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT pk_entry_seal PRIMARY KEY (entry_id),
    CONSTRAINT ck_entry_seal_postings CHECK (postings between 2 and 50001),
    CONSTRAINT ck_entry_seal_total CHECK (total > 0 and total <= 1000000000000000),
    CONSTRAINT fk_entry_seal_entry_id FOREIGN KEY(entry_id) REFERENCES entry (id)
) STRICT;

CREATE TABLE repeated_file (
    id INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    received_at TEXT NOT NULL,
    CONSTRAINT pk_repeated_file PRIMARY KEY (id),
    CONSTRAINT uq_repeated_file_file_id_name UNIQUE (file_id, name),
    CONSTRAINT fk_repeated_file_file_id FOREIGN KEY(file_id) REFERENCES inbound_file (id)
) STRICT;

CREATE TABLE bank_report (
    id INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    report_id TEXT NOT NULL,
    sequence TEXT NOT NULL,
    message_id TEXT NOT NULL,
    group_status TEXT NOT NULL,
    opening INTEGER,
    closing INTEGER,
    lines INTEGER NOT NULL,
    repeated INTEGER NOT NULL,
    booked INTEGER NOT NULL,
    last_day TEXT,
    CONSTRAINT pk_bank_report PRIMARY KEY (id),
    CONSTRAINT fk_bank_report_file_id FOREIGN KEY(file_id) REFERENCES inbound_file (id)
) STRICT;
CREATE INDEX ix_bank_report_file_id ON bank_report (file_id);

CREATE TABLE bank_line (
    id INTEGER NOT NULL,
    file_id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    entry_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reference TEXT NOT NULL,
    booked_on TEXT NOT NULL,
    value_on TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    is_return INTEGER NOT NULL,
    voucher TEXT NOT NULL,
    counterparty TEXT NOT NULL,
    remittance TEXT NOT NULL,
    CONSTRAINT pk_bank_line PRIMARY KEY (id),
    CONSTRAINT uq_bank_line_provider_account_entry_key UNIQUE (provider, account, entry_key),
    CONSTRAINT fk_bank_line_file_id FOREIGN KEY(file_id) REFERENCES inbound_file (id)
) STRICT;
CREATE INDEX ix_bank_line_reference ON bank_line (reference);
CREATE INDEX ix_bank_line_file_id ON bank_line (file_id);

CREATE TABLE repair (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    old_destination_id INTEGER NOT NULL,
    new_destination_id INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    proposed_by INTEGER NOT NULL,
    confirmed_by INTEGER NOT NULL,
    repaired_at TEXT NOT NULL,
    CONSTRAINT pk_repair PRIMARY KEY (id),
    CONSTRAINT ck_repair_two_persons CHECK (proposed_by <> confirmed_by),
    CONSTRAINT fk_repair_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT uq_repair_old_destination_id UNIQUE (old_destination_id),
    CONSTRAINT fk_repair_old_destination_id FOREIGN KEY(old_destination_id) REFERENCES destination (id),
    CONSTRAINT uq_repair_new_destination_id UNIQUE (new_destination_id),
    CONSTRAINT fk_repair_new_destination_id FOREIGN KEY(new_destination_id) REFERENCES destination (id),
    CONSTRAINT fk_repair_proposed_by FOREIGN KEY(proposed_by) REFERENCES officer (id),
    CONSTRAINT fk_repair_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES officer (id)
) STRICT;

CREATE TABLE obligation (
    id INTEGER NOT NULL,
    programme TEXT NOT NULL,
    person_id INTEGER NOT NULL,
    period TEXT NOT NULL,
    component TEXT NOT NULL,
    enrolment_id INTEGER NOT NULL,
    unit_code TEXT NOT NULL,
    regular INTEGER NOT NULL,
    arrears INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    arrears_basis TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_obligation PRIMARY KEY (id),
    CONSTRAINT uq_obligation_programme_person_id_period_component UNIQUE (programme, person_id, period, component),
    CONSTRAINT ck_obligation_parts CHECK (regular >= 0 and arrears >= 0),
    CONSTRAINT ck_obligation_amount CHECK (amount = regular + arrears and amount > 0),
    CONSTRAINT fk_obligation_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_obligation_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;
CREATE INDEX ix_obligation_unit ON obligation (period, unit_code, programme);

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
    amount INTEGER NOT NULL,
    CONSTRAINT pk_arrears_grant PRIMARY KEY (id),
    CONSTRAINT uq_arrears_grant_programme_person_id_enrolment_id_basis UNIQUE (programme, person_id, enrolment_id, basis),
    CONSTRAINT ck_arrears_grant_amount CHECK (amount > 0 and months > 0),
    CONSTRAINT fk_arrears_grant_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_arrears_grant_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;

CREATE TABLE payroll (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    number INTEGER NOT NULL,
    unit_code TEXT NOT NULL,
    programme TEXT NOT NULL,
    fund TEXT NOT NULL,
    state TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    digest TEXT,
    maker_id INTEGER,
    opened_at TEXT NOT NULL,
    CONSTRAINT pk_payroll PRIMARY KEY (id),
    CONSTRAINT uq_payroll_period_unit_code_programme_kind_number UNIQUE (period, unit_code, programme, kind, number),
    CONSTRAINT uq_payroll_id_maker_id_digest UNIQUE (id, maker_id, digest),
    CONSTRAINT ck_payroll_kind CHECK (kind in ('monthly', 'follow_up')),
    CONSTRAINT ck_payroll_submitted CHECK (state = 'draft' or state = 'void' or (digest is not null and maker_id is not null)),
    CONSTRAINT fk_payroll_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT fk_payroll_programme FOREIGN KEY(programme) REFERENCES programme (code),
    CONSTRAINT fk_payroll_fund FOREIGN KEY(fund) REFERENCES fund (code),
    CONSTRAINT fk_payroll_maker_id FOREIGN KEY(maker_id) REFERENCES officer (id)
) STRICT;

CREATE TABLE contract (
    id INTEGER NOT NULL,
    number TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    programme TEXT NOT NULL,
    fund TEXT NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    methods TEXT NOT NULL,
    fee_per_ten_thousand INTEGER NOT NULL,
    due_day INTEGER NOT NULL,
    settlement_day INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    CONSTRAINT pk_contract PRIMARY KEY (id),
    CONSTRAINT uq_contract_unit_code_programme_provider_valid_from UNIQUE (unit_code, programme, provider, valid_from),
    CONSTRAINT uq_contract_provider_account UNIQUE (provider, account),
    CONSTRAINT ck_contract_days CHECK (due_day between 1 and 28 and settlement_day between 1 and 28),
    CONSTRAINT uq_contract_number UNIQUE (number),
    CONSTRAINT fk_contract_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT fk_contract_programme FOREIGN KEY(programme) REFERENCES programme (code),
    CONSTRAINT fk_contract_fund FOREIGN KEY(fund) REFERENCES fund (code),
    CONSTRAINT fk_contract_provider FOREIGN KEY(provider) REFERENCES provider (code)
) STRICT;

CREATE TABLE allotment (
    fiscal_year INTEGER NOT NULL,
    unit_code TEXT NOT NULL,
    programme TEXT NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_allotment PRIMARY KEY (fiscal_year, unit_code, programme),
    CONSTRAINT ck_allotment_amount CHECK (amount >= 0),
    CONSTRAINT fk_allotment_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT fk_allotment_programme FOREIGN KEY(programme) REFERENCES programme (code)
) STRICT;

CREATE TABLE chain_link (
    position INTEGER NOT NULL,
    entry_id INTEGER NOT NULL,
    fiscal_year INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    link TEXT NOT NULL,
    CONSTRAINT pk_chain_link PRIMARY KEY (position),
    CONSTRAINT uq_chain_link_fiscal_year_voucher UNIQUE (fiscal_year, voucher),
    CONSTRAINT uq_chain_link_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_chain_link_entry_id FOREIGN KEY(entry_id) REFERENCES entry_seal (entry_id)
) STRICT;

CREATE TABLE line_match (
    bank_line_id INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    pass_name TEXT NOT NULL,
    target_id INTEGER,
    why TEXT NOT NULL,
    CONSTRAINT pk_line_match PRIMARY KEY (bank_line_id),
    CONSTRAINT fk_line_match_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
) STRICT;
CREATE INDEX ix_line_match_target ON line_match (verdict, target_id);

CREATE TABLE suspense_item (
    bank_line_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    owner TEXT NOT NULL,
    why TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    resolved_at TEXT,
    resolution TEXT NOT NULL,
    CONSTRAINT pk_suspense_item PRIMARY KEY (bank_line_id),
    CONSTRAINT fk_suspense_item_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
) STRICT;

CREATE TABLE funding_request (
    id INTEGER NOT NULL,
    period TEXT NOT NULL,
    contract_id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    listed INTEGER NOT NULL,
    unspent INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    requested_at TEXT NOT NULL,
    received_on TEXT,
    CONSTRAINT pk_funding_request PRIMARY KEY (id),
    CONSTRAINT uq_funding_request_period_contract_id UNIQUE (period, contract_id),
    CONSTRAINT ck_funding_request_amounts CHECK (amount >= 0 and listed >= 0 and unspent >= 0),
    CONSTRAINT fk_funding_request_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id),
    CONSTRAINT uq_funding_request_reference UNIQUE (reference)
) STRICT;

CREATE TABLE batch (
    id INTEGER NOT NULL,
    payroll_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    requested_on TEXT NOT NULL,
    built_at TEXT NOT NULL,
    lines_digest TEXT NOT NULL,
    state TEXT NOT NULL,
    file_name TEXT,
    sha256 TEXT,
    owner TEXT,
    lease_until TEXT,
    CONSTRAINT pk_batch PRIMARY KEY (id),
    CONSTRAINT uq_batch_payroll_id_contract_id UNIQUE (payroll_id, contract_id),
    CONSTRAINT ck_batch_size CHECK (lines > 0 and total > 0),
    CONSTRAINT fk_batch_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_batch_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id),
    CONSTRAINT uq_batch_message_id UNIQUE (message_id)
) STRICT;
CREATE INDEX ix_batch_state ON batch (state);
CREATE INDEX ix_batch_contract_id ON batch (contract_id);

CREATE TABLE payroll_line (
    id INTEGER NOT NULL,
    payroll_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    obligation_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    destination_id INTEGER NOT NULL,
    contract_id INTEGER NOT NULL,
    method TEXT NOT NULL,
    amount INTEGER NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT pk_payroll_line PRIMARY KEY (id),
    CONSTRAINT uq_payroll_line_payroll_id_obligation_id UNIQUE (payroll_id, obligation_id),
    CONSTRAINT uq_payroll_line_payroll_id_line UNIQUE (payroll_id, line),
    CONSTRAINT ck_payroll_line_amount CHECK (amount > 0),
    CONSTRAINT fk_payroll_line_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_payroll_line_obligation_id FOREIGN KEY(obligation_id) REFERENCES obligation (id),
    CONSTRAINT fk_payroll_line_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id),
    CONSTRAINT fk_payroll_line_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id)
) STRICT;
CREATE INDEX ix_payroll_line_obligation_id ON payroll_line (obligation_id);
CREATE UNIQUE INDEX uq_payroll_line_first ON payroll_line (obligation_id) WHERE cause not in ('carried', 'follow_up');
CREATE INDEX ix_payroll_line_person_id ON payroll_line (person_id);

CREATE TABLE bridge (
    payroll_id INTEGER NOT NULL,
    cause TEXT NOT NULL,
    people INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_bridge PRIMARY KEY (payroll_id, cause),
    CONSTRAINT fk_bridge_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id)
) STRICT;

CREATE TABLE flag (
    id INTEGER NOT NULL,
    payroll_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    is_blocking INTEGER NOT NULL,
    people INTEGER NOT NULL,
    sentence TEXT NOT NULL,
    seen_by INTEGER,
    CONSTRAINT pk_flag PRIMARY KEY (id),
    CONSTRAINT uq_flag_payroll_id_kind UNIQUE (payroll_id, kind),
    CONSTRAINT fk_flag_payroll_id FOREIGN KEY(payroll_id) REFERENCES payroll (id),
    CONSTRAINT fk_flag_seen_by FOREIGN KEY(seen_by) REFERENCES officer (id)
) STRICT;
CREATE INDEX ix_flag_payroll_id ON flag (payroll_id);

CREATE TABLE approval (
    payroll_id INTEGER NOT NULL,
    step TEXT NOT NULL,
    maker_id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (payroll_id, step),
    CONSTRAINT uq_approval_payroll_id_officer_id UNIQUE (payroll_id, officer_id),
    CONSTRAINT fk_approval_payroll_id_maker_id_digest FOREIGN KEY(payroll_id, maker_id, digest) REFERENCES payroll (id, maker_id, digest),
    CONSTRAINT ck_approval_step CHECK (step in ('check', 'approve')),
    CONSTRAINT ck_approval_not_the_maker CHECK (officer_id <> maker_id),
    CONSTRAINT fk_approval_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_approval_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE contract_route (
    unit_code TEXT NOT NULL,
    programme TEXT NOT NULL,
    method TEXT NOT NULL,
    bank_bin TEXT NOT NULL,
    contract_id INTEGER NOT NULL,
    CONSTRAINT pk_contract_route PRIMARY KEY (unit_code, programme, method, bank_bin),
    CONSTRAINT fk_contract_route_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id)
) STRICT;

CREATE TABLE batch_event (
    batch_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    evidence TEXT NOT NULL,
    CONSTRAINT pk_batch_event PRIMARY KEY (batch_id, seq),
    CONSTRAINT fk_batch_event_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
) STRICT;

CREATE TABLE batch_release (
    batch_id INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    CONSTRAINT pk_batch_release PRIMARY KEY (batch_id, officer_id),
    CONSTRAINT fk_batch_release_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_batch_release_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT fk_batch_release_act_id FOREIGN KEY(act_id) REFERENCES act (id)
) STRICT;

CREATE TABLE instruction (
    id INTEGER NOT NULL,
    obligation_id INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    reference TEXT NOT NULL,
    batch_id INTEGER NOT NULL,
    payroll_line_id INTEGER NOT NULL,
    destination_id INTEGER NOT NULL,
    method TEXT NOT NULL,
    amount INTEGER NOT NULL,
    replaces_id INTEGER,
    state TEXT NOT NULL,
    CONSTRAINT pk_instruction PRIMARY KEY (id),
    CONSTRAINT uq_instruction_obligation_id_attempt UNIQUE (obligation_id, attempt),
    CONSTRAINT ck_instruction_amount CHECK (amount > 0 and attempt > 0),
    CONSTRAINT ck_instruction_replaces CHECK ((attempt = 1) = (replaces_id is null)),
    CONSTRAINT fk_instruction_obligation_id FOREIGN KEY(obligation_id) REFERENCES obligation (id),
    CONSTRAINT uq_instruction_reference UNIQUE (reference),
    CONSTRAINT fk_instruction_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id),
    CONSTRAINT fk_instruction_payroll_line_id FOREIGN KEY(payroll_line_id) REFERENCES payroll_line (id),
    CONSTRAINT fk_instruction_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id),
    CONSTRAINT uq_instruction_replaces_id UNIQUE (replaces_id),
    CONSTRAINT fk_instruction_replaces_id FOREIGN KEY(replaces_id) REFERENCES instruction (id)
) STRICT;
CREATE UNIQUE INDEX uq_instruction_live ON instruction (obligation_id) WHERE state not in ('rejected', 'returned', 'not_received', 'recalled', 'cancelled');
CREATE INDEX ix_instruction_batch_id ON instruction (batch_id);

CREATE TABLE outcome (
    id INTEGER NOT NULL,
    instruction_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    bank_line_id INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    reason TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    posted_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    entry_id INTEGER NOT NULL,
    CONSTRAINT pk_outcome PRIMARY KEY (id),
    CONSTRAINT uq_outcome_instruction_id_state UNIQUE (instruction_id, state),
    CONSTRAINT fk_outcome_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id),
    CONSTRAINT uq_outcome_bank_line_id UNIQUE (bank_line_id),
    CONSTRAINT fk_outcome_bank_line_id FOREIGN KEY(bank_line_id) REFERENCES bank_line (id)
) STRICT;
