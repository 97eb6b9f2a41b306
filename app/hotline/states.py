"""Words of the hotline: why somebody is looked up, what is asked of a caller, what became of a call
back. They stand in rows, so none is ever taken away."""

from __future__ import annotations

REASONS = ("has_come", "when", "why", "returned", "complaint", "other")
"""Why a person is looked up: what the caller asks about."""

BORN, HAMLET, COMMUNE, AMOUNT = "born", "hamlet", "commune", "amount"
ACCOUNT, PHONE, DECISION, PAID_ON = "account", "phone", "decision", "paid_on"
AROUND = (BORN, HAMLET, COMMUNE, AMOUNT)
"""What neighbours know as well."""
OWN = (ACCOUNT, PHONE, DECISION, PAID_ON)
"""What stands on the person's own papers and phone."""
QUESTIONS = (*AROUND, *OWN)

TALKED, NO_ANSWER, WRONG_NUMBER, DECLINED = "talked", "no_answer", "wrong_number", "declined"
RESULTS = (TALKED, NO_ANSWER, WRONG_NUMBER, DECLINED)
"""What became of an attempt to call back."""
ATTEMPTS = 3
"""So often somebody is called who does not answer; then it is over."""
