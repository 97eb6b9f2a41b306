"""What can go wrong with a provider, and whether trying again can help.

BankError
├── Refused        the provider said no, or the file is not readable: a person decides
│   └── TurnedAway nobody listened (a login, the form of a request): surely nothing was taken
├── Unavailable    nothing was transmitted: trying again is safe
│   └── Stranger   another machine answers than the one agreed upon: people must look
├── InDoubt        something may have been transmitted: only evidence may move it on
└── Unreadable     the bytes are not in a format we read (a kind of refusal of ours)
"""

from __future__ import annotations


class BankError(Exception):
    """Base of everything an adapter or a courier may raise."""


class Refused(BankError):
    """The provider answered with a definite no; nothing was taken."""


class TurnedAway(Refused):
    """The provider refused to listen, before anything was taken; it stays so until people have put
    it right."""


class Unavailable(BankError):
    """No byte of the file was handed over; the same act may be tried again."""


class Stranger(Unavailable):
    """Who answered is not who was pinned; nothing was said to it, and nobody is tried again
    until people have asked the provider."""


class InDoubt(BankError):
    """The file may or may not have been taken; it must never be sent again blindly."""


class Unreadable(BankError):
    """The file cannot be read; the message says which file, where and what to do."""
