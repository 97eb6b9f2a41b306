"""What may be shown again of a question: signs that can be read, and no number of anybody."""

from __future__ import annotations

import re

from app.text import nfc

LENGTH_MAX = 200
"""Signs of a question."""
HIDDEN = "…"
# Seven digits and more whatever stands between, but for letters; five where no slash does: a month
# ('10/2026') stays, an account, a phone, an identity number or a one-time code does not.
_NUMBER = re.compile(r"\d(?:[\W_]*\d){6,}|\d(?:[^\w/]*\d){4,}")


def shown(question: str) -> str:
    """The question as it is shown again: cut at `LENGTH_MAX`, without control signs and numbers."""
    signs = (one if one.isprintable() else " " for one in nfc(question))
    return _NUMBER.sub(HIDDEN, "".join(signs).strip())[:LENGTH_MAX]
