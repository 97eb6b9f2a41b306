"""The pictures of docs/story.md: one old woman's money from the notice to the answer.

    python -m tests.browser.story

A tiny province of made-up people is paid in a folder that goes again; each text, page and paper is
what the product makes of it. Needs Chromium and `pdftoppm` (apt-get install -y poppler-utils). Run
it again after one of them changed, and look at the pictures.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from app.clock import TIME_ZONE
from app.jobs.answering import answer_messages
from app.jobs.queueing import queue_messages
from app.messaging.inbox import Heard, keep
from app.messaging.states import ANSWER, ASK, CASE, CODE, PAID
from bank_adapters.contract import ReportKind
from tests.app.printing.reading import read_pdf
from tests.browser.chromium import started
from tests.browser.pictures import FOLDER as PAGES
from tests.browser.pictures import kept
from tests.browser.site import Site, served
from tests.browser.tabs import NARROW, Tabs
from tests.browser.test_my_page import sends_messages
from tests.browser.window import Window
from tests.factories import BANK, SEPTEMBER, House, booked, report, row
from tests.support.messages import phone, set_phone, told, with_plan
from tests.support.mould import Mould
from tests.support.own_page import last_code, outcomes
from tests.support.province import COMMUNE

FOLDER = PAGES.parent / "story"
LARGEST = 400_000
"""Bytes of all pictures together."""
DESK = 800
NAME = "Hoàng Thị Mẩy"
QUESTION = "tien ve chua"
WORDS = "Tôi ra ngân hàng, trong sổ không thấy tiền tháng 9."
REPLY = (
    "Đã hỏi ngân hàng: 500.000 đồng đã vào tài khoản của bà ngày 10/09/2026. Sổ của bà chưa in "
    "dòng này. Mời bà mang sổ và căn cước ra quầy ngân hàng in lại sổ, nhân viên ở đó đã biết."
)
_CODE = re.compile(r"Mã kiểm tra: ([0-9A-Z-]{19})")
_PHONE = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0;width:260px;background:#fff}}
main{{margin:8px;padding:16px 14px 12px;border-radius:26px 26px 34px 34px;background:#33383d}}
section{{height:188px;padding:8px;border-radius:4px;background:#c9d8b0;color:#1c2414;
 font:15px/1.3 "DejaVu Sans Mono",monospace;overflow-wrap:anywhere}}
h1{{margin:0 0 6px;padding-bottom:4px;border-bottom:1px solid #1c2414;font-size:13px}}
p{{margin:0}} ul{{display:grid;grid-template-columns:repeat(3,1fr);gap:6px;margin:14px 6px 6px;
 padding:0;list-style:none}}
li{{border-radius:9px;background:#d8dbde;color:#222;text-align:center;
 font:bold 14px/22px sans-serif}}
</style><main><section><h1>{head}</h1><p>{text}</p></section>
<ul>{keys}</ul></main>"""


def main() -> None:
    """Tell the story once and take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, started() as browser:
        house = Mould(Path(place)).on_sqlite(_paid, Path(place))
        with closing(house), served(house, Tabs(browser)) as site:
            sends_messages(site)
            _told(site, browser, Path(place))
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    if size > LARGEST:
        raise SystemExit(f"The pictures have {size} bytes together, {LARGEST} at most.")


def _paid(house: House) -> None:
    """September came into her account on the 10th, and she was sent a message of it."""
    house.tamper(f"update paying_unit set name = 'UBND phường Thục Phán' where code = '{COMMUNE}'")
    house.register(SEPTEMBER, row(1, name=NAME, holder_name="HOANG THI MAY"), row(2))
    set_phone(house, 1, phone(1))
    house.on("2026-09-10")
    queue_messages(with_plan(house))  # from now on what happens is told
    house.paid_out(SEPTEMBER)
    debits = [booked(house.reference(one, SEPTEMBER), -500_000, "2026-09-10") for one in (1, 2)]
    account = house.account(BANK)
    stated = report(ReportKind.STATEMENT, account, *debits, opening=1_000_000, closing=0)
    house.receives(BANK, stated)
    queue_messages(with_plan(house))


def _told(site: Site, browser: Browser, folder: Path) -> None:
    house = site.house
    _screen(browser, "notice", _came(house, PAID), house.clock.now())
    house.on("2026-09-12", "07:40")
    _screen(browser, "question", QUESTION, house.clock.now(), is_hers=True)
    _screen(browser, "question-answer", _asked(house), house.later())
    house.on("2026-09-15", "09:00")
    hers = site.visitor(width=NARROW)
    _entered(hers, browser, pictured=True)
    _shot(hers.page, "page")
    _verified(site, _paper(hers, folder))
    _complained(hers)
    _answered(site)
    queue_messages(with_plan(house))
    _screen(browser, "answer", _came(house, CASE), house.later())
    _entered(hers, browser)
    hers.open("/my/1/told")
    hers.sees(REPLY)
    _shot(hers.page, "answer-page")


def _came(house: House, kind: str) -> str:
    """The text that stands last in the outbox for her."""
    texts = [text for one, number, text, _ in told(house) if (one, number) == (kind, phone(1))]
    return texts[-1]


def _asked(house: House) -> str:
    """Her question comes in as a gateway tells it, and is answered by the job."""
    heard = Heard("box", ASK, "1", {"from": phone(1), "to": "1400", "text": QUESTION})
    with house.work() as session:
        keep(session, house.keyring, heard, house.clock.now())
    answer_messages(with_plan(house))
    return _came(house, ANSWER)


def _entered(hers: Window, browser: Browser, *, pictured: bool = False) -> None:
    """Her page is opened on a phone, with the code that came by SMS."""
    hers.open("/my")
    hers.press("Gửi mã", citizen_id=row(1).citizen_id)
    outcomes(with_plan(hers.house))
    if pictured:
        _shot(hers.page, "code-page")
        _screen(browser, "code", _came(hers.house, CODE), hers.house.clock.now())
    hers.press("Xem tiền", code=last_code(hers.house))
    hers.sees(NAME, "Tiền đã vào tài khoản ngày 10/09/2026.")


def _paper(hers: Window, folder: Path) -> Path:
    """The statement that the page gives, as it leaves a printer."""
    answer = hers.page.request.get(f"{hers.address}/my/1/statement")
    paper = folder / "statement.pdf"
    paper.write_bytes(answer.body())
    order = ["pdftoppm", "-png", "-r", "80", "-f", "1", "-singlefile", str(paper)]
    subprocess.run([*order, str(paper.with_suffix(""))], check=True)
    kept(paper.with_suffix(".png").read_bytes(), FOLDER / "paper.png")
    return paper


def _verified(site: Site, paper: Path) -> None:
    """Somebody else types the code that stands on the paper."""
    code = _CODE.search(read_pdf(paper.read_bytes()).text)
    assert code is not None
    stranger = site.visitor(width=NARROW)
    assert stranger.open(f"/verify?code={code[1]}") == 200
    _shot(stranger.page, "verified")


def _complained(hers: Window) -> None:
    """What came is not in her book: she says so."""
    hers.follow("Báo chưa nhận được tiền")
    hers.fill(words=WORDS)
    _shot(hers.page, "complaint")
    hers.press("Gửi: tôi chưa nhận được")
    hers.sees("trả lời chậm nhất")
    _shot(hers.page, "complaint-told")


def _answered(site: Site) -> None:
    """An officer of the commune reads it and answers the next morning."""
    site.house.on("2026-09-16", "08:30")
    officer = site.officer(f"checker.{COMMUNE}", width=DESK)
    officer.open("/complaints/1")
    officer.fill(words=REPLY)
    _shot(officer.page, "desk")
    officer.press("Trả lời", words=REPLY)


def _screen(browser: Browser, name: str, text: str, at: datetime, *, is_hers: bool = False) -> None:
    """A text as an old phone shows it."""
    head = f"{'Tin đã gửi' if is_hers else 'Tin đến'} {at.astimezone(TIME_ZONE):%d/%m %H:%M}"
    keys = "".join(f"<li>{key}</li>" for key in "123456789*0#")
    with _blank(browser) as page:
        page.set_content(_PHONE.format(head=escape(head), text=escape(text), keys=keys))
        _shot(page, name)


@contextmanager
def _blank(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 260, "height": 300})
    yield context.new_page()
    context.close()


def _shot(page: Page, name: str) -> None:
    kept(page.screenshot(full_page=True), FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
