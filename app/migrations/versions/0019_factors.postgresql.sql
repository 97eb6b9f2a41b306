-- Hardware tokens, new factors handed over in person, wrong codes (PostgreSQL).

CREATE TABLE token_file (
    id BIGSERIAL NOT NULL,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    tokens BIGINT NOT NULL,
    act_id BIGINT NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_token_file PRIMARY KEY (id),
    CONSTRAINT ck_token_file_tokens CHECK (tokens > 0),
    CONSTRAINT uq_token_file_sha256 UNIQUE (sha256),
    CONSTRAINT uq_token_file_act_id UNIQUE (act_id),
    CONSTRAINT fk_token_file_act_id FOREIGN KEY(act_id) REFERENCES act (id)
);

CREATE TABLE token (
    id BIGSERIAL NOT NULL,
    serial TEXT NOT NULL,
    seed BYTEA NOT NULL,
    digits BIGINT NOT NULL,
    period BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    file_id BIGINT NOT NULL,
    CONSTRAINT pk_token PRIMARY KEY (id),
    CONSTRAINT ck_token_shows CHECK (digits in (6, 8) and period in (30, 60)),
    CONSTRAINT ck_token_algorithm CHECK (algorithm in ('SHA1', 'SHA256')),
    CONSTRAINT uq_token_serial UNIQUE (serial),
    CONSTRAINT fk_token_file_id FOREIGN KEY(file_id) REFERENCES token_file (id)
);

CREATE TABLE token_block (
    token_id BIGINT NOT NULL,
    blocked_by BIGINT NOT NULL,
    reason TEXT NOT NULL,
    blocked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_token_block PRIMARY KEY (token_id),
    CONSTRAINT fk_token_block_token_id FOREIGN KEY(token_id) REFERENCES token (id),
    CONSTRAINT fk_token_block_blocked_by FOREIGN KEY(blocked_by) REFERENCES officer (id)
);

CREATE TABLE factor (
    id BIGSERIAL NOT NULL,
    officer_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    seed BYTEA,
    token_id BIGINT,
    reason TEXT NOT NULL,
    joint_id BIGINT NOT NULL,
    enrolled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_factor PRIMARY KEY (id),
    CONSTRAINT uq_factor_officer_id_number UNIQUE (officer_id, number),
    CONSTRAINT ck_factor_one_kind CHECK ((seed is null) <> (token_id is null)),
    CONSTRAINT fk_factor_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id),
    CONSTRAINT uq_factor_token_id UNIQUE (token_id),
    CONSTRAINT fk_factor_token_id FOREIGN KEY(token_id) REFERENCES token (id),
    CONSTRAINT uq_factor_joint_id UNIQUE (joint_id),
    CONSTRAINT fk_factor_joint_id FOREIGN KEY(joint_id) REFERENCES joint_act (id)
);

CREATE TABLE code_failure (
    id BIGSERIAL NOT NULL,
    officer_id BIGINT NOT NULL,
    step TEXT NOT NULL,
    failed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_code_failure PRIMARY KEY (id),
    CONSTRAINT fk_code_failure_officer_id FOREIGN KEY(officer_id) REFERENCES officer (id)
);

CREATE INDEX ix_code_failure_officer ON code_failure (officer_id, failed_at);
