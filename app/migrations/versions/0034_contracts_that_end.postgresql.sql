-- A route may name one contract after the other (PostgreSQL).

ALTER TABLE contract_route DROP CONSTRAINT pk_contract_route;

ALTER TABLE contract_route ADD CONSTRAINT pk_contract_route
PRIMARY KEY (unit_code, programme, method, bank_bin, contract_id);
