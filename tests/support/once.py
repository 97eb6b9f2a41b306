"""What thousands of tests would build anew is built once in a process: the text of a statement for
a kind of database, the code of a template. A service builds each once too: it has one database."""

from __future__ import annotations

from functools import cache
from types import CodeType
from typing import Any

import sqlalchemy
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from app import db

STATEMENTS_KEPT = 20_000


def build_once() -> None:
    """From now on, in this process."""
    db.create_engine = _engine  # type: ignore[assignment]
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Kept()}


def _engine(url: Any, **options: Any) -> Engine:
    engine = sqlalchemy.create_engine(url, **options)
    engine.dialect.__class__ = _alike(type(engine.dialect))
    engine._compiled_cache = _compiled(engine.dialect.name)
    return engine


@cache
def _compiled(_: str) -> LRUCache[Any, Any]:
    """The statements of one kind of database."""
    return LRUCache(STATEMENTS_KEPT)


@cache
def _alike(kind: type[Dialect]) -> type[Dialect]:
    """The same dialect, one of which is as good as another as a key to what was compiled."""
    same = {
        "supports_statement_cache": True,
        "__eq__": lambda self, other: type(self) is type(other),
        "__hash__": lambda _: hash(kind),
    }
    return type(kind.__name__, (kind,), same)


class _Kept(BytecodeCache):
    """Templates of any application, by their name and what stands in them."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code
