-- Lists of officers and their families (SQLite): a check is changed where it stands.

PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(sql, '''follow_up'', ''campaign'')', '''follow_up'', ''campaign'', ''staff'')')
WHERE type = 'table' AND name = 'payroll';

PRAGMA writable_schema = RESET;
