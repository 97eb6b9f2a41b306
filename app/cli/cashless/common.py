"""What the commands of `ansinh accounts` share: naming a person, writing a file once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
from sqlalchemy.orm import Session

from app.cli.exports import new_path
from app.errors import InputError
from app.reference.areas import commune
from app.units.lookup import facts

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(dir_okay=False, path_type=Path)


def with_area(command: F) -> F:
    """`--area`: one commune by its code; without it all. A code that no commune has is refused."""
    says = "Mã xã 5 chữ số; bỏ trống là mọi xã."
    return click.option("--area", default="", callback=_known_area, help=says)(command)


def _known_area(context: click.Context, option: click.Parameter, area: str) -> str:
    if area and commune(area) is None:
        raise InputError(f"Không có xã mã “{area[:10]}”.", "Nhập mã xã 5 chữ số, ví dụ 01321.")
    return area


def with_output(command: F) -> F:
    """`--output`: a file that does not exist yet."""
    return click.option("--output", required=True, type=FILE, help="Tệp sẽ ghi.")(command)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner's eyes only that takes its name once it is whole.

    Raises InputError for a name that is taken.
    """
    with new_path(path) as draft, draft.open("wb") as out:
        yield out


def is_training(session: Session) -> bool:
    """Whether the people of this database are made up."""
    return bool(facts(session).get("training"))
