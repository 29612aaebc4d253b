"""YANG texts of the operator: `get-schema` serves them in place of ours.

An operator who has the vendor's modules names their folder; the list of schemas and `get-schema`
then give those texts, each under the name and the revision that stand in it. What a device holds
and takes stays what our own modules say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.errors import InputError

_HEAD = re.compile(r"^\s*(module|submodule)\s+\"?([\w.-]+)\"?\s*\{", re.MULTILINE)
_REVISION = re.compile(r"^\s*revision\s+\"?(\d{4}-\d\d-\d\d)", re.MULTILINE)
_NAMESPACE = re.compile(r"^\s*namespace\s+\"?([^\s\";]+)", re.MULTILINE)
_PARENT = re.compile(r"^\s*belongs-to\s+\"?([\w.-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class OwnText:
    """One module or submodule; a submodule has the namespace of its module where that is there."""

    name: str
    revision: str  # the newest; empty where none is stated
    namespace: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class OwnTexts:
    """All of a folder, by name and then newest first."""

    texts: tuple[OwnText, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The names there is a text for."""
        return frozenset(text.name for text in self.texts)


NOTHING = OwnTexts()


def own_texts(files: Iterable[tuple[str, str]]) -> OwnTexts:
    """The texts in these (file name, content) pairs. Raises InputError for one without a module."""
    found, parents = [], {}
    for file, text in files:
        head = _HEAD.search(text)
        if head is None:
            raise InputError("is no YANG module", file)
        revisions = _REVISION.findall(text)
        namespace = _NAMESPACE.search(text)
        parent = _PARENT.search(text)
        if parent:
            parents[head[2]] = parent[1]
        found.append(
            OwnText(head[2], max(revisions, default=""), namespace[1] if namespace else "", text)
        )
    spaces = {text.name: text.namespace for text in found if text.namespace}
    whole = [
        text
        if text.namespace
        else OwnText(
            text.name, text.revision, spaces.get(parents.get(text.name, ""), ""), text.text
        )
        for text in found
    ]
    newest = sorted(whole, key=lambda text: text.revision, reverse=True)
    return OwnTexts(tuple(sorted(newest, key=lambda text: text.name)))
