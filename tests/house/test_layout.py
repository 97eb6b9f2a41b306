"""The rooms stand where the plan says, and every file can be read in one sitting."""

from __future__ import annotations

import ast
import os

import pytest

from tests.support.source import PACKAGES, ROOT, python_files, tracked, tree

pytestmark = pytest.mark.house

LINES_MAX = 400
TOP_LEVEL = {
    *PACKAGES,
    "templates",
    "tests",
    "wsgi.py",
    "pyproject.toml",
    "README.md",
    "docs",
    "benchmarks",
    "Makefile",
    ".ci",
    ".github",
    "requirements",
    "Dockerfile",
    "compose.yaml",
    ".dockerignore",
    ".editorconfig",
    ".gitattributes",
    ".gitignore",
    "README.vi.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "NOTICE",
}
ON_THE_CARD = {
    *PACKAGES, "templates", "tests", "wsgi.py", "pyproject.toml", "README.md", "LICENSE", ".ci"
}  # fmt: skip


def test_top_level_names() -> None:
    found = {path.split("/")[0] for path in tracked()}
    assert found - TOP_LEVEL == set(), "not planned at top level"
    assert ON_THE_CARD - found == set(), "missing at top level"


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {os.path.dirname(path) for path in python_files(*PACKAGES, "benchmarks")}
    versions = "app/migrations/versions"  # Alembic loads these by path
    missing = [
        one for one in folders if one != versions and not (ROOT / one / "__init__.py").exists()
    ]
    assert missing == []


def test_every_module_has_a_docstring() -> None:
    without = [path for path in python_files() if ast.get_docstring(tree(path)) is None]
    assert without == []


def test_no_file_is_too_long() -> None:
    lengths = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in python_files()}
    assert {path: lines for path, lines in lengths.items() if lines > LINES_MAX} == {}


def test_no_unfinished_work() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X ")
    found = [
        f"{path}:{number}"
        for path in tracked()
        if path.endswith((".py", ".md", ".html", ".toml", ".sh"))
        for number, line in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1)
        if any(word in line for word in words)
    ]
    assert found == []


def test_the_ci_script_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
