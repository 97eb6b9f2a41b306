"""Who pays and through whom: paying units, funds, programmes, providers, contracts."""
