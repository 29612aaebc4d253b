"""One datastore: what the command line can store, the native model shows, and the other way round.

Input: every setting of the grammar, each alone, and random configurations typed into a device.
Output: a node of the schema for each, with a value of its type, or a reason in the table; and a
fresh device that is given what NETCONF read of another one prints the same configuration.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import cli_grammar
from agent.core.release import Release
from agent.netconf.modules import texts_of
from agent.netconf.native_shape import shown_shape
from cli_grammar import interface_name
from cli_grammar.permutations import example
from cli_grammar.tree import Setting
from yang.schema import Node, schema_of
from yang.tree import EMPTY, Path, Rows, Tree, apply, walk
from yang.types import BadValue, from_text, to_text

SCHEMA = schema_of(texts_of(Release.parse("17.12.4")))
# what the device stores and the served models have no node for: the path's beginning, and why
UNPUBLISHED = {
    "emulator": "in no published model: proxy, VRF, reservation, identity check, air",
}
NUMBERS = {"number", "range"}


def test_every_setting_is_modelled_or_has_a_reason():
    missing, used = [], set()
    for mode, path, value in sorted(_settings(), key=str):
        for leaf, found in walk(shown_shape(apply(EMPTY, (_edit(path, value),)))):
            text = _plain(leaf)
            reason = next((r for r in UNPUBLISHED if text == r or text.startswith(r + "/")), None)
            used.add(reason)
            if reason is None and not _has(leaf, found):
                missing.append(f"{mode}: {text} = {found!r}")
    assert missing == []
    assert set(UNPUBLISHED) <= used, "a reason nothing needs"
