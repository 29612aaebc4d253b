"""Releases compare, and the rules of releases.toml hold on the right ones."""

import pytest

from agent.core.errors import InputError
from agent.core.release import Release, known_releases, released_with

LIMITED = {"17.3.6", "17.3.8", "17.6.4", "17.6.9", "17.9.1", "17.12.4", "17.18.1"}
FREE = {"17.3.2a", "17.3.5", "17.4.1", "17.5.1", "17.6.1", "17.6.3", "17.7.1", "17.8.1"}


def test_the_daily_limit_holds_as_documented():
    assert all(Release.parse(text).has("daily_report_limit") for text in LIMITED)
    assert not any(Release.parse(text).has("daily_report_limit") for text in FREE)


@pytest.mark.parametrize(
    ("rule", "before", "since"),
    [
        ("trust_request_in_saved_usage", "17.6.4", "17.7.1"),
        ("trust_request_in_pulled_usage", "17.8.1", "17.9.1"),
        ("rum_payload_version_2", "17.8.1", "17.9.1"),
        ("rum_report_listing", "17.6.4", "17.7.1"),
    ],
)
def test_rules_begin_with_their_release(rule, before, since):
    assert not Release.parse(before).has(rule)
    assert Release.parse(since).has(rule)


def test_an_unknown_rule_is_a_bug():
    with pytest.raises(KeyError):
        Release.parse("17.9.1").has("no_such_rule")


def test_releases_are_ordered_and_printed_in_both_forms():
    texts = ["17.3.2", "17.3.2a", "17.3.10", "17.12.4"]
    assert [str(r) for r in sorted(map(Release.parse, reversed(texts)))] == texts
    assert Release.parse("17.12.04") == Release.parse("17.12.4")
    assert Release.parse("17.3.2a").padded == "17.03.02a"


@pytest.mark.parametrize("text", ["17", "17.x.1", "", "17.9.1.2"])
def test_anything_else_is_no_release(text):
    with pytest.raises(InputError):
        Release.parse(text)


def test_every_known_release_has_its_agent_version():
    assert all(Release.parse(text).agent_version for text in known_releases())


@pytest.mark.parametrize(
    ("agent", "release"),
    [
        ("5.8.8_rel/14", "17.12.4"),
        ("5.8.3_rel/7", "17.12.1"),  # older than any of its line
        ("5.1.25_rel/1", "17.6.3"),  # between two
        ("5.9.4_rel/9", "17.12.4"),  # no release has its line
        ("5.10.1_rel/5", "17.13.0"),  # a development image
        ("6.1.4/6feb8bc10", "17.15.1"),  # of two that carry it the first
        ("6.3.7/b37215cd0", "17.18.1z"),
        ("8.0.8/1ad5f81e5", None),
        ("none", None),
    ],
)
def test_an_agent_tells_its_release(agent: str, release: str | None) -> None:
    found = released_with(agent)
    assert (None if found is None else str(found)) == release
