"""What reading gives, kept until what it was made from changes.

A key says what something was made from; a new key drops everything made with the old one. Replies
are kept by the request's bytes, because clients ask the same question again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from yang.xml import Element

MAX_REPLIES = 64
LONGEST = 1 << 20  # bytes of a reply that is kept

Tops = dict[str, Element]  # by key, each below a `<data>` of its own


@dataclass(slots=True)
class _Shelf:
    key: object = None
    held: object = None  # keeps alive what an identity in the key stands for
    tops: Tops = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)
    replies: dict[bytes, bytes] = field(default_factory=dict)


class Kept:
    """Some shelves, such as "running" and "state", each with the content of one key."""

    def __init__(self) -> None:
        self._shelves: dict[str, _Shelf] = {}
        self._texts: dict[str, tuple[object, bytes]] = {}

    def tops(self, shelf: str, key: object, held: object, make: Callable[[], Tops]) -> Tops:
        """The top elements of a shelf, made anew where the key is another one."""
        found = self._shelves.get(shelf)
        if found is None or found.key != key:
            found = self._shelves[shelf] = _Shelf(key, held, make())
        return found.tops

    def text(self, shelf: str, key: str) -> bytes:
        """A whole top element as text."""
        found = self._shelves[shelf]
        if key not in found.texts:
            found.texts[key] = etree.tostring(found.tops[key][0])
        return found.texts[key]

    def text_of(self, name: str, key: object, make: Callable[[], bytes]) -> bytes:
        """A text of its own key, beside the shelves."""
        found = self._texts.get(name)
        if found is None or found[0] != key:
            found = self._texts[name] = (key, make())
        return found[1]

    def reply(self, shelf: str, request: bytes, make: Callable[[], bytes]) -> bytes:
        """The reply to a request that depends on this shelf alone."""
        replies = self._shelves[shelf].replies
        found = replies.get(request)
        if found is None:
            found = make()
            if len(found) <= LONGEST:
                if len(replies) >= MAX_REPLIES:
                    replies.pop(next(iter(replies)))
                replies[request] = found
        return found
