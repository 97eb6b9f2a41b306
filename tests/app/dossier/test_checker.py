"""The checker goes to people who have Python and nothing else, maybe an old one."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.support.source import ROOT, python_files

CHECKER = ["app/dossier/verify.py", *python_files("app/dossier/checker")]
OLDEST = (3, 9)


@pytest.mark.parametrize("path", CHECKER)
def test_it_is_written_for_python_3_9_and_imports_only_its_library(path: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"), path, feature_version=OLDEST)
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            imported.add((node.module or "").partition(".")[0])
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize("path", CHECKER)
def test_nothing_in_it_is_younger(path: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    younger = ("strict=", "file_digest", "datetime.UTC", "tomllib", "bit_count", "match ", "slots=")
    assert [word for word in younger if word in text] == []


def test_it_is_all_there() -> None:
    assert len(CHECKER) > 5
