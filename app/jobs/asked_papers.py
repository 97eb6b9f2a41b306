"""Papers for everybody of a commune, asked for on a page: statements, decisions, letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.jobs.runtime import Runtime
from app.messaging.terms import read_plan
from app.statements.by_letter import document as mail
from app.statements.commune_papers import record_statements, write_commune_statements
from app.statements.letters.document import Wanted, write_letters
from app.statements.person_statement import Paper
from app.units.lookup import facts

Tell = Callable[[int, int], None]


def statements(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The statements of a commune; written to the trail before the file takes its name.

    Raises Forbidden for one who may no longer, NotFound where nobody is paid.
    """
    area, period, officer = (arguments[one] for one in ("area", "period", "officer"))
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session, draft.open("wb") as into:
        _require_still(session, runtime, officer, area)
        paper = Paper(runtime.keyring, _is_training(session), runtime.settings.public_url)
        count = write_commune_statements(
            session, area, period, paper, into, lambda so_far: told(so_far, 0)
        )
    with runtime.database.unit_of_work() as session:
        record_statements(session, officer, area, period, count, runtime.clock.now())
    draft.replace(out)
    told(count, count)


def letters(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The decisions of a commune's month to be signed, IDs masked."""
    area, period, officer = (arguments[one] for one in ("area", "period", "officer"))
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session, draft.open("wb") as into:
        _require_still(session, runtime, officer, area)
        wanted, synthetic = Wanted(area, period), _is_training(session)
        made = write_letters(session, into, wanted, runtime.clock.now(), synthetic=synthetic)
    draft.replace(out)
    told(made.letters, made.letters)


def by_letter(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """Letters of a case to people of a commune; written to the trail before the file takes its
    name. Raises Forbidden for one who may no longer, NotFound where the case is nobody's."""
    area, period, officer = (arguments[one] for one in ("area", "period", "officer"))
    plan = read_plan(runtime.settings.messages)
    wanted = mail.Wanted(area, period, arguments["case"], plan.help_number if plan else "")
    draft, now = out.with_suffix(".part"), runtime.clock.now()
    with runtime.database.snapshot() as session, draft.open("wb") as into:
        _require_still(session, runtime, officer, area)
        paper = Paper(runtime.keyring, _is_training(session), runtime.settings.public_url)
        count = mail.write_by_letter(
            session, wanted, paper, now, into, lambda so_far: told(so_far, 0)
        )
    with runtime.database.unit_of_work() as session:
        mail.record_by_letter(session, officer, wanted, count, now)
    draft.replace(out)
    told(count, count)


def _require_still(session: Session, runtime: Runtime, officer: str, area: str) -> None:
    """He who asked may still have the commune's people. Raises Forbidden, NotFound."""
    scope_of(session, officer, runtime.clock.now()).require(area)


def _is_training(session: Session) -> bool:
    return facts(session).get("training") == "1"
