"""A source of examples for hypothesis: each is drawn anew, none is another one with parts repeated.

Hypothesis makes five of six examples of such copies; histories that repeat a step rarely get far.
What fails is made smaller as ever.
"""

from __future__ import annotations

from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider

FRESH = "an-sinh-fresh"


class FreshProvider(HypothesisProvider):
    """Hypothesis's own draws, by the seed of the test."""


AVAILABLE_PROVIDERS[FRESH] = f"{__name__}.FreshProvider"
