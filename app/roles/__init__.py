"""Who may do what in PostgreSQL: roles and their rights, logins, and the auditors' views."""
