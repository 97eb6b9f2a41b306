"""The project's own files, as the house tests look at them."""

from __future__ import annotations

import ast
import hashlib
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "reconciliation", "bank_adapters", "ledger")
# Another institution's books, process and clock: what binds our rooms does not bind it.
OTHER_INSTITUTION = "bank_adapters/sandbox/"


@cache
def tracked() -> tuple[str, ...]:
    """Every path under version control, with `/`, as far as it still exists."""
    return tuple(_listed(ROOT))


@cache
def code_version(root: Path = ROOT) -> str:
    """12 hex digits over all files but documents, committed or not: what a result rests on."""
    digest = hashlib.sha256()
    for path in sorted(_listed(root, "--cached", "--others", "--exclude-standard")):
        if not path.endswith(".md"):
            content = hashlib.sha256((root / path).read_bytes()).hexdigest()
            digest.update(f"{path}|{content}\n".encode())
    return digest.hexdigest()[:12]


def _listed(root: Path, *options: str) -> list[str]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", *options],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [one for one in listed.stdout.split("\0") if one and (root / one).is_file()]


def python_files(*folders: str) -> list[str]:
    """The tracked Python files below `folders` (all of them without an argument)."""
    wanted = tuple(f"{folder}/" for folder in folders) or ("",)
    return [one for one in tracked() if one.endswith(".py") and one.startswith(wanted)]


@cache
def tree(path: str) -> ast.Module:
    """The syntax tree of a tracked file."""
    return ast.parse((ROOT / path).read_text("utf-8"), path)


def calls(path: str) -> Iterator[tuple[int, str]]:
    """Every call in a file as (line, dotted name): `(12, "session.commit")`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)
