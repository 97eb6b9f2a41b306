"""A decision of a chairman about one person, by the forms of Decree 30/2020/ND-CP, to be signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.blocks import draw_letterhead
from app.printing.fonts import BOLD, BOLD_ITALIC, REGULAR
from app.printing.letters import LINE, SIZE, LetterSheet, grounds
from app.printing.values import DocumentError, Letterhead
from app.printing.wrapping import width, wrap

TITLE = "Quyết định"
_RECIPIENTS_SIZE, _RECIPIENT_SIZE = 12.0, 11.0
_SIGNING_ROOM = 62.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One decision.

    `authority` decides ("Chủ tịch Ủy ban nhân dân xã X"); `about` begins with "Về việc"; `grounds`
    are whole lines without their end; each article is its paragraphs. `signer` is empty where the
    name is not known yet.
    """

    letterhead: Letterhead
    authority: str
    about: str
    grounds: tuple[str, ...]
    articles: tuple[tuple[str, ...], ...]
    recipients: tuple[str, ...]
    signer_title: str
    signer: str = ""


def render_letters(letters: Iterable[Letter], out: BinaryIO, *, synthetic: bool) -> int:
    """Write letters into one PDF, each from a page of its own; gives how many.

    Raises DocumentError for none.
    """
    sheet: LetterSheet | None = None
    count = 0
    for letter in letters:
        if sheet is None:
            author = letter.letterhead.body
            sheet = LetterSheet(out, title=TITLE, author=author, synthetic=synthetic)
        else:
            sheet.next_letter()
        _draw(sheet, letter)
        count += 1
    if sheet is None:
        raise DocumentError("no decision to write")
    sheet.finish()
    return count


def _draw(sheet: LetterSheet, letter: Letter) -> None:
    draw_letterhead(sheet, letter.letterhead)
    _draw_title(sheet, letter)
    grounds(sheet, letter.grounds)
    sheet.skip(2)
    sheet.middle("QUYẾT ĐỊNH:")
    sheet.skip(6)
    last = len(letter.articles) - 1
    for at, paragraphs in enumerate(letter.articles):
        if at == last:
            # The signature may not stand alone on a page.
            sheet.keep(_height(sheet, letter, paragraphs, at))
        for place, text in enumerate(paragraphs):
            sheet.text(text, lead="" if place else f"Điều {at + 1}.")
    _draw_end(sheet, letter)


def _draw_title(sheet: LetterSheet, letter: Letter) -> None:
    sheet.skip(8)
    sheet.middle(TITLE.upper(), SIZE + 1)
    sheet.middle(letter.about)
    length = min(width(letter.about, BOLD, SIZE), sheet.room) / 2.5
    sheet.rule((sheet.left + sheet.right - length) / 2, sheet.y - 5, length)
    sheet.skip(16)
    sheet.middle(letter.authority.upper())
    sheet.skip(8)


def _height(sheet: LetterSheet, letter: Letter, paragraphs: tuple[str, ...], at: int) -> float:
    article = sum(
        sheet.height_of(text, "" if place else f"Điều {at + 1}.")
        for place, text in enumerate(paragraphs)
    )
    half = sheet.room / 2 - 8
    listed = _RECIPIENTS_SIZE * LINE + sum(
        len(wrap(one, REGULAR, _RECIPIENT_SIZE, half)) * _RECIPIENT_SIZE * LINE
        for one in _listed(letter)
    )
    title = len(wrap(letter.signer_title.upper(), BOLD, SIZE, half)) * SIZE * LINE
    return article + 8 + max(listed, title + _SIGNING_ROOM + 2 * SIZE * LINE)


def _listed(letter: Letter) -> list[str]:
    """Recipients as lines: a dash before each, the archive last."""
    return [f"- {one};" for one in letter.recipients[:-1]] + [f"- {letter.recipients[-1]}."]


def _draw_end(sheet: LetterSheet, letter: Letter) -> None:
    sheet.skip(8)
    top, half = sheet.y, sheet.room / 2 - 8
    lines = [("Nơi nhận:", BOLD_ITALIC, _RECIPIENTS_SIZE)]
    y = _column(sheet, lines, sheet.left, top, half)
    small = [(one, REGULAR, _RECIPIENT_SIZE) for one in _listed(letter)]
    left_end = _column(sheet, small, sheet.left, y, half)
    middle = sheet.right - half / 2
    title = [(letter.signer_title.upper(), BOLD, SIZE)]
    y = _column(sheet, title, middle, top, half, centred=True)
    signer = letter.signer or " "
    y = _column(sheet, [(signer, BOLD, SIZE)], middle, y - _SIGNING_ROOM, half, centred=True)
    sheet.y = min(left_end, y)


def _column(
    sheet: LetterSheet,
    texts: list[tuple[str, str, float]],
    x: float,
    y: float,
    room: float,
    *,
    centred: bool = False,
) -> float:
    for text, font, size in texts:
        for line in wrap(text, font, size, room):
            sheet.put(line, x, y - size, font, size, "centre" if centred else "left")
            y -= size * LINE
    return y
