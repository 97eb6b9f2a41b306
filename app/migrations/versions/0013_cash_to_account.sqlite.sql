-- From cash to account: campaigns, requests, answers, first payments (SQLite).

CREATE TABLE account_campaign (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_account_campaign PRIMARY KEY (id),
    CONSTRAINT ck_account_campaign_days CHECK (starts_on <= ends_on),
    CONSTRAINT uq_account_campaign_name UNIQUE (name)
) STRICT;

CREATE TABLE account_target (
    campaign_id INTEGER NOT NULL,
    area_code TEXT NOT NULL,
    people INTEGER NOT NULL,
    CONSTRAINT pk_account_target PRIMARY KEY (campaign_id, area_code),
    CONSTRAINT ck_account_target_people CHECK (people > 0),
    CONSTRAINT fk_account_target_campaign_id FOREIGN KEY(campaign_id) REFERENCES account_campaign (id)
) STRICT;

CREATE TABLE account_request (
    id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    campaign_id INTEGER,
    bank_bin TEXT NOT NULL,
    area_code TEXT NOT NULL,
    profile TEXT NOT NULL,
    lines INTEGER NOT NULL,
    reason TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    CONSTRAINT pk_account_request PRIMARY KEY (id),
    CONSTRAINT ck_account_request_lines CHECK (lines > 0),
    CONSTRAINT ck_account_request_reason CHECK (reason <> ''),
    CONSTRAINT uq_account_request_digest UNIQUE (digest),
    CONSTRAINT fk_account_request_campaign_id FOREIGN KEY(campaign_id) REFERENCES account_campaign (id)
) STRICT;

CREATE TABLE account_request_line (
    request_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    owner_key TEXT NOT NULL,
    CONSTRAINT pk_account_request_line PRIMARY KEY (request_id, line),
    CONSTRAINT uq_account_request_line_request_id_person_id UNIQUE (request_id, person_id),
    CONSTRAINT ck_account_request_line_owner_kind CHECK (owner_kind in ('self', 'guardian', 'authorised')),
    CONSTRAINT fk_account_request_line_request_id FOREIGN KEY(request_id) REFERENCES account_request (id),
    CONSTRAINT fk_account_request_line_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT uq_account_request_line_reference UNIQUE (reference)
) STRICT;

CREATE INDEX ix_account_request_line_person_id ON account_request_line (person_id);

CREATE TABLE account_answer (
    id INTEGER NOT NULL,
    request_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    lines INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    proposed_by INTEGER NOT NULL,
    confirmed_by INTEGER NOT NULL,
    CONSTRAINT pk_account_answer PRIMARY KEY (id),
    CONSTRAINT ck_account_answer_two_persons CHECK (proposed_by <> confirmed_by),
    CONSTRAINT fk_account_answer_request_id FOREIGN KEY(request_id) REFERENCES account_request (id),
    CONSTRAINT uq_account_answer_sha256 UNIQUE (sha256),
    CONSTRAINT fk_account_answer_proposed_by FOREIGN KEY(proposed_by) REFERENCES officer (id),
    CONSTRAINT fk_account_answer_confirmed_by FOREIGN KEY(confirmed_by) REFERENCES officer (id)
) STRICT;

CREATE INDEX ix_account_answer_request_id ON account_answer (request_id);

CREATE TABLE account_answer_line (
    request_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    answer_id INTEGER NOT NULL,
    old_state TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    destination_id INTEGER,
    CONSTRAINT pk_account_answer_line PRIMARY KEY (request_id, line, state),
    CONSTRAINT uq_account_answer_line_request_id_line_old_state UNIQUE (request_id, line, old_state),
    CONSTRAINT fk_account_answer_line_request_id_line FOREIGN KEY(request_id, line) REFERENCES account_request_line (request_id, line),
    CONSTRAINT ck_account_answer_line_moves CHECK (old_state || '>' || state in ('asked>opened', 'asked>refused', 'asked>name_differs', 'asked>visit', 'visit>opened', 'visit>refused', 'visit>name_differs', 'name_differs>opened', 'name_differs>refused')),
    CONSTRAINT ck_account_answer_line_opened CHECK ((state = 'opened') = (destination_id is not null)),
    CONSTRAINT fk_account_answer_line_answer_id FOREIGN KEY(answer_id) REFERENCES account_answer (id),
    CONSTRAINT uq_account_answer_line_destination_id UNIQUE (destination_id),
    CONSTRAINT fk_account_answer_line_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id)
) STRICT;

CREATE INDEX ix_account_answer_line_answer_id ON account_answer_line (answer_id);

CREATE TABLE account_follow_up (
    destination_id INTEGER NOT NULL,
    result TEXT NOT NULL,
    instruction_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_account_follow_up PRIMARY KEY (destination_id, result),
    CONSTRAINT ck_account_follow_up_result CHECK (result in ('credited', 'returned')),
    CONSTRAINT fk_account_follow_up_destination_id FOREIGN KEY(destination_id) REFERENCES destination (id),
    CONSTRAINT fk_account_follow_up_instruction_id FOREIGN KEY(instruction_id) REFERENCES instruction (id)
) STRICT;
