"""Answers from a recording of the user's own device, for commands that are not modelled here.

A Recording holds what that device printed, by command. `answer` finds a command as IOS would: words
may be shortened while they stay unique, an interface's letters likewise. Licensing is never
answered from a recording. Reading recordings from disk: adapters/replay.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# commands that stay live, whatever was recorded
_LIVE = re.compile(r"(?:show\s+)?lic", re.IGNORECASE)
# a word such as Gi1/0/1: letters that may be shortened, then what must be equal
_NUMBERED = re.compile(r"([a-z-]+)(\d\S*)", re.IGNORECASE)
_NAME_AND_NUMBER = re.compile(r"\b([a-z][a-z-]*)\s+(\d+(?:[/.:]\d+)+)", re.IGNORECASE)
# modelled commands that only look at hardware: the user's own are worth more than ours
YIELDING = ("show.interface", "show.ip_interface")


@dataclass(frozen=True, slots=True)
class Unclear:
    """Several recorded commands begin like this."""


@dataclass(frozen=True)
class Recording:
    """What a device printed, by command; `source` names where that was read from."""

    source: str
    outputs: Mapping[str, str]
    _by_words: Mapping[tuple[str, ...], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_words = {
            words(command): output
            for command, output in self.outputs.items()
            if not _LIVE.match(command.strip())
        }
        object.__setattr__(self, "_by_words", by_words)

    def answer(self, line: str, *, exactly: bool = False) -> str | Unclear | None:
        """What was recorded for this command; None where nothing was.

        `exactly` does without shortened words.
        """
        typed = words(line)
        output = self._by_words.get(typed)
        if output is not None or exactly:
            return output
        found = [known for known in self._by_words if _fits(typed, known)]
        # a word typed in full is that word, even where another begins with it
        for place, word in enumerate(typed):
            whole = [known for known in found if known[place] == word]
            found = whole or found
        if len(found) > 1:
            return Unclear()
        return self._by_words[found[0]] if found else None


def words(command: str) -> tuple[str, ...]:
    """The words of a command as they are compared: `Gi 1/0/1` is one of them."""
    joined = _NAME_AND_NUMBER.sub(r"\1\2", command)
    return tuple(joined.lower().split())


def _fits(typed: tuple[str, ...], known: tuple[str, ...]) -> bool:
    if len(typed) != len(known):
        return False
    return all(_shortens(word, whole) for word, whole in zip(typed, known, strict=True))


def _shortens(word: str, whole: str) -> bool:
    if word == whole:
        return True
    short, full = _NUMBERED.fullmatch(word), _NUMBERED.fullmatch(whole)
    if short and full:
        return short[2] == full[2] and full[1].startswith(short[1])
    return not any(character.isdigit() for character in word + whole) and whole.startswith(word)
