"""Long work of going from cash to account: sheets for visits, forms, the list for a bank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.cashless.asking import ask
from app.cashless.forms import record_forms, write_forms
from app.cashless.profile import profile
from app.cashless.visits import write_pdf, write_xlsx
from app.errors import Refused
from app.jobs.runtime import Runtime
from app.printing.values import DocumentError
from app.units.lookup import facts

Tell = Callable[[int, int], None]


def visits(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The visit sheets of a commune as PDF or workbook."""
    write = write_xlsx if arguments["form"] == "xlsx" else write_pdf
    with runtime.database.snapshot() as session:
        _require_still(session, runtime, arguments)
        made = _written(session, out, lambda into, synthetic: write(
            session, into, arguments["area"], runtime.clock.now(), synthetic))  # fmt: skip
    told(made, made)


def forms(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Registration forms of a commune; written to the trail before the file takes its name."""
    area, now = arguments["area"], runtime.clock.now()
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session:
        _require_still(session, runtime, arguments)
        made = _written(session, draft, lambda into, synthetic: write_forms(
            session, runtime.keyring, into, area, now, synthetic=synthetic)[0])  # fmt: skip
    with runtime.database.unit_of_work() as session:
        record_forms(session, made, area, None, now, actor=arguments["officer"],
                     reason=arguments["reason"])  # fmt: skip
    draft.replace(out)
    told(made, made)


def bank_list(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The list by which a bank is asked, recorded with it: one is not there without the other."""
    with runtime.database.unit_of_work() as session:
        _require_still(session, runtime, arguments)
        content = BytesIO()
        made = ask(session, runtime.keyring, content, profile(arguments["profile"]),
                   arguments["bank"], arguments["area"], runtime.clock.now(),
                   actor=arguments["officer"], reason=arguments["reason"],
                   synthetic=_is_training(session))  # fmt: skip
        out.write_bytes(content.getvalue())
    told(made.lines, made.lines)


def _require_still(session: Session, runtime: Runtime, arguments: Mapping[str, Any]) -> None:
    """He who asked may still have the commune's people. Raises Forbidden, NotFound."""
    officer, now = arguments["officer"], runtime.clock.now()
    scope_of(session, officer, now, ("maker",)).require(arguments["area"])


def _written(session: Session, out: Path, write: Callable[[BinaryIO, bool], int]) -> int:
    try:
        with out.open("wb") as into:
            return write(into, _is_training(session))
    except DocumentError as fault:
        out.unlink()
        raise Refused("Không có ai nhận tiền mặt ở xã này.", "Không cần in.") from fault


def _is_training(session: Session) -> bool:
    return facts(session).get("training") == "1"
