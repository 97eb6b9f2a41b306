"""A long-lived worker is to be as small as what it is doing.

glibc keeps a heap for each of several threads, and what one thread freed is of no use to another:
after a month of a million people 270 of 340 MB lay there unused (malloc_trim(3)).
"""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Hand what was freed back to the system; nothing where the C library has no such call."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
