"""Decisions about people as letters to be signed: granted, changed, ended, recovered."""
