"""Channels: how a provider is reached, what it promised, and which two officers said so."""
