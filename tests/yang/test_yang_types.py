"""Texts and values of leaf types."""

from __future__ import annotations

import pytest

from yang.types import BadValue, LeafType, from_text, to_text

NAME = LeafType("string", lengths=(((1, 5),),), patterns=(r"[a-z]+[\p{N}]*",))
LEVEL = LeafType("uint8", ranges=(((0, 15),),))
KIND = LeafType("enumeration", names=("0", "7", "9"))
WORD = LeafType("enumeration", names=("cslu", "Off"))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (NAME, "ab1", "ab1"),
        (LEVEL, " 15 ", 15),
        (LEVEL, "+007", 7),
        (LeafType("int8"), "-128", -128),
        (LeafType("uint64"), "18446744073709551615", 2**64 - 1),
        (KIND, "9", 9),
        (WORD, "Off", "Off"),
        (LeafType("boolean"), "true", True),
        (LeafType("boolean"), "\n false ", False),
        (LeafType("empty"), None, True),
        (LeafType("string"), None, ""),
        (LeafType("union", members=(LEVEL, WORD)), "cslu", "cslu"),
    ],
)
def test_value_of_a_text(kind, text, value):
    found = from_text(kind, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (NAME, ""),
        (NAME, "abcdef"),
        (NAME, "AB"),
        (LEVEL, "16"),
        (LEVEL, "-1"),
        (LEVEL, "1.0"),
        (LEVEL, "0x1"),
        (LEVEL, "9" * 400),
        (LeafType("int8"), "128"),
        (KIND, "8"),
        (WORD, "off"),
        (LeafType("boolean"), "True"),
        (LeafType("boolean"), "1"),
        (LeafType("empty"), "x"),
        (LeafType("union", members=(LEVEL, WORD)), "smart"),
    ],
)
def test_text_that_is_no_value(kind, text):
    with pytest.raises(BadValue, match="is not a valid value"):
        from_text(kind, text)


def test_text_of_a_value():
    assert to_text(LeafType("empty"), True) is None
    assert to_text(LeafType("boolean"), False) == "false"
    assert to_text(LEVEL, 15) == "15"
