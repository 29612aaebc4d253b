"""Which grammars there are: one for each family and release it runs; many of them are alike."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.release import Release, known_releases, legacy_releases
from agent.device.config import grammar_of
from agent.profiles.profile import load, profile_names
from cli_grammar import Grammar
from cli_grammar.permutations import permutations

Kind = tuple[str, str]  # a family and a release


def runs(family: str) -> list[str]:
    """The known releases that a family runs, the oldest first."""
    span = load(family).first_releases
    every = (*legacy_releases(), *known_releases())
    return [name for name in every if Release.parse(name).within(span)]


FAMILIES = profile_names()
IOS_XE = [family for family in FAMILIES if load(family).kind != "cucm"]
NEWEST: list[Kind] = [(family, runs(family)[-1]) for family in FAMILIES]


def grammar(kind: Kind) -> Grammar:
    family, release = kind
    return grammar_of(load(family), Release.parse(release))


def distinct(families: list[str]) -> Iterator[Kind]:
    """Every kind whose lines are not those of one before it."""
    seen = set()
    for family in families:
        for release in runs(family):
            known = grammar((family, release))
            lines = frozenset((m, p.line) for m in known.modes for p in permutations(known, m))
            if lines not in seen:
                seen.add(lines)
                yield family, release
