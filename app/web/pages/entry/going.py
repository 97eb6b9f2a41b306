"""Where somebody goes on to after a step of the sign-in, with the id that he has from then on."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import make_response, redirect, request, url_for

from app.web.posting import Answer
from app.web.site import asked_language, site


def kept_arguments() -> dict[str, Any]:
    """What leads on through the steps: where he was going, and the language."""
    language = asked_language()
    return {"next": request.args.get("next"), "lang": None if language == "vi" else language}


def where_to() -> str:
    """Where he was going: an address of ours, else what waits for him."""
    return ours(request.args.get("next", ""), asked_language())


def ours(asked: str, language: str) -> str:
    """An address that is asked for where it is one of ours, else that of what waits for him."""
    is_ours = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked
    if is_ours and asked.isascii() and asked.isprintable():
        return asked
    return url_for("todo.index", lang=None if language == "vi" else language)


def on_to(address: str, session_id: str) -> Answer:
    """To an address, with a new id in the cookie."""
    return with_cookie(redirect(address, HTTPStatus.SEE_OTHER), session_id)


def with_cookie(told: Any, session_id: str) -> Answer:
    """The answer with a new id in the cookie."""
    here, answer = site(), make_response(told)
    answer.set_cookie(here.cookie, session_id, secure=here.settings.behind_tls, httponly=True,
                      samesite="Lax", path="/")  # fmt: skip
    return answer
