"""The REST courier made wrong, each in one line of it, as such lines are met in the wild."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bank_adapters.rest import asking, courier, judging, singly
from bank_adapters.rest.judging import Word

Spoil = Callable[[pytest.MonkeyPatch], None]


def believes_any_answer(patch: pytest.MonkeyPatch) -> None:
    """Takes an acknowledgement of another payment for one of its own."""
    patch.setattr(judging, "_is_about", lambda told, item, profile: True)


def silence_is_refusal(patch: pytest.MonkeyPatch) -> None:
    """What was not answered in time was not taken, it thinks."""
    patch.setattr(singly, "doubt", lambda why: Word("RJCT", "NARR", why=why))


def not_found_is_refusal(patch: pytest.MonkeyPatch) -> None:
    """Whom the bank does not know it has not paid, it thinks."""
    patch.setattr(asking, "NOT_FOUND", "RJCT")


def asks_again_after_a_doubt(patch: pytest.MonkeyPatch) -> None:
    """Sends a request once more when its answer was lost."""
    patch.setattr(singly, "doubt", lambda why: judging.not_sent(why, may_repeat=True))
    patch.setattr(singly, "LONGEST_WAIT", 0)


def forgets_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Sends on after the last moment."""
    patch.setattr(singly.Singly, "_is_over", lambda self: bool(self.stopped))


def believes_any_batch(patch: pytest.MonkeyPatch) -> None:
    """Takes the word on another batch for that on its own."""
    real: Any = courier.RestCourier._word_on_all
    patch.setattr(courier.RestCourier, "_word_on_all", lambda self, name, answer, _: real(
        self, name, answer, answer.told()["message_id"]))  # fmt: skip
