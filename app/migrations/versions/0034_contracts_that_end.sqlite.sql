-- A route may name one contract after the other (SQLite).

CREATE TABLE contract_route_next (
    unit_code TEXT NOT NULL,
    programme TEXT NOT NULL,
    method TEXT NOT NULL,
    bank_bin TEXT NOT NULL,
    contract_id INTEGER NOT NULL,
    CONSTRAINT pk_contract_route PRIMARY KEY (unit_code, programme, method, bank_bin, contract_id),
    CONSTRAINT fk_contract_route_contract_id FOREIGN KEY(contract_id) REFERENCES contract (id)
) STRICT;

INSERT INTO contract_route_next (unit_code, programme, method, bank_bin, contract_id)
SELECT unit_code, programme, method, bank_bin, contract_id FROM contract_route;

DROP TABLE contract_route;

ALTER TABLE contract_route_next RENAME TO contract_route;
