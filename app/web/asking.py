"""Long work asked for on a page: put down for a worker, in the officer's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from app.tasks.asking import ask
from app.web.posting import Act, Done


def asked(act: Act, kind: str, arguments: Mapping[str, Any]) -> Done:
    """Put work down for a worker; leads to the page that tells how it goes. Raises Conflict where
    the officer has too much waiting."""
    number = ask(act.session, kind, arguments, act.officer.officer_id, act.now)
    return Done(url_for("waiting.show", task_id=number))
