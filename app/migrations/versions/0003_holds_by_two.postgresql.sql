-- Holds cleared by two officers, and what a restored database has to say for itself (PostgreSQL).

CREATE TABLE restoration (
    id BIGSERIAL NOT NULL,
    hold_id BIGINT NOT NULL,
    backup TEXT NOT NULL,
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    restored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    entries BIGINT NOT NULL,
    lost_entries BIGINT,
    journal TEXT NOT NULL,
    journal_lines BIGINT NOT NULL,
    journal_unreadable BIGINT NOT NULL,
    not_in_journal BIGINT NOT NULL,
    CONSTRAINT pk_restoration PRIMARY KEY (id),
    CONSTRAINT ck_restoration_journal CHECK (journal in ('kept', 'lost')),
    CONSTRAINT uq_restoration_hold_id UNIQUE (hold_id),
    CONSTRAINT fk_restoration_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id)
);

CREATE TABLE handed_over (
    restoration_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    batch_id BIGINT,
    believed TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    message_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    lines BIGINT NOT NULL,
    total BIGINT NOT NULL,
    CONSTRAINT pk_handed_over PRIMARY KEY (restoration_id, ordinal),
    CONSTRAINT ck_handed_over_believed CHECK ((batch_id is null) = (believed = '')),
    CONSTRAINT fk_handed_over_restoration_id FOREIGN KEY(restoration_id) REFERENCES restoration (id),
    CONSTRAINT fk_handed_over_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
);

CREATE INDEX ix_handed_over_message_id ON handed_over (message_id);

CREATE TABLE comparison (
    id BIGSERIAL NOT NULL,
    restoration_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_comparison PRIMARY KEY (id),
    CONSTRAINT fk_comparison_restoration_id FOREIGN KEY(restoration_id) REFERENCES restoration (id)
);

CREATE INDEX ix_comparison_restoration_id ON comparison (restoration_id);

CREATE TABLE hold_clearing (
    id BIGSERIAL NOT NULL,
    hold_id BIGINT NOT NULL,
    comparison_id BIGINT,
    officer_id BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT pk_hold_clearing PRIMARY KEY (id),
    CONSTRAINT fk_hold_clearing_hold_id FOREIGN KEY(hold_id) REFERENCES hold (id),
    CONSTRAINT fk_hold_clearing_comparison_id FOREIGN KEY(comparison_id) REFERENCES comparison (id),
    CONSTRAINT fk_hold_clearing_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_hold_clearing_act_id UNIQUE (act_id),
    CONSTRAINT fk_hold_clearing_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE INDEX ix_hold_clearing_hold_id ON hold_clearing (hold_id);
