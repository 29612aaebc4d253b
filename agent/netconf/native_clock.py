"""Summer time: rules or dates as a text in the device's store, leafs of the published model.

The text is the device's own spelling, which `agent.core.summer` reads. What an edit leaves out of
a rule or a date makes a text that is none, so the device's parser refuses it.
Sources: docs/sources.md, entries native-shape, summer-time.
"""

from __future__ import annotations

from agent.core.summer import Summer, dated_summer, summer
from agent.netconf.native_items import Item
from yang.tree import Tree, Value

_RULE = ("", "-day", "-month", "-time")  # the order of the words in a rule
_DATE = ("-month", "-day", "-year", "-time")


def shown(value: Value) -> Tree:
    """`clock summer-time` as the model has it."""
    zone = str(value.get("zone", ""))
    head = {"zone": zone} if zone else {}
    if "date" in value:
        return Tree({**head, "date": True, **_parts(dated_summer(zone, value["date"]), _DATE)})
    rules = str(value.get("recurring", ""))
    found = summer(zone, rules) if rules else None
    return Tree({**head, "recurring": True, **_parts(found, _RULE)})


def kept(now: Value | None) -> Tree | None:
    """The inverse of `shown`."""
    if not now:
        return None
    zone = {"zone": str(now["zone"])} if "zone" in now else {}
    name = zone.get("zone", "")
    if any(leaf in now for leaf in ("date", "offset", *_names(_DATES, _DATE))):
        text = _text(now, _names(_DATES, _DATE), "offset")
        dates = dated_summer(name, text)
        return Tree({**zone, "date": dates.rules() if dates else text})
    text = _text(now, _names(_RECURRING, _RULE), "recurring-offset")
    rules = summer(name, text) if text else None
    return Tree({**zone, "recurring": rules.rules() if rules else text} if text else zone)


def _text(now: Value, leafs: list[str], offset: str) -> str:
    """The leafs that are there, in this order; the offset behind them."""
    return " ".join(str(now[leaf]) for leaf in (*leafs, offset) if leaf in now)


_RECURRING, _DATES = ("recurring-start", "recurring-end"), ("start", "date-end")


def _names(ends: tuple[str, str], words: tuple[str, ...]) -> list[str]:
    return [f"{end}{word}" for end in ends for word in words]


def _parts(found: Summer | None, words: tuple[str, ...]) -> dict[str, Value]:
    """The leafs of both ends, and of what is added where that is not an hour."""
    if found is None:
        return {}
    dated = words is _DATE
    ends = _DATES if dated else _RECURRING
    texts = f"{found.start} {found.end}".split()
    leafs: dict[str, Value] = dict(zip(_names(ends, words), map(_value, texts), strict=True))
    if found.offset_minutes != 60:
        leafs["offset" if dated else "recurring-offset"] = found.offset_minutes
    return leafs


def _value(text: str) -> Value:
    return int(text) if text.isdigit() else text


SUMMER = Item(("summer-time",), ("summer-time",), shown, kept)
