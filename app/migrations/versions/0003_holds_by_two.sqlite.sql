-- Holds cleared by two officers, and what a restored database has to say for itself (SQLite).

CREATE TABLE restoration (
    id INTEGER NOT NULL,
    hold_id INTEGER NOT NULL,
    backup TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    restored_at TEXT NOT NULL,
    entries INTEGER NOT NULL,
    lost_entries INTEGER,
    journal TEXT NOT NULL,
    journal_lines INTEGER NOT NULL,
    journal_unreadable INTEGER NOT NULL,
    not_in_journal INTEGER NOT NULL,
    CONSTRAINT pk_restoration PRIMARY KEY (id),
    CONSTRAINT ck_restoration_journal CHECK (journal in ('kept', 'lost')),
    CONSTRAINT uq_restoration_hold_id UNIQUE (hold_id),
    CONSTRAINT fk_restoration_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id)
)
 STRICT;

CREATE TABLE handed_over (
    restoration_id INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    batch_id INTEGER,
    believed TEXT NOT NULL,
    at TEXT NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    message_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    lines INTEGER NOT NULL,
    total INTEGER NOT NULL,
    CONSTRAINT pk_handed_over PRIMARY KEY (restoration_id, ordinal),
    CONSTRAINT ck_handed_over_believed CHECK ((batch_id is null) = (believed = '')),
    CONSTRAINT fk_handed_over_restoration_id FOREIGN KEY(restoration_id) REFERENCES restoration (id),
    CONSTRAINT fk_handed_over_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
)
 STRICT;

CREATE INDEX ix_handed_over_message_id ON handed_over (message_id);

CREATE TABLE comparison (
    id INTEGER NOT NULL,
    restoration_id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at TEXT NOT NULL,
    CONSTRAINT pk_comparison PRIMARY KEY (id),
    CONSTRAINT fk_comparison_restoration_id FOREIGN KEY(restoration_id) REFERENCES restoration (id)
)
 STRICT;

CREATE INDEX ix_comparison_restoration_id ON comparison (restoration_id);

CREATE TABLE hold_clearing (
    id INTEGER NOT NULL,
    hold_id INTEGER NOT NULL,
    comparison_id INTEGER,
    officer_id INTEGER NOT NULL,
    act_id INTEGER NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT pk_hold_clearing PRIMARY KEY (id),
    CONSTRAINT fk_hold_clearing_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id),
    CONSTRAINT fk_hold_clearing_comparison_id FOREIGN KEY(comparison_id) REFERENCES comparison (id),
    CONSTRAINT fk_hold_clearing_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_hold_clearing_act_id UNIQUE (act_id),
    CONSTRAINT fk_hold_clearing_act_id FOREIGN KEY(act_id) REFERENCES act (id)
)
 STRICT;

CREATE INDEX ix_hold_clearing_hold_id ON hold_clearing (hold_id);
