-- Claims with a fence, the day asked for, troubles and enquiries (SQLite).

ALTER TABLE batch ADD COLUMN fence INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE batch ADD COLUMN not_after TEXT;

ALTER TABLE batch ADD COLUMN execute_on TEXT;

CREATE TABLE trouble (
    id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    error TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times INTEGER NOT NULL,
    ended_at TEXT,
    CONSTRAINT pk_trouble PRIMARY KEY (id),
    CONSTRAINT ck_trouble_times CHECK (times > 0)
) STRICT;

CREATE UNIQUE INDEX uq_trouble_open ON trouble (provider, subject) WHERE ended_at is null;

CREATE TABLE enquiry (
    batch_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    file_name TEXT NOT NULL,
    error TEXT NOT NULL,
    CONSTRAINT pk_enquiry PRIMARY KEY (batch_id, number),
    CONSTRAINT ck_enquiry_number CHECK (number > 0),
    CONSTRAINT ck_enquiry_answer CHECK ((file_name = '') <> (error = '')),
    CONSTRAINT fk_enquiry_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
) STRICT;
