"""Every line of the grammar, typed in its mode on a device: none is refused, none raises.

The commands of one platform, each word at its shortest, in the default suite; all lines of all
families, in full too, under the marker `long`. That each line means what it should is in
tests/grammar/test_grammar_permutations.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from agent.cli.session import CliSession, Line
from agent.core.release import Release
from agent.device.device import Device, new_device
from agent.profiles.profile import load
from cli_grammar import Grammar
from cli_grammar.permutations import Permutation, permutations
from tests.cli.test_config_permutations import entering
from tests.grammar import families

BOOT = 1_700_000_000_000
NOW = BOOT + 3_600_000
# each family at its newest release, and the oldest of three
KINDS = [kind for kind in families.NEWEST if kind[0] in families.IOS_XE]
KINDS += [(family, families.runs(family)[0]) for family in ("c9300", "c8000v", "c9800cl")]
# what lines name has to be there
BEFORE = ("service internal", "vrf definition WORD-x1", "interface Loopback7")
# the device's sentences for a line it does not understand; those for what a line names are others
REFUSED = re.compile(r"% (Invalid input|Incomplete|Ambiguous|Unrec|Unknown|Bad)")
# a model takes the throughput levels of its own only
LEVEL = re.compile(r"p\S* ha\S* t\S* l\S* \d+$")


def typed(kind: families.Kind, permutation: Permutation, short: bool) -> str:
    """The line, with values that mean something on a device where any word would be taken."""
    line = permutation.shortest(families.grammar(kind)) if short else permutation.line
    if line.startswith("rel"):
        return line.replace("WORD-x1", "10:20")
    return re.sub(r"^((?:no )?in\w* r\w* )some text of 3 words", r"\1Loopback7", line)


def device(kind: families.Kind) -> Device:
    model = next(iter(load(kind[0]).models))
    made = new_device("sw1", model, Release.parse(kind[1]), "FOC0000EMU1")
    made.boot(BOOT)
    session(made, "configure terminal", *BEFORE)
    return made


def session(on: Device, *lines: str) -> CliSession:
    opened = CliSession(on, Line(privilege=15), width=0, length=0)
    opened.start(NOW)
    for line in lines:
        opened.feed(line + "\r", NOW)
    return opened


def way(grammar: Grammar, mode: str) -> tuple[str, ...]:
    return () if mode == "exec" else ("configure terminal", *entering(grammar, mode))


def refusals(kind: families.Kind, mode: str, short: bool) -> Iterator[tuple[str, str]]:
    """(line, answer) for each line of a mode that is not taken."""
    grammar, on = families.grammar(kind), device(kind)
    for permutation in permutations(grammar, mode):
        line = typed(kind, permutation, short)
        opened = session(on, *way(grammar, mode))
        assert opened.mode == mode
        answer = opened.feed(line + "\r", NOW)
        if REFUSED.search(answer) and not LEVEL.match(line):
            yield line, answer


def test_no_shortest_line_is_refused_in_exec():
    assert list(refusals(("c9300", "17.12.4"), "exec", short=True)) == []


@pytest.mark.long
@pytest.mark.parametrize("short", [False, True], ids=["full", "short"])
@pytest.mark.parametrize("kind", KINDS, ids="-".join)
def test_no_line_is_refused(kind, short):
    for mode in families.grammar(kind).modes:
        assert list(refusals(kind, mode, short)) == [], mode
