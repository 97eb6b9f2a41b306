"""What rooms may say on a page: the sentences of every raise that pages and their tasks reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
KINDS = {"InputError", "Refused", "Conflict", "Forbidden", "NotFound", "Held", "Remembered",
         "Unavailable", "InDoubt", "Stranger", "TurnedAway", "Unreadable"}  # fmt: skip


@cache
def reached() -> frozenset[Path]:
    """Every file of `app` that the pages, and the tasks asked for on them, import: nothing is
    imported later, so what stands elsewhere no page can come to."""
    found: set[Path] = set()
    waiting = [*sources("app/web"), *(ROOT / "app/jobs").glob("asked*.py")]
    while waiting:
        if (file := waiting.pop()) not in found:
            found.add(file)
            waiting += _said(file).imports
    return frozenset(found)


def sources(*rooms: str) -> list[Path]:
    """Every file of these rooms."""
    return [one for room in rooms for one in sorted((ROOT / room).rglob("*.py"))]


def raised(file: Path) -> frozenset[str]:
    """Every sentence with which a file raises an error: `{}` where something is filled in."""
    return _said(file).raised


def written() -> frozenset[str]:
    """Every text that stands anywhere in the source, as `raised` gives them."""
    rooms = ("app", "bank_adapters", "reconciliation", "ledger")
    return frozenset(chain.from_iterable(_said(file).written for file in sources(*rooms)))


class _Said(NamedTuple):
    """What a file raises, whatever it writes, and the files of `app` that it imports."""

    raised: frozenset[str]
    written: frozenset[str]
    imports: frozenset[Path]


@cache
def _said(file: Path) -> _Said:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named, nodes = dict(_named(tree)), list(ast.walk(tree))
    calls = (one for one in nodes if isinstance(one, ast.Call))
    parts = (part for one in calls if getattr(one.func, "id", "") in KINDS for part in one.args[:2])
    texts = (one for one in nodes if isinstance(one, ast.Constant | ast.JoinedStr))
    return _Said(
        frozenset(one for part in parts for one in _sentences(part, named)),
        frozenset(one for text in texts for one in _sentences(text, {})),
        frozenset(file for node in nodes for name in _imports(node) for file in _files(name)),
    )


def _imports(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{one.name}" for one in node.names)


def _files(name: str) -> Iterator[Path]:
    """The files of a dotted name in `app`: the module, and the packages above it."""
    parts = name.split(".")
    ends = range(len(parts), 0, -1) if parts[0] == "app" else ()
    paths = (ROOT.joinpath(*parts[:end]) for end in ends)
    tried = (one for path in paths for one in (path.with_suffix(".py"), path / "__init__.py"))
    return (one for one in tried if one.is_file())


def _named(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """The constants of a module by their names."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _sentences(part: ast.expr, named: Mapping[str, ast.expr]) -> Iterator[str]:
    if isinstance(part, ast.IfExp):
        yield from (*_sentences(part.body, named), *_sentences(part.orelse, named))
    elif isinstance(part, ast.Name) and part.id in named:
        yield from _sentences(named[part.id], {})
    elif isinstance(part, ast.Constant) and isinstance(part.value, str):
        yield part.value
    elif isinstance(part, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}"
                      for one in part.values)  # fmt: skip
