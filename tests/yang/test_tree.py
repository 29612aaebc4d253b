"""The instance tree: edits give new roots, and the old ones stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yang.tree import (
    EMPTY,
    Edit,
    Entry,
    Tree,
    apply,
    from_plain,
    get,
    parse_path,
    path_text,
    to_plain,
    walk,
)


def edited(*edits, root=EMPTY):
    return apply(root, tuple(Edit(op, parse_path(path), *value) for op, path, *value in edits))


def test_a_leaf_is_written_read_and_deleted_with_its_empty_containers():
    root = edited(("set", "a/b/c", 5))
    assert get(root, ("a", "b", "c")) == 5
    assert edited(("delete", "a/b/c"), root=root) == EMPTY
    assert get(root, ("a", "b", "c")) == 5


def test_presence_keeps_what_is_there():
    root = edited(("set", "a/p"), ("set", "a/p/x", 1), ("set", "a/p"))
    assert get(root, ("a", "p", "x")) == 1
    row = edited(("set", "l[k]"), ("set", "l[k]/x", 1), ("set", "l[k]"))
    assert get(row, (Entry("l", "k"), "x")) == 1


def test_rows_keep_the_order_of_entry_and_keys_may_hold_slashes():
    root = edited(("set", "l[1/0/2]/x", 1), ("set", "l[1/0/1]/x", 2))
    assert [path_text(path) for path, _ in walk(root)] == ["l[1/0/2]/x", "l[1/0/1]/x"]
    assert edited(("delete", "l[1/0/2]"), ("delete", "l[1/0/1]"), root=root) == EMPTY


def test_leaf_lists_take_each_value_once():
    root = edited(("add", "s", "a"), ("add", "s", "b"), ("add", "s", "a"))
    assert get(root, ("s",)) == ("a", "b")
    assert edited(("discard", "s", "a"), ("discard", "s", "b"), root=root) == EMPTY


def test_deleting_what_is_not_there_changes_nothing():
    root = edited(("set", "a/b", 1))
    for gone in ("x", "a/x", "a/b/c", "l[k]", "l[k]/x"):
        assert edited(("delete", gone), root=root) == root


def test_unchanged_parts_are_shared():
    root = edited(("set", "a/b", 1), ("set", "c/d", 2))
    new = edited(("set", "a/b", 3), root=root)
    assert new["c"] is root["c"]
    assert root["a"]["b"] == 1


def test_an_unknown_operation_is_a_bug():
    with pytest.raises(ValueError, match="frob"):
        apply(EMPTY, (Edit("frob", ("a",)),))


PATHS = st.sampled_from(["a", "b/c", "b/d", "l[1/0/1]", "l[1/0/1]/x", "l[2]/x", "m/l[k]/y", "s"])
EDITS = st.builds(
    lambda op, path, value: Edit(op, parse_path(path), value),
    st.sampled_from(["set", "delete", "add", "discard"]),
    PATHS.filter(lambda path: path != "l[1/0/1]"),
    st.sampled_from([True, 1, "x"]),
).filter(lambda edit: (edit.operation in ("add", "discard")) == (edit.path == ("s",)))


@given(st.lists(EDITS, max_size=12).map(tuple))
def test_plain_form_and_path_text_lose_nothing(edits):
    root = apply(EMPTY, edits)
    assert from_plain(to_plain(root)) == root
    for path, value in walk(root):
        assert parse_path(path_text(path)) == path
        assert get(root, path) == value or (value is True and get(root, path) == Tree())
