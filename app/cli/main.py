"""`ansinh`: every command of the service. Errors are one sentence and what to do, no traceback."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli import (
    access,
    accounts,
    audit,
    bank,
    bank_tasks,
    benefits,
    books,
    calendar,
    cash,
    cheat,
    checks,
    checks_read,
    complaints,
    database,
    dossier,
    doubles,
    events,
    exports,
    holds,
    hooks,
    hours,
    jobs,
    keeping,
    limits,
    month,
    officers,
    one_off,
    payroll,
    rate_tables,
    recon,
    recon_close,
    recon_lines,
    recon_report,
    recon_rules,
    recon_settle,
    recoveries,
    recovery,
    register,
    report,
    report_boards,
    report_feed,
    report_items,
    report_month,
    report_rates,
    retention,
    sandbox,
    service,
    sms,
    take_over,
    take_over_compare,
    tracing,
    verification,
    year_end,
)
from app.cli.cashless import accounts as cash_to_account
from app.cli.papers import papers
from app.cli.register import changes, forms, lists, people, reveal, rights
from app.cli.spoken import speak_vietnamese
from app.errors import AnSinhError
from bank_adapters.errors import BankError
from bank_adapters.sandbox.launch import SandboxError
from ledger.errors import LedgerError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """An Sinh: chi trả trợ cấp không dùng tiền mặt, mỗi đồng đều có chứng cứ."""


for command in (
    month.demo,
    cheat.cheat,
    books.ledger,
    bank.bank,
    access.access,
    officers.officers,
    report.report,
    dossier.audit_pack,
    audit.audit,
    tracing.trace,
    benefits.benefits,
    payroll.payroll,
    register.register,
    checks.checks,
    cash_to_account,
    papers,
    doubles.doubles,
    events.events,
    complaints.complaints,
    verification.verification,
    holds.hold,
    hours.hours_group,
    limits.limits_group,
    keeping.backup,
    keeping.restore,
    year_end.year_end,
    take_over.take_over,
    database.db,
    service.serve,
    hooks.hooks,
    jobs.jobs,
    calendar.calendar,
    calendar.period,
    calendar.tasks_command,
    sandbox.sandbox,
    service.doctor,
    recon.recon,
    sms.sms,
):
    cli.add_command(command)
for reading in (
    accounts.chart,
    accounts.trial,
    accounts.aged,
    exports.export,
    cash.proof_of_cash,
):
    books.ledger.add_command(reading)
for shown in (
    report_rates.rates,
    report_rates.restated,
    report_rates.tie_out,
    report_feed.feed,
    report_items.items,
    report_month.month,
    report_boards.readiness,
    report_boards.league,
    report_boards.targets,
    report_boards.hours,
):
    report.report.add_command(shown)
for part in (
    rate_tables.rates,
    one_off.campaign,
    one_off.funeral,
    recovery.overpaid_command,
    recovery.recover,
    recovery.repaid,
    recoveries.recoveries,
    recoveries.recover_notice,
    recoveries.recover_plan,
    recoveries.write_off,
):
    benefits.benefits.add_command(part)
for telling in (
    checks_read.status,
    checks_read.queue_command,
    checks_read.deaths,
    checks_read.death,
    checks_read.names,
    checks_read.saved,
    checks_read.standin,
):
    checks.checks.add_command(telling)
database.db.add_command(retention.retention)
for about_people in (
    *(forms.template, lists.check, lists.diff, lists.import_command, forms.mapping),
    *(people.search_command, reveal.show_command, reveal.reveal_command, reveal.views_command),
    *(changes.set_command, changes.reissue_command, changes.poverty_command),
    changes.wish_command,
    *(changes.disability_command, changes.decision_command, changes.payee_command),
    *(rights.export_command, rights.erase_command),
):
    register.register.add_command(about_people)
for closing_command in (
    recon_close.close,
    recon_report.report_command,
    recon_settle.settlements,
    recon_settle.unpaid_command,
    recon_settle.losses_command,
    recon_settle.loss,
    recon_settle.loss_paid,
    recon_settle.return_unspent,
    *recon_lines.COMMANDS,
    *recon_rules.COMMANDS,
):
    recon.recon.add_command(closing_command)
take_over.take_over.add_command(take_over_compare.compare_command)
bank.bank.add_command(bank_tasks.tasks_command)


def main() -> None:
    """Entry point of the console script."""
    speak_vietnamese()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except (AnSinhError, LedgerError, BankError, SandboxError) as error:
        _fail(str(error))
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        _fail(f"Cơ sở dữ liệu từ chối: {said}. Kiểm tra --database và quyền truy cập.")
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        _fail(f"Không đọc hay ghi được{where}: {error.strerror or error}.")


def _fail(sentence: str) -> NoReturn:
    click.echo(f"Lỗi: {sentence}", err=True)
    sys.exit(1)
