"""What is written about the installation is true of it."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from app.config import PREFIX, Settings
from tests.support.source import ROOT, tracked

pytestmark = pytest.mark.house

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
INVARIANTS = 11
CITING = (".py", ".md", ".txt", ".toml", ".html", ".csv", ".yaml", ".sql", "Makefile")
LOCKS = [path for path in tracked() if re.fullmatch(r"requirements/.*\.(txt|in)", path)]


@pytest.mark.parametrize("path", [one for one in tracked() if re.fullmatch(r"[A-Z.a-z]+\.md", one)])
def test_every_make_command_in_the_texts_exists(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))
    assert set(re.findall(r"\bmake ([a-z-]+)", code)) - TARGETS == set()


def test_every_make_target_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE).group(1).split())  # type: ignore[union-attr]
    explained = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    assert phony == explained == TARGETS


def test_every_setting_is_explained() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    explained = re.findall(rf"^\| `({PREFIX}[A-Z_]+)` \|", text, re.MULTILINE)
    assert sorted(explained) == sorted(f"{PREFIX}{one.name.upper()}" for one in fields(Settings))


def test_every_document_that_is_cited_is_here() -> None:
    """A reader must be able to follow a reference: by a file here, or by the reason in words."""
    here = {path.rpartition("/")[2] for path in tracked()}
    numbered = re.compile(r"\b(?:rulings?|findings?) \d|[(]ruling", re.IGNORECASE)
    wrong = []
    for path in tracked():
        if not path.endswith(CITING):
            continue
        text = (ROOT / path).read_text("utf-8")
        cited = {name for name in re.findall(r"[\w.-]+\.md\b", text) if name not in here}
        wrong += [f"{path}: {one}" for one in sorted({*cited, *numbered.findall(text)})]
    assert wrong == []


def test_every_test_that_shows_an_invariant_exists() -> None:
    """A case in brackets is a name in the table of cases, which may stand in `tampering.py`."""
    text = (ROOT / "tests/README.md").read_text("utf-8")
    shown = re.findall(r"`(\w+\.py)::(\w+)(?:\[([^]]+)\])?`", text)
    cases = (ROOT / "tests/ledger/tampering.py").read_text("utf-8")
    missing = []
    for file, name, case in shown:
        source = (ROOT / "tests/ledger" / file).read_text("utf-8")
        if f"def {name}(" not in source or (case and f'"{case}":' not in source + cases):
            missing.append(f"{file}::{name}[{case}]")
    assert missing == []
    rows = re.findall(r"^\| .* \| `test_.*`.* \| `test_.*` \|$", text, re.MULTILINE)
    assert len(rows) == INVARIANTS


@pytest.mark.parametrize("path", LOCKS)
def test_no_requirements_file_names_a_host(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host", text) == []


@pytest.mark.parametrize("path", ["requirements/base.txt", "requirements/dev.txt"])
def test_every_requirement_is_pinned_with_a_hash(path: str) -> None:
    text = re.sub(r"\\\n", " ", (ROOT / path).read_text("utf-8"))
    pinned = [line for line in text.splitlines() if line[:1].isalnum()]
    assert pinned
    assert [one for one in pinned if "==" not in one or "--hash=sha256:" not in one] == []
