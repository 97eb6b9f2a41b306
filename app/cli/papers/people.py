"""`ansinh papers statements`, `letters`, `loudspeaker`: what a commune hands out and reads out."""

from __future__ import annotations

from pathlib import Path

import click

from app.access.scope import scope_of
from app.cli.cashless.common import is_training, new_file, with_area, with_output
from app.cli.options import answer, moment_of, with_database, with_json
from app.cli.signing import keyring_of, opened
from app.errors import InputError
from app.messaging.terms import help_number
from app.statements.by_letter.document import KINDS, Wanted, record_by_letter, write_by_letter
from app.statements.commune_papers import record_statements, write_commune_statements
from app.statements.loudspeaker import loudspeaker_text
from app.statements.person_statement import Paper
from ledger.money import format_number

PERIOD = click.option("--period", required=True, help="Tháng chi trả, ví dụ 2026-10.")


@click.command(name="statements")
@with_area
@PERIOD
@click.option("--officer", required=True, help="Tên đăng nhập của cán bộ; ghi vào nhật ký.")
@with_output
@with_database
@with_json
def statements_command(
    area: str, period: str, officer: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Phiếu thông báo chi trả của mọi người trong một xã, một tệp PDF để in và phát."""
    _require_area(area)
    # The file gets its name only when its making stands in the audit trail.
    with opened(database_url) as house, new_file(output) as out:
        with house.database.snapshot() as session:
            now = moment_of(session)
            scope_of(session, officer, now).require(area)
            paper = Paper(keyring_of(house), is_training(session), house.settings.public_url)
            count = write_commune_statements(session, area, period, paper, out, lambda _: None)
        with house.database.unit_of_work() as session:
            record_statements(session, officer, area, period, count, now)
    told = f"Đã ghi {output}: {format_number(count)} phiếu."
    answer(as_json, {"file": str(output), "statements": count}, told)


@click.command(name="letters")
@with_area
@PERIOD
@click.option("--case", "kind", type=click.Choice(KINDS), required=True, help="Việc cần báo.")
@click.option("--officer", required=True, help="Tên đăng nhập của cán bộ; ghi vào nhật ký.")
@with_output
@with_database
@with_json
def letters_command(
    area: str,
    period: str,
    kind: str,
    officer: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Thư báo cho người dân một xã về một việc, một tệp PDF có phiếu giao thư ở đầu."""
    _require_area(area)
    with opened(database_url) as house, new_file(output) as out:
        wanted = Wanted(area, period, kind, help_number(house.settings.messages))
        with house.database.snapshot() as session:
            now = moment_of(session)
            scope_of(session, officer, now).require(area)
            paper = Paper(keyring_of(house), is_training(session), house.settings.public_url)
            count = write_by_letter(session, wanted, paper, now, out, lambda _: None)
        with house.database.unit_of_work() as session:
            record_by_letter(session, officer, wanted, count, now)
    told = f"Đã ghi {output}: {format_number(count)} thư."
    answer(as_json, {"file": str(output), "letters": count}, told)


@click.command(name="loudspeaker")
@with_area
@PERIOD
@with_database
@with_json
def loudspeaker_command(area: str, period: str, database_url: str | None, as_json: bool) -> None:
    """Lời đọc trên loa của xã: ngày chi, nơi nhận, mang theo gì; không có tên ai."""
    _require_area(area)
    with opened(database_url) as house, house.database.view() as session:
        text = loudspeaker_text(session, area, period, help_number(house.settings.messages))
    answer(as_json, {"text": text}, text.rstrip())


def _require_area(area: str) -> None:
    if not area:
        raise InputError("Giấy này là của một xã.", "Thêm --area, ví dụ --area 01321.")


COMMANDS = (statements_command, letters_command, loudspeaker_command)
