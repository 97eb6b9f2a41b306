"""Calls from providers: signed words are kept, everything else is turned away unread."""
