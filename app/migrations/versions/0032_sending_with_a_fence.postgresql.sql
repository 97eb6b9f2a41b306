-- Claims with a fence, the day asked for, troubles and enquiries (PostgreSQL).

ALTER TABLE batch ADD COLUMN fence BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE batch ADD COLUMN not_after TIMESTAMP WITH TIME ZONE;

ALTER TABLE batch ADD COLUMN execute_on DATE;

CREATE TABLE trouble (
    id BIGSERIAL NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    error TEXT NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    times BIGINT NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_trouble PRIMARY KEY (id),
    CONSTRAINT ck_trouble_times CHECK (times > 0)
);

CREATE UNIQUE INDEX uq_trouble_open ON trouble (provider, subject) WHERE ended_at is null;

CREATE TABLE enquiry (
    batch_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    file_name TEXT NOT NULL,
    error TEXT NOT NULL,
    CONSTRAINT pk_enquiry PRIMARY KEY (batch_id, number),
    CONSTRAINT ck_enquiry_number CHECK (number > 0),
    CONSTRAINT ck_enquiry_answer CHECK ((file_name = '') <> (error = '')),
    CONSTRAINT fk_enquiry_batch_id FOREIGN KEY(batch_id) REFERENCES batch (id)
);
