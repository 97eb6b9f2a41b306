"""What was asked of banks, to look at."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cashless.tables import account_request
from app.errors import NotFound


def request_area(session: Session, number: int) -> str:
    """The commune of a request, '' for all. Raises NotFound."""
    found = session.execute(
        select(account_request.c.area_code).where(account_request.c.id == number)
    ).one_or_none()
    if found is None:
        raise NotFound(f"Không có danh sách số {number}.", "Kiểm tra --request.")
    return str(found.area_code)
