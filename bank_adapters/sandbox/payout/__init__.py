"""The sandbox's fourth provider: a bank behind an HTTPS payout API that misbehaves by seed.

`Institution` is the whole bank without sockets: books, faults, callbacks, reports. `Api` is
its wire without sockets. `https_server` and `post` are thin layers over the two.
"""

from __future__ import annotations

from .answers import Answer, Reset, ServerError, Timeout
from .api import Api
from .institution import Institution
from .plan import FaultPlan
from .settings import BEHAVIOURS, Settings

__all__ = [
    "BEHAVIOURS",
    "Answer",
    "Api",
    "FaultPlan",
    "Institution",
    "Reset",
    "ServerError",
    "Settings",
    "Timeout",
]
