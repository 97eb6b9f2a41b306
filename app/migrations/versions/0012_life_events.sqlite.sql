-- Life events, the people somebody is paid for, and merged communes (SQLite).

ALTER TABLE enrolment ADD COLUMN start_decision TEXT DEFAULT '' NOT NULL;

ALTER TABLE enrolment ADD COLUMN stop_decision TEXT DEFAULT '' NOT NULL;

CREATE TABLE area_change (
    old_code TEXT NOT NULL,
    new_code TEXT NOT NULL,
    from_period TEXT NOT NULL,
    decree TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_area_change PRIMARY KEY (old_code),
    CONSTRAINT ck_area_change_differs CHECK (old_code <> new_code)
) STRICT;

CREATE INDEX ix_area_change_new_code ON area_change (new_code);

CREATE TABLE dependant (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    birth TEXT NOT NULL,
    relation TEXT NOT NULL,
    disability TEXT DEFAULT '' NOT NULL,
    counts INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_dependant PRIMARY KEY (id),
    CONSTRAINT uq_dependant_person_id_number_version UNIQUE (person_id, number, version),
    CONSTRAINT ck_dependant_disability CHECK (disability in ('', 'extreme', 'severe', 'light')),
    CONSTRAINT ck_dependant_counts CHECK (counts in (0, 1)),
    CONSTRAINT fk_dependant_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE TABLE life_event_move (
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    CONSTRAINT pk_life_event_move PRIMARY KEY (from_state, to_state)
) STRICT;

CREATE TABLE life_event (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    happened_on TEXT,
    happened_period TEXT NOT NULL,
    known_period TEXT NOT NULL,
    facts TEXT NOT NULL,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    entered_by INTEGER NOT NULL,
    enrolment_id INTEGER,
    stop_period TEXT,
    programme TEXT DEFAULT '' NOT NULL,
    group_code TEXT DEFAULT '' NOT NULL,
    table_key TEXT DEFAULT '' NOT NULL,
    from_period TEXT,
    amount INTEGER DEFAULT 0 NOT NULL,
    recorded_at TEXT NOT NULL,
    CONSTRAINT pk_life_event PRIMARY KEY (id),
    CONSTRAINT uq_life_event_id_entered_by UNIQUE (id, entered_by),
    CONSTRAINT ck_life_event_kind CHECK (kind in ('death', 'funeral', 'move', 'category', 'uncollected', 'resume', 'pause_ends', 'age', 'dependant_age', 'study_paper', 'study_ends', 'authorisation')),
    CONSTRAINT ck_life_event_amount CHECK (amount >= 0),
    CONSTRAINT ck_life_event_begins CHECK ((group_code = '') = (from_period is null)),
    CONSTRAINT fk_life_event_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT uq_life_event_digest UNIQUE (digest),
    CONSTRAINT fk_life_event_enrolment_id FOREIGN KEY(enrolment_id) REFERENCES enrolment (id)
) STRICT;

CREATE INDEX ix_life_event_person_id ON life_event (person_id);

CREATE INDEX ix_life_event_state ON life_event (state, kind);

CREATE TABLE life_event_decision (
    event_id INTEGER NOT NULL,
    side TEXT NOT NULL,
    entered_by INTEGER NOT NULL,
    officer_id INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    decision_number TEXT NOT NULL,
    reason TEXT NOT NULL,
    known_period TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    CONSTRAINT pk_life_event_decision PRIMARY KEY (event_id, side),
    CONSTRAINT uq_life_event_decision_event_id_officer_id UNIQUE (event_id, officer_id),
    CONSTRAINT fk_life_event_decision_event_id_entered_by FOREIGN KEY(event_id, entered_by) REFERENCES life_event (id, entered_by),
    CONSTRAINT ck_life_event_decision_side CHECK (side in ('', 'from', 'to')),
    CONSTRAINT ck_life_event_decision_verdict CHECK (verdict in ('confirmed', 'refused')),
    CONSTRAINT ck_life_event_decision_two_persons CHECK (officer_id <> entered_by),
    CONSTRAINT ck_life_event_decision_reason CHECK (verdict = 'confirmed' or reason <> ''),
    CONSTRAINT fk_life_event_decision_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
) STRICT;

CREATE TABLE study (
    id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    studying_until TEXT NOT NULL,
    paper TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT pk_study PRIMARY KEY (id),
    CONSTRAINT uq_study_person_id_number_studying_until UNIQUE (person_id, number, studying_until),
    CONSTRAINT fk_study_person_id FOREIGN KEY(person_id) REFERENCES person (id)
) STRICT;

CREATE TABLE transfer (
    event_id INTEGER NOT NULL,
    from_area TEXT NOT NULL,
    to_area TEXT NOT NULL,
    last_period TEXT NOT NULL,
    CONSTRAINT pk_transfer PRIMARY KEY (event_id),
    CONSTRAINT ck_transfer_moves CHECK (from_area <> to_area),
    CONSTRAINT fk_transfer_event_id FOREIGN KEY(event_id) REFERENCES life_event (id)
) STRICT;

CREATE INDEX ix_transfer_from_area ON transfer (from_area);

CREATE INDEX ix_transfer_to_area ON transfer (to_area);
