"""The worked examples: every step is posted, every recipe occurs, the page says the same."""

from __future__ import annotations

import pytest

from ledger.balances import account_balances
from ledger.handbook import RECIPE_PAGE, recipe_page
from ledger.proof import verify
from ledger.recipes import RECIPES
from ledger.stories import STORIES, Story
from tests.ledger.books import Books


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_story_ends_as_it_says(scratch: Books, story: Story) -> None:
    for step in story.steps:
        items = {"debit_item": step.debit_item, "credit_item": step.credit_item}
        scratch.post(step.recipe, step.amount, **items)
    left = {one.kind: one.balance for one in account_balances(scratch.session) if one.balance}
    assert left == {kind: amount for kind, amount in story.leaves.items() if amount}
    assert [proof.name for proof in verify(scratch.session) if not proof.ok] == []


def test_every_recipe_occurs_in_a_story() -> None:
    told = {step.recipe for story in STORIES for step in story.steps}
    assert RECIPES.keys() - told == set()


def test_the_page_of_recipes_is_current() -> None:
    assert RECIPE_PAGE.read_text("utf-8") == recipe_page(), "run: python -m ledger.handbook"
