"""`ansinh demo`: a province's month on synthetic people, end to end."""

from __future__ import annotations

import json
import re
import sys
from os import environ
from pathlib import Path

import click

from app.access.codes import code_now
from app.access.officers import officer_named
from app.cli.demo.people import own_code
from app.cli.demo.result import Outcome, conclude, screen
from app.cli.demo.run import Demo, Order
from app.cli.options import answer, open_house, person_number, with_database, with_json
from app.cli.progress import ConsoleProgress
from app.cli.signing import keyring_of
from app.clock import SystemClock
from app.demo.population import MAX_PEOPLE, SCENARIOS
from app.errors import InputError, Refused
from app.messaging.terms import read_plan
from app.units.lookup import facts

DEFAULT_SCENARIO = "cao-bang-2026-10"
DEMO_FOLDER = Path("var/demo")
_PERSON = re.compile(r"AS-[0-9]{1,18}|person:[0-9]{1,18}")


@click.group(invoke_without_command=True)
@click.option("--scenario", type=click.Choice(sorted(SCENARIOS)), default=DEFAULT_SCENARIO)
@click.option("--people", type=click.IntRange(1, MAX_PEOPLE), default=5_000, show_default=True)
@click.option("--months", type=click.IntRange(1, 24), default=1, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--database", "database_url", help="Mặc định: tệp SQLite trong thư mục kết quả.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEMO_FOLDER,
    show_default=True,
)
@click.option("--documents/--no-documents", default=True, help="In PDF, XLSX, CSV ở cuối.")
@with_json
@click.pass_context
def demo(
    context: click.Context,
    scenario: str,
    people: int,
    months: int,
    seed: int,
    database_url: str | None,
    out: Path,
    documents: bool,
    as_json: bool,
) -> None:
    """Chạy trọn một tháng chi trả trên dữ liệu giả lập; chạy lại thì làm tiếp chỗ dở."""
    if context.invoked_subcommand is not None:
        return
    refuse_real_configuration()
    url = database_url or f"sqlite:///{out / 'ansinh.db'}"
    order = Order(scenario, people, months, seed, url, out)
    demo_run = Demo(order, ConsoleProgress())
    try:
        demo_run.run()
        outcome: Outcome = conclude(demo_run, documents=documents)
    finally:
        demo_run.close()
    if as_json:
        click.echo(json.dumps(outcome.result, ensure_ascii=False, indent=1))
    else:
        click.echo(screen(outcome))
    sys.exit(0 if outcome.ok else 1)


@demo.command()
@click.argument("username")
@with_database
@with_json
def code(username: str, database_url: str | None, as_json: bool) -> None:
    """Mã lúc này của một cán bộ giả lập (tên đăng nhập), hoặc mã vào trang của mình mà một người
    dân giả lập vừa xin (AS-000012); chỉ trên cơ sở dữ liệu tập huấn."""
    house, now = open_house(database_url or _demo_url()), SystemClock().now()
    is_person = bool(_PERSON.fullmatch(username))
    with house.database.unit_of_work() as session:
        if facts(session).get("training") != "1":
            raise Refused(
                "Đây không phải cơ sở dữ liệu tập huấn: mã của người thật chỉ ở máy của họ.",
                "Mở ứng dụng mã xác thực của chính mình.",
            )
        keyring = keyring_of(house)
        if is_person:
            plan = read_plan(house.settings.messages)
            shown = own_code(session, keyring, plan, person_number(username), now)
        else:
            shown = code_now(session, keyring, officer_named(session, username), now)
    answer(as_json, {"person" if is_person else "officer": username, "code": shown}, shown)


def _demo_url() -> str | None:
    """The database that `make demo` makes, where it is and no other is named."""
    made = DEMO_FOLDER / "ansinh.db"
    return f"sqlite:///{made}" if made.exists() else None


def refuse_real_configuration() -> None:
    """A demo may not run where a real bank or gateway is configured."""
    named = [name for name in environ if name.startswith(("ANSINH_BANK_", "ANSINH_GATEWAY_"))]
    if named:
        raise InputError(
            f"Máy này có cấu hình thật: {', '.join(sorted(named))}.",
            "Bản chạy thử không dùng ngân hàng hay cổng tin nhắn thật; bỏ các biến đó đi.",
        )
