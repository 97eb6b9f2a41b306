"""Where the wanted texts of an element stand, worked out once for all elements of its layout.

A file of a million entries has a handful of layouts: the same tags in the same order, each with
as many children. What is wanted is looked up by name in the first element of a layout; in every
other one it is taken by its place. `Node` would make a tree of each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from lxml import etree

from bank_adapters.formats.xmlstream import Node

MAX_KNOWN = 200
MAX_LENGTH = 400  # elements in a layout that is kept
_BLANK = etree.Element("blank")
_LAST = -1  # where `_BLANK` is put
_TAG = attrgetter("tag")


class Wanted(NamedTuple):
    """What is to be read of a layout; chosen by names alone, never by texts.

    `texts` are single texts, `joined` the texts of several elements with spaces between them,
    `parts` whole elements.
    """

    texts: tuple[Node | None, ...]
    joined: tuple[Iterable[Node], ...] = ()
    parts: tuple[Node | None, ...] = ()


class Found(NamedTuple):
    """The same of one element: trimmed texts, "" for what is missing; None for missing parts."""

    texts: list[str]
    joined: list[str]
    parts: list[etree._Element | None]


class _Places(NamedTuple):
    texts: tuple[int, ...]
    joined: tuple[tuple[int, ...], ...]
    parts: tuple[int, ...]


class Layouts:
    """Reads what `wanted` chooses; raises Unreadable for an element that is too deep."""

    def __init__(self, wanted: Callable[[Node], Wanted]) -> None:
        self._wanted = wanted
        self._known: dict[tuple[object, ...], _Places] = {}

    def read(self, element: etree._Element) -> Found:
        """The wanted texts and parts of one element."""
        every: list[etree._Element] = list(element.iter())
        layout = (*map(_TAG, every), *map(len, every))
        places = self._known.get(layout)
        if places is None:
            places = self._places(element)
            if len(self._known) < MAX_KNOWN and len(every) <= MAX_LENGTH:
                self._known[layout] = places
        every.append(_BLANK)
        return Found(
            [text.strip() if (text := every[place].text) else "" for place in places.texts],
            [_joined(every, some) for some in places.joined],
            [None if place == _LAST else every[place] for place in places.parts],
        )

    def _places(self, element: etree._Element) -> _Places:
        """Where what is wanted stands among the element and all below it, in file order."""
        root = Node(element)
        place = {id(node): number for number, node in enumerate(_every(root))}
        wanted = self._wanted(root)

        def text(node: Node | None) -> int:
            return _LAST if node is None or node.children else place[id(node)]

        return _Places(
            tuple(map(text, wanted.texts)),
            tuple(tuple(map(text, some)) for some in wanted.joined),
            tuple(_LAST if one is None else place[id(one)] for one in wanted.parts),
        )


def _every(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _every(child)


def _joined(every: list[etree._Element], places: tuple[int, ...]) -> str:
    if not places:
        return ""
    texts = (text.strip() for place in places if (text := every[place].text))
    return " ".join(filter(None, texts))
