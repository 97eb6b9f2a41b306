-- Documents with numbers, signed files, questions about papers (PostgreSQL).

CREATE TABLE issued_document (
    id BIGSERIAL NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    unit_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    symbol TEXT NOT NULL,
    dated_on DATE NOT NULL,
    digest TEXT NOT NULL,
    persons BIGINT NOT NULL,
    total BIGINT NOT NULL,
    code TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_issued_document PRIMARY KEY (id),
    CONSTRAINT uq_issued_document_unit_code_kind_year_number UNIQUE (unit_code, kind, year, number),
    CONSTRAINT ck_issued_document_number CHECK (number > 0),
    CONSTRAINT ck_issued_document_code CHECK (length(code) = 16),
    CONSTRAINT fk_issued_document_unit_code FOREIGN KEY(unit_code) REFERENCES paying_unit (code),
    CONSTRAINT uq_issued_document_code UNIQUE (code),
    CONSTRAINT fk_issued_document_made_by FOREIGN KEY(made_by) REFERENCES officer (id)
);

CREATE INDEX ix_issued_document_subject ON issued_document (subject);

CREATE TABLE issued_file (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_issued_file PRIMARY KEY (id),
    CONSTRAINT uq_issued_file_id_document_id UNIQUE (id, document_id),
    CONSTRAINT ck_issued_file_purpose CHECK (purpose in ('printed', 'prepared')),
    CONSTRAINT fk_issued_file_document_id FOREIGN KEY(document_id) REFERENCES issued_document (id),
    CONSTRAINT uq_issued_file_sha256 UNIQUE (sha256),
    CONSTRAINT fk_issued_file_made_by FOREIGN KEY(made_by) REFERENCES officer (id)
);

CREATE INDEX ix_issued_file_document_id ON issued_file (document_id);

CREATE TABLE superseded_document (
    document_id BIGINT NOT NULL,
    by_id BIGINT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_superseded_document PRIMARY KEY (document_id),
    CONSTRAINT ck_superseded_document_later CHECK (by_id > document_id),
    CONSTRAINT fk_superseded_document_document_id FOREIGN KEY(document_id) REFERENCES issued_document (id),
    CONSTRAINT uq_superseded_document_by_id UNIQUE (by_id),
    CONSTRAINT fk_superseded_document_by_id FOREIGN KEY(by_id) REFERENCES issued_document (id)
);

CREATE TABLE signed_document (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    file_id BIGINT,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    received_by BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_signed_document PRIMARY KEY (id),
    CONSTRAINT fk_signed_document_file_id_document_id FOREIGN KEY(file_id, document_id) REFERENCES issued_file (id, document_id),
    CONSTRAINT uq_signed_document_id_verdict UNIQUE (id, verdict),
    CONSTRAINT ck_signed_document_accepted CHECK ((verdict = 'accepted') = (reason = '') and (verdict <> 'accepted' or file_id is not null)),
    CONSTRAINT fk_signed_document_document_id FOREIGN KEY(document_id) REFERENCES issued_document (id),
    CONSTRAINT fk_signed_document_received_by FOREIGN KEY(received_by) REFERENCES officer (id)
);

CREATE INDEX ix_signed_document_sha256 ON signed_document (sha256);

CREATE UNIQUE INDEX uq_signed_document_accepted ON signed_document (document_id) WHERE verdict = 'accepted';

CREATE TABLE signed_by (
    signed_id BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    field TEXT NOT NULL,
    signer TEXT NOT NULL,
    serial TEXT NOT NULL,
    issuer TEXT NOT NULL,
    certificate TEXT NOT NULL,
    signed_at TIMESTAMP WITH TIME ZONE,
    is_stamped BIGINT NOT NULL,
    CONSTRAINT pk_signed_by PRIMARY KEY (signed_id, field),
    CONSTRAINT uq_signed_by_signed_id_certificate UNIQUE (signed_id, certificate),
    CONSTRAINT fk_signed_by_signed_id_verdict FOREIGN KEY(signed_id, verdict) REFERENCES signed_document (id, verdict),
    CONSTRAINT ck_signed_by_accepted CHECK (verdict = 'accepted'),
    CONSTRAINT ck_signed_by_is_stamped CHECK (is_stamped in (0, 1))
);

CREATE TABLE verify_asked (
    id BIGSERIAL NOT NULL,
    bucket BIGINT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_verify_asked PRIMARY KEY (id),
    CONSTRAINT ck_verify_asked_bucket CHECK (bucket between 0 and 65535)
);

CREATE INDEX ix_verify_asked_asked_at ON verify_asked (asked_at, bucket);
