"""Texts by their place in a layout are those that a tree of names gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bank_adapters.errors import Unreadable
from bank_adapters.formats import layouts
from bank_adapters.formats.layouts import Layouts, Wanted
from bank_adapters.formats.xmlstream import MAX_DEPTH, Node

NAMES = st.sampled_from("abcd")
TEXTS = st.sampled_from(["", " ", "x", " y ", "1"])
TREES = st.recursive(
    st.tuples(NAMES, TEXTS, st.just(())),
    lambda inner: st.tuples(NAMES, TEXTS, st.lists(inner, max_size=4).map(tuple)),
    max_leaves=12,
)
PATHS = (("a",), ("b",), ("a", "b"), ("a", "b", "c"), ("c", "d"), ())
SPACE = "{urn:x}"


def element_of(tree: tuple[str, str, tuple[object, ...]], space: str = SPACE) -> etree._Element:
    name, text, children = tree
    made = etree.Element(space + name)
    made.text = text
    made.extend([element_of(child, space) for child in children])  # type: ignore[arg-type]
    return made


def wanted(node: Node) -> Wanted:
    return Wanted(
        texts=tuple(node.find(*path) for path in PATHS),
        joined=(node.all("a"), (inner for part in node.all("b") for inner in part.all("c"))),
        parts=(node.find("c"), node.find("d", "a")),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(TREES, min_size=1, max_size=6))
def test_places_say_what_names_say(trees: list[tuple[str, str, tuple[object, ...]]]) -> None:
    reader = Layouts(wanted)
    for tree in (*trees, *trees):
        element = element_of(tree)
        node, (texts, joined, parts) = Node(element), reader.read(element)
        assert texts == [node.value(*path) for path in PATHS]
        assert joined[0] == " ".join(one.text for one in node.all("a") if one.text)
        inner = (one.text for part in node.all("b") for one in part.all("c"))
        assert joined[1] == " ".join(filter(None, inner))
        assert [part is not None for part in parts] == [
            node.find(*path) is not None for path in (("c",), ("d", "a"))
        ]


def test_same_tags_in_another_tree_are_another_layout() -> None:
    reader = Layouts(lambda node: Wanted(texts=(node.find("a", "b"), node.find("b"))))
    for text, found in (("<r><a><b>1</b></a></r>", ["1", ""]), ("<r><a/><b>1</b></r>", ["", "1"])):
        assert reader.read(etree.fromstring(text)).texts == found


def test_an_element_that_is_too_deep_is_refused_every_time() -> None:
    reader = Layouts(lambda node: Wanted(texts=(node.find("a"),)))
    deep = etree.fromstring("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1))
    for _ in range(2):
        with pytest.raises(Unreadable, match="lồng sâu"):
            reader.read(deep)


def test_a_file_of_many_layouts_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "MAX_KNOWN", 3)
    monkeypatch.setattr(layouts, "MAX_LENGTH", 5)
    reader = Layouts(lambda node: Wanted(texts=(), joined=(node.all("a"),)))
    for many in (*range(1, 9), 2):
        element = etree.fromstring(f"<r>{'<a>x</a>' * many}</r>")
        assert reader.read(element).joined == [" ".join("x" * many)]
    assert len(reader._known) == 3
