"""XML from outside, read as a stream of small trees with hard bounds.

Expat calls back for every tag; only the elements asked for are kept, each as a light tree
that lives until it is handed over, so a file of any length needs the memory of one entry.
Names are local names: the namespace differs from bank to bank and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO
from xml.parsers import expat

from bank_adapters.errors import Unreadable

CHUNK = 65_536
MAX_BYTES = 1_000_000_000
MAX_DEPTH = 40
MAX_TEXT = 20_000
MAX_CHILDREN = 200_000
MAX_NODES = 1_000_000


class Node:
    """One element: local name, attributes, text, children in order, and folded values."""

    __slots__ = ("attributes", "children", "name", "text", "values")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.text = ""
        self.children: list[Node] = []
        self.values: list[object] = []

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


Event = tuple[str, Node]
Fold = Callable[[Node], object]


class _Handler:
    """Expat's callbacks: keeps the open element of each record and queues finished ones."""

    def __init__(self, keep: frozenset[str], announce: frozenset[str], fold: Mapping[str, Fold]):
        self.keep, self.announce, self.folders = keep, announce, fold
        self.queue: list[Event] = []
        self.open: list[Node] = []
        self.depth = self.nodes = self.size = 0
        self.pieces: list[str] = []
        self.locals: dict[str, str] = {}

    def local(self, name: str) -> str:
        known = self.locals.get(name)
        if known is None:
            known = name.rpartition(" ")[2]
            if len(self.locals) < 5_000:
                self.locals[name] = known
        return known

    def start(self, full: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable(f"tệp XML lồng sâu quá {MAX_DEPTH} bậc")
        name = self.locals.get(full) or self.local(full)
        if self.open:
            self.nodes += 1
            if self.nodes > MAX_NODES:
                raise Unreadable(f"một mục XML có quá {MAX_NODES} phần tử")
            node = Node(name, attributes)
            self.open[-1].children.append(node)
            self.open.append(node)
            self.pieces, self.size = [], 0
        elif name in self.keep:
            self.nodes = 0
            self.open.append(Node(name, attributes))
            self.pieces, self.size = [], 0
        elif name in self.announce or self.depth == 1:
            self.queue.append(("start", Node(name, {"": full.rpartition(" ")[0]})))

    def data(self, text: str) -> None:
        if self.open:
            self.size += len(text)
            if self.size > MAX_TEXT:
                raise Unreadable(f"một ô XML dài quá {MAX_TEXT} ký tự")
            self.pieces.append(text)

    def end(self, full: str) -> None:
        self.depth -= 1
        if not self.open:
            name = self.locals.get(full) or self.local(full)
            if name in self.announce:
                self.queue.append(("end", Node(name, {})))
            return
        node = self.open.pop()
        if not node.children and self.pieces:
            node.text = "".join(self.pieces).strip()
        self.pieces, self.size = [], 0
        if not self.open:
            self.queue.append(("record", node))
        elif (folder := self.folders.get(node.name)) is not None:
            self._fold(self.open[-1], node, folder)

    def _fold(self, parent: Node, node: Node, folder: Fold) -> None:
        """Swap a finished child for its value, so that long batches do not pile up as trees."""
        parent.children.pop()
        parent.values.append(folder(node))
        self.nodes = 0
        if len(parent.values) > MAX_CHILDREN:
            raise Unreadable(f"một mục có quá {MAX_CHILDREN} chi tiết")


def _no_doctype(*_: object) -> None:
    raise Unreadable("tệp XML có DOCTYPE; tệp của ngân hàng không được có, tệp bị từ chối")


def _parser(handler: _Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.data
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    return parser


def _feed(parser: expat.XMLParserType, chunk: bytes, last: bool) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError as error:
        place = f"dòng {error.lineno}, cột {error.offset}"
        raise Unreadable(f"không phải XML đúng quy cách ({place}): {error}") from error
    except (LookupError, ValueError) as error:
        raise Unreadable(f"không đọc được bảng mã của tệp XML: {error}") from error


def stream(
    source: BinaryIO,
    keep: frozenset[str],
    announce: frozenset[str] = frozenset(),
    fold: Mapping[str, Fold] | None = None,
) -> Iterator[Event]:
    """Events of `source` in file order.

    `("record", tree)` for an outermost element named in `keep`; `("start", node)` and
    `("end", node)` for one in `announce` outside records, and "start" for the root (whose
    attribute "" is its namespace). A child named in `fold` is replaced by the function's
    value in its parent's `values`. Raises Unreadable for anything that is not plain XML.
    """
    handler = _Handler(keep, announce, fold or {})
    parser = _parser(handler)
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise Unreadable(f"tệp lớn hơn {MAX_BYTES // 1_000_000} MB")
        _feed(parser, chunk, False)
        if handler.queue:
            ready, handler.queue = handler.queue, []
            yield from ready
    _feed(parser, b"", True)
    yield from handler.queue
