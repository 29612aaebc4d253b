"""What reading gives, kept until what it was made from changes.

A key says what something was made from; a new key drops everything made with the old one. Replies
are kept by the request's bytes, because clients ask the same question again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from yang.schema import local
from yang.xml import Element

MAX_REPLIES = 64
LONGEST = 1 << 20  # bytes of a reply that is kept

Maker = Callable[[], Element | None]  # the `<data>`; None: there is nothing of it


class Tops(Mapping[str, Element]):
    """Top elements by key, each below a `<data>` of its own, made when they are first wanted."""

    __slots__ = ("_made", "_makers")

    def __init__(self, makers: Mapping[str, Maker]) -> None:
        self._makers = makers
        self._made: dict[str, Element | None] = {}

    def __getitem__(self, key: str) -> Element:
        found = self._made[key] if key in self._made else self._make(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._makers if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _make(self, key: str) -> Element | None:
        found = self._made[key] = self._makers[key]()
        return found

    def reached(self, reaches: Callable[[str], bool]) -> Iterator[tuple[str, Element]]:
        """Those that may be reached by their names; no other one is made."""
        wanted = (key for key in self._makers if reaches(local(key)))
        return ((key, self[key]) for key in wanted if key in self)


@dataclass(slots=True)
class _Shelf:
    key: object
    held: object  # keeps alive what an identity in the key stands for
    tops: Tops
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
