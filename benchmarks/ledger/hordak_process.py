"""django-hordak as a process: it posts accruals when told to. Run by its own Python, not by ours.

`python hordak_process.py HOST DATABASE` makes its tables with its own migrations and triggers, says
`ready`, then posts as many accruals as each line of standard input says, and answers with the
number of its legs. It does so as its own command `create_benchmark_transactions` does, the
fastest way that it shows: `bulk_create` of transactions and legs in one atomic block. An accrual is
a transaction of two legs between two accounts. Obligations get no account of their own, which
spares hordak what our books do for each of them.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

import django
from django.conf import settings

BATCH = 10_000
DAY = date(2026, 10, 1)
APPS = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"]


def main(host: str, database: str) -> None:
    """Set up, then one answer for each line."""
    _settings(host, database)
    debit, credit = _accounts()
    _post(debit, credit, BATCH)  # so that it can be analysed
    _settle_statistics()
    print("ready", flush=True)
    for line in sys.stdin:
        _post(debit, credit, int(line))
        print(_legs(), flush=True)


def _settings(host: str, database: str) -> None:
    engine = "django.db.backends.postgresql"
    place = {"ENGINE": engine, "NAME": database, "USER": "ansinh", "HOST": host}
    settings.configure(
        INSTALLED_APPS=APPS,
        DATABASES={"default": place},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        DEFAULT_CURRENCY="VND",
        CURRENCIES=["VND"],
        HORDAK_DECIMAL_PLACES=0,
        HORDAK_MAX_DIGITS=16,
    )
    django.setup()


def _accounts() -> tuple[Any, Any]:
    from django.core.management import call_command
    from hordak.models import Account

    call_command("migrate", verbosity=0)
    expense = Account.objects.create(name="Expense", code="1", type="EX", currencies=["VND"])
    payable = Account.objects.create(name="Payable", code="2", type="LI", currencies=["VND"])
    return expense, payable


def _post(debit: Any, credit: Any, accruals: int) -> None:
    from django.db import transaction
    from hordak.models import Leg, Transaction

    for first in range(0, accruals, BATCH):
        batch = range(first, min(first + BATCH, accruals))
        transactions = [Transaction(date=DAY) for _ in batch]
        legs = []
        for number, one in zip(batch, transactions, strict=True):
            amount = _amount(number)
            legs.append(Leg(transaction=one, account=debit, debit=amount))
            legs.append(Leg(transaction=one, account=credit, credit=amount))
        with transaction.atomic():
            Transaction.objects.bulk_create(transactions)
            Leg.objects.bulk_create(legs)


def _amount(number: int) -> Any:
    from moneyed import Money

    return Money(500_000 + number % 7 * 1000, "VND")


def _settle_statistics() -> None:
    """Plans made on empty tables stay slow for a connection: analyse, and connect anew."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("analyze")
    connection.close()


def _legs() -> int:
    from hordak.models import Leg

    return int(Leg.objects.count())


if __name__ == "__main__":
    main(*sys.argv[1:3])
