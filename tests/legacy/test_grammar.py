"""The grammars of before the policy and of a CUCM: whole, and without the other model's words."""

from __future__ import annotations

import pytest

from agent.cli.handlers import HANDLERS
from agent.core.release import Release, legacy_releases
from cli_grammar import Invalid, Matched, check_handlers, grammar_for, match

OLD = grammar_for(Release.parse("16.12.4"), "switch", "c9300", "legacy")
NEW = grammar_for(Release.parse("17.12.4"), "switch", "c9300")
CUCM = grammar_for(Release.parse("12.0.1"), "cucm", "cucm", "legacy")
OF_BEFORE = (
    "license smart register idtoken T",
    "license smart register idtoken T force",
    "license smart deregister",
    "license smart renew auth",
    "license smart renew id",
    "license smart reservation request local",
    "license smart reservation install file flash:a",
    "license smart reservation return local",
    "license smart reservation cancel local",
)
OF_SLP = (
    "license smart trust idtoken T local",
    "license smart sync all",
    "license smart import flash:a",
    "license smart save usage all file flash:a",
    "show license authorization",
    "show license history message",
)


RTU = grammar_for(Release.parse("16.8.1a"), "switch", "c9300", "rtu")


@pytest.mark.parametrize("grammar", [OLD, CUCM, RTU], ids=["16.12", "cucm", "16.8"])
def test_each_row_has_a_handler(grammar) -> None:
    check_handlers(grammar, frozenset(HANDLERS))


@pytest.mark.parametrize("line", OF_BEFORE)
def test_a_command_of_before_is_refused_under_the_policy(line: str) -> None:
    """source: legacy-slr"""
    assert isinstance(match(OLD, "exec", line, 15), Matched)
    assert isinstance(match(NEW, "exec", line, 15), Invalid)


@pytest.mark.parametrize("line", OF_SLP)
def test_a_command_of_slp_is_not_there_before_it(line: str) -> None:
    assert isinstance(match(NEW, "exec", line, 15), Matched)
    assert isinstance(match(OLD, "exec", line, 15), Invalid)


def test_the_releases_before_slp_are_a_table_of_their_own() -> None:
    assert legacy_releases() == ("12.0.1", "16.8.1a", "16.12.4", "17.1.1", "17.2.1")
    assert all(Release.parse(text).is_legacy for text in legacy_releases())
    assert not Release.parse("17.3.2a").is_legacy
