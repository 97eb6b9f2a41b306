"""`ansinh` on a house of the tests, in this process, with the keys in the house's folder."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from app.cli.main import cli
from tests.factories import KEY, House


def ansinh(house: House, *words: object) -> Result:
    """The result of one command; its error stands in `exception`."""
    keys = house.home / "keys"
    keys.mkdir(exist_ok=True)
    (keys / "field.key").write_bytes(KEY)
    url = house.database.url.render_as_string(hide_password=False)
    told = [*map(str, words), "--database", url]
    return CliRunner().invoke(cli, told, env={"ANSINH_HOME": str(house.home)})


def ansinh_json(house: House, *words: object) -> Any:
    """What a command answers with `--json`; it must succeed."""
    told = ansinh(house, *words, "--json")
    assert told.exit_code == 0, (told.output, told.exception)
    return json.loads(told.stdout)


def asked(house: House, *words: object) -> Any:
    """What a command answers with `--json`; raises what it raised."""
    house.database.close()
    told = ansinh(house, *words, "--json")
    if told.exception is not None and not isinstance(told.exception, SystemExit):
        raise told.exception
    assert told.exit_code == 0, told.output
    return json.loads(told.output)


def by(house: House, *names: str) -> tuple[str, ...]:
    """Officers with the code of the next minute."""
    house.later()
    return tuple(word for name in names for word in ("--officer", name, "--code", house.code()))
