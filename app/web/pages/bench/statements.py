"""Files of banks: what each brought, what is late or has a hole, and bringing one by hand."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, request, url_for

from app.access.together import Signer
from app.clock import local_date
from app.disbursement.handover import bring_answer, require_plain
from app.disbursement.settling.statements_due import late
from app.tasks.asking import ask
from app.web.access import guarded
from app.web.paging import paging
from app.web.posting import EMPTY, Act, Answer, Done, Faulty, Form, Problem, acting
from app.web.reading import statement_files as reading
from app.web.site import opened, site

pages = Blueprint("statements", __name__, url_prefix="/recon/statements")


@pages.get("")
@guarded("releaser", "auditor")
def index() -> str:
    """The files that came, the newest first, and what banks have not told."""
    return _page(EMPTY)


@pages.post("")
@guarded("releaser")
def bring_it() -> Answer:
    """Bring a file that a bank gave an officer; a worker reads it and books it."""
    with TemporaryDirectory() as folder:

        def work(act: Act) -> Done:
            act.require(provider="bench.provider_missing", code="form.code_missing")
            path = _saved(act, Path(folder))
            signer = Signer(act.officer.officer_id, act.code)
            bring_answer(act.session, act.keyring, site().home, signer, act.get("provider"), path,
                         act.now)  # fmt: skip
            ask(act.session, "collect", {}, act.officer.officer_id, act.now)
            return Done(url_for("statements.index"), act.say("bench.brought", name=path.name))

        return acting(work, _page, about="file")


def _saved(act: Act, folder: Path) -> Path:
    """The file that was chosen, under its own name. Raises Faulty where there is none, InputError
    for a name that is none."""
    given = request.files.get("file")
    name = Path((given.filename or "").replace("\\", "/")).name if given else ""
    if given is None or not name:
        raise Faulty([Problem("file", act.say("bench.file_missing"))])
    path = folder / require_plain(name)
    if not path.exists():
        given.save(path)
    return path


def _page(form: Form) -> str:
    with opened() as page:
        page.officer.require_everything()
        now = site().clock.now()
        paged = paging(page.arguments.get("page"), reading.count(page.session))
        return page.render(
            "pages/bench/statements.html",
            form=form,
            rows=reading.listed(page.session, paged),
            paging=paged,
            late=late(page.session, now),
            by_hand=reading.by_hand(page.session, local_date(now)),
        )
