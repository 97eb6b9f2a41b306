"""A long series, one seed after the other, each in a copy of a house; what passed is kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.factories import House, Stage
from tests.support.diary import Diary
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer

Run = Callable[[House, int], object]


def every_seed(
    name: str,
    wanted: int,
    run: Run,
    stage: Stage,
    mould: Mould,
    folder: Path,
    server: PostgresServer | None = None,
) -> None:
    """Run the seeds that `var/long` does not know yet, on PostgreSQL where a `server` is given."""
    diary = Diary(name, wanted)
    while not diary.is_full:
        seed = len(diary.runs) + 1
        home = folder / str(seed)
        home.mkdir()
        with closing(
            mould.on_postgresql(stage, home, server) if server else mould.on_sqlite(stage, home)
        ) as house:
            run(house, seed)
        if server:
            server.drop_database(str(house.database.url.database))
        shutil.rmtree(home)
        diary.note([float(seed)])
