"""What the commands about lists have in common: options, reading, and telling the faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from app.beneficiaries.across import check_across
from app.beneficiaries.lists import read_list
from app.beneficiaries.rows import CellError, WorkbookResult
from app.cli.options import House
from app.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])
SHOWN = 100

area_option = click.option("--area", default="", help="Mã xã 5 chữ số; tệp khác xã bị từ chối.")
period_option = click.option("--period", default="", help="Kỳ, ví dụ 2026-11; kỳ khác bị từ chối.")
map_option = click.option(
    "--map",
    "said",
    multiple=True,
    help='Cột của tệp là cột nào của mẫu, ví dụ --map "Số TK=Số tài khoản"; nhập xong được nhớ.',
)


def with_list(command: F) -> F:
    """The options of a command that reads lists: `area`, `period`, `said`."""
    return area_option(period_option(map_option(command)))


@dataclass(frozen=True, slots=True)
class Said:
    """What the officer said of the lists to read."""

    area: str
    period: str
    said: tuple[str, ...]


def read(house: House, path: Path, said: Said) -> WorkbookResult:
    """Read one list with the headings that its commune is known to use."""
    with house.database.view() as session:
        return read_list(session, path, said.area, said.period, said.said)


def read_clean(house: House, path: Path, said: Said) -> WorkbookResult:
    """Like `read`; raises InputError with every fault when there is one."""
    result = read(house, path, said)
    if errors := result.errors or check_across([result]):
        raise InputError(
            f"Tệp {result.file} có {len(errors)} lỗi; chưa có gì được nhập:\n{told(errors)}\n",
            "Sửa trong tệp rồi nhập lại; `ansinh register check --errors` ghi các dòng lỗi ra.",
        )
    return result


def told(errors: Sequence[CellError]) -> str:
    """The first faults, one a line."""
    lines = [f"  {error.message}" for error in errors[:SHOWN]]
    if len(errors) > SHOWN:
        lines.append(f"  … và {len(errors) - SHOWN} lỗi nữa.")
    return "\n".join(lines)


def as_values(faults: Sequence[CellError]) -> list[dict[str, Any]]:
    """Faults for JSON; what a cell may have meant stays in the officer's own file."""
    return [
        {name: value for name, value in asdict(one).items() if name != "proposal"} for one in faults
    ]
