"""XML from outside, read as a stream of small trees with hard bounds.

lxml builds the tree in C; only the elements asked for are handed over, and each is emptied
when the next one comes, so a file of any length needs the memory of one entry. Names are
local names: the namespace differs from bank to bank and proves nothing. A DOCTYPE is
refused before anything is read, entities are never expanded, nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import BinaryIO, cast

from lxml import etree

from bank_adapters.errors import Unreadable

CHUNK = 65_536
MAX_BYTES = 1_000_000_000
MAX_SILENCE = 8_000_000  # bytes without one element we know: no bank file is like that
MAX_DEPTH = 60
_MARKUP = b"<!DOCTYPE"


class Node:
    """One element and its descendants: local name, trimmed text, Ccy attribute, children."""

    __slots__ = ("children", "currency", "name", "text")

    def __init__(
        self, element: etree._Element, skip: Collection[str] = (), depth: int = MAX_DEPTH
    ) -> None:
        if not depth:
            raise Unreadable(f"tệp XML lồng sâu quá {MAX_DEPTH} bậc")
        tag: object = element.tag
        self.name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(element):
            self.children = [
                Node(child, (), depth - 1)
                for child in element
                if not skip or local_name(child) not in skip
            ]
            self.text = self.currency = ""
        else:
            self.children = []
            text = element.text
            self.text = text.strip() if text else ""
            self.currency = element.get("Ccy") or ""

    def find(self, *path: str) -> Node | None:
        """The first descendant along `path`, None when a step is missing."""
        node = self
        for name in path:
            for child in node.children:
                if child.name == name:
                    node = child
                    break
            else:
                return None
        return node

    def all(self, name: str) -> Iterator[Node]:
        """The children called `name`."""
        return (child for child in self.children if child.name == name)

    def value(self, *path: str) -> str:
        """The trimmed text at `path`, "" when it is missing."""
        node = self.find(*path)
        return node.text if node is not None else ""


def local_name(element: etree._Element) -> str:
    """The tag without its namespace ("" for an entity reference)."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def parent_of(element: etree._Element) -> etree._Element:
    """The element around `element`; raises Unreadable for the root."""
    parent = element.getparent()
    if parent is None:
        raise Unreadable(f"“{local_name(element)}” không thể là gốc của tệp")
    return parent


def namespace(element: etree._Element) -> str:
    """The namespace of an element, "" when it has none."""
    tag: object = element.tag  # `QName` refuses names that the parser let through
    return tag.rpartition("}")[0].removeprefix("{") if isinstance(tag, str) else ""


def root_of(element: etree._Element) -> etree._Element:
    """The document element."""
    return element.getroottree().getroot()


def _parser(names: Collection[str]) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_doctype() -> None:
    raise Unreadable("tệp XML có DOCTYPE; tệp của ngân hàng không được có, tệp bị từ chối")


def _feed(parser: etree.XMLPullParser, chunk: bytes) -> None:
    try:
        parser.feed(chunk)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise Unreadable(f"không phải XML đúng quy cách: {error}") from error


def _close(parser: etree.XMLPullParser) -> None:
    try:
        root = parser.close()
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise Unreadable(f"tệp XML bị cắt hoặc sai quy cách: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_doctype()


def stream(source: BinaryIO, names: Collection[str]) -> Iterator[tuple[str, etree._Element]]:
    """(local name, element) for every finished element whose local name is in `names`.

    Children come before their parent. An element is whole while the caller holds it and is
    emptied afterwards; its parents keep their other children. Raises Unreadable.
    """
    parser = _parser(names)
    size = silent = 0
    last: etree._Element | None = None
    while chunk := source.read(CHUNK):
        size, silent = size + len(chunk), silent + len(chunk)
        if size == len(chunk) and _MARKUP in chunk.replace(b"\0", b"").upper():
            _refuse_doctype()
        if size > MAX_BYTES or silent > MAX_SILENCE:
            raise Unreadable("tệp XML quá lớn hoặc không có mục nào của sổ phụ ngân hàng")
        _feed(parser, chunk)
        for element in _finished(parser):
            if last is None and element.getroottree().docinfo.internalDTD is not None:
                _refuse_doctype()
            silent = 0
            yield local_name(element), element
            last = _let_go(last, element)
    _close(parser)
    for element in _finished(parser):
        yield local_name(element), element


def _finished(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        yield cast(etree._Element, element)


def _let_go(last: etree._Element | None, element: etree._Element) -> etree._Element:
    """Empty the element just used and take the one before out of the tree.

    The newest one stays in its place: the parser may still be writing behind it.
    """
    element.clear(keep_tail=True)  # type: ignore[call-arg] # the type hints are older
    if last is not None and last is not element:
        parent = last.getparent()
        if parent is not None:
            parent.remove(last)
    return element
