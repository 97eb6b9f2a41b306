"""Pieces of the page: figures, tables and lists, readable on a phone as well."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

STYLE = """*{box-sizing:border-box}
body{font:16px/1.5 sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1b1b1b;
overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.25}h2{margin-top:2.5rem;border-top:3px solid #345;
padding-top:.5rem}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.4rem;
text-align:left;vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}
.mark,.good,.bad{padding:.5rem .75rem;border-left:5px solid}
.mark{background:#fff3c4;border-color:#b58900}.good{background:#e3f4e3;border-color:#27702a}
.bad{background:#fde4e1;border-color:#b3261e;font-weight:bold}
@media(max-width:40rem){table.wide thead{display:none}
table.wide tr{display:block;border-bottom:2px solid #999;padding:.4rem 0}
table.wide td{display:flex;justify-content:space-between;gap:1rem;border:0;padding:.15rem 0;
text-align:right}table.wide td::before{content:attr(data-h);font-weight:bold;text-align:left;
white-space:nowrap}table.wide td:empty{display:none}}
"""
WIDE = 3


def table(
    heads: tuple[str, ...], rows: Iterable[tuple[str, ...]], none: str, texts: int = 1
) -> str:
    """A table whose columns after the first `texts` are numbers; `none` when it is empty."""
    body = "".join(f"<tr>{_cells('td', heads, row, texts)}</tr>" for row in rows)
    if not body:
        return f"<p>{none}</p>"
    kind = " class=wide" if len(heads) >= WIDE else ""
    return f"<table{kind}><thead><tr>{_cells('th', heads, heads, texts)}</tr></thead>{body}</table>"


def _cells(tag: str, heads: tuple[str, ...], row: tuple[str, ...], texts: int) -> str:
    return "".join(
        f'<{tag}{" class=n" if place >= texts else ""} data-h="{escape(head)}">'
        f"{escape(cell)}</{tag}>"
        for place, (head, cell) in enumerate(zip(heads, row, strict=True))
    )


def bullets(items: Iterable[str], none: str) -> str:
    """A list; `none` when it is empty."""
    lines = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<ul>{lines}</ul>" if lines else f"<p>{none}</p>"


def number(value: int) -> str:
    """A whole number as people write it: 1.234.567."""
    return f"{value:,}".replace(",", ".")


def dong(value: int) -> str:
    """Đồng as people write them: 1.234.567 ₫."""
    return f"{number(value)}\u00a0₫"
