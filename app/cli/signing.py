"""Options with which officers sign on the command line, and what they open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.access.together import Signer
from app.cli.options import House, open_house
from app.errors import InputError
from app.privacy import Keyring

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def with_officer(command: F) -> F:
    """`--officer` and `--code` of one officer."""
    command = click.option(
        "--code", required=True, help="6 chữ số đang hiện trong ứng dụng mã xác thực."
    )(command)
    return click.option("--officer", required=True, help="Tên đăng nhập.")(command)


def with_officers(command: F) -> F:
    """`--officer` and `--code`, each given twice, in the same order."""
    command = click.option(
        "--code", "codes", multiple=True, help="Mã của từng người, cùng thứ tự với --officer."
    )(command)
    return click.option(
        "--officer", "officers", multiple=True, help="Tên đăng nhập; ghi hai lần cho hai người."
    )(command)


@contextmanager
def opened(database_url: str | None) -> Iterator[House]:
    """The house of a command, let go of at its end."""
    house = open_house(database_url)
    with closing(house.database):
        yield house


def signed(database_url: str | None, work: Callable[[Session, Keyring], T]) -> T:
    """Run what officers sign in one serializable unit of work.

    So two acts at once cannot both find that nothing was done yet; of those one is run again.
    """
    return signed_in(database_url, lambda _, session, keyring: work(session, keyring))


def signed_in(database_url: str | None, work: Callable[[House, Session, Keyring], T]) -> T:
    """As `signed`, for work that also looks at the settings or the folders of the house."""
    with opened(database_url) as house:
        keyring = keyring_of(house)
        return house.database.serializable(lambda session: work(house, session, keyring))


def signer(session: Session, name: str, code: str) -> Signer:
    """An officer by username, with his code. Raises NotFound."""
    return Signer(officer_named(session, name), code)


def signers(session: Session, names: Sequence[str], codes: Sequence[str]) -> list[Signer]:
    """Officers with their codes. Raises InputError when one has none, NotFound."""
    if len(names) != len(codes):
        raise InputError(
            f"Có {len(names)} --officer nhưng {len(codes)} --code.", "Ghi cho mỗi người một mã."
        )
    return [signer(session, name, code) for name, code in zip(names, codes, strict=True)]


def keyring_of(house: House) -> Keyring:
    """The keys of the installation. Raises InputError where there are none: asking would make
    new ones, under which no officer's code is known."""
    if not house.has_keys:
        raise InputError(
            f"Không có khoá của bản cài đặt ở {house.home / 'keys'}.",
            "Đặt ANSINH_HOME hoặc ANSINH_FIELD_KEY cho đúng.",
        )
    return house.keyring
