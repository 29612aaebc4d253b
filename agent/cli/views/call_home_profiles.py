"""`show call-home profile ...`: one profile or all of them, as text.

Facts: docs/sources.md, entry call-home-views.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent.cli.views.call_home import NOT_SET, named_profiles, texts
from yang.tree import EMPTY, Tree, get

_TAC = "CiscoTAC-1"
_TAC_EMAIL = "callhome@cisco.com"
# What the profile from the factory reports: from which severity on, which syslog messages, when.
_SEVERITIES: Mapping[str, str] = {
    "crash": "debugging",
    "diagnostic": "minor",
    "environment": "warning",
    "inventory": "normal",
}
_PATTERNS = (("APF-.-WLC_.*", "warning"), (".*", "major"))
_MONTHLY: Mapping[str, Tree] = {
    "configuration": Tree({"monthly": Tree({"date": 1, "begin-time": "09:15"})}),
    "inventory": Tree({"monthly": Tree({"date": 1, "begin-time": "09:00"})}),
}
_NOTHING = "N/A"
_SIZE_BYTES = 3_145_728


def profiles(root: Tree, wanted: str, address: str) -> str:
    """`show call-home profile {all | NAME}`; empty where there is none of that name.

    `address` is where CiscoTAC-1 sends unless told otherwise.
    """
    home: Tree = get(root, ("native", "call-home"), EMPTY)
    shown = [
        "\n".join(_profile(name, row, address))
        for name, row in named_profiles(home)
        if wanted in ("all", name)
    ]
    return "\n\n".join(shown)


def _profile(name: str, row: Tree, address: str) -> Iterator[str]:
    factory = name == _TAC
    reports = [
        title
        for title, word, usual in (
            ("Smart Call Home", "smart-call-home-data", True),
            ("Smart Licensing", "smart-licensing-data", factory),
        )
        if get(row, ("reporting", word), usual)
    ]
    anonymous = row.get("anonymous-reporting-only")
    yield f"Profile Name: {name}"
    yield f"    Profile status: {'ACTIVE' if row.get('active') else 'INACTIVE'}"
    yield f"    Profile mode: {'Anonymous Reporting Only' if anonymous else 'Full Reporting'}"
    yield f"    Reporting Data: {', '.join(reports) or 'none'}"
    form = get(row, ("destination", "preferred-msg-format"), "xml")
    yield f"    Preferred Message Format: {form}"
    size = get(row, ("destination", "message-size-limit"), _SIZE_BYTES)
    yield f"    Message Size Limit: {size} Bytes"
    yield from _addresses(row, factory, address)
    yield ""
    subscribed = _subscribed(get(row, ("subscribe-to-alert-group",), EMPTY))
    yield from _schedules(subscribed, _MONTHLY if factory else {})
    yield f"    {'Alert-group':<24}  Severity"
    yield f"    {'-' * 24}  {'-' * 12}"
    rows = _SEVERITIES if factory else {}
    for group in sorted({*rows, *subscribed} - {"syslog"}) or [_NOTHING]:
        usual = rows.get(group, "normal" if group != _NOTHING else _NOTHING)
        yield f"    {group:<24}  {subscribed.get(group, EMPTY).get('severity', usual):<12}"
    yield ""
    yield f"    {'Syslog-Pattern':<24}  Severity"
    yield f"    {'-' * 24}  {'-' * 12}"
    patterns = list(_PATTERNS) if factory else []
    if "syslog" in subscribed:
        patterns = [(p, str(told["severity"])) for p, told in subscribed["syslog"].items()]
    yield from (f"    {pattern:<24}  {severity:<12}" for pattern, severity in patterns)
    if not patterns:
        yield f"    {_NOTHING:<24}  {_NOTHING}"


def _addresses(row: Tree, factory: bool, address: str) -> Iterator[str]:
    """How the profile sends, the addresses it sends to, and those it has for the other way."""
    used = {
        "http": bool(get(row, ("destination", "transport-method", "http"), False)),
        "email": bool(get(row, ("destination", "transport-method", "email"), not factory)),
    }
    own = {way: texts(get(row, ("destination", "address", way), ())) for way in used}
    usual = {"http": address, "email": _TAC_EMAIL} if factory else {}
    yield f"    Transport Method: {' and '.join(way for way in used if used[way]) or 'none'}"
    for title, way in (("HTTP  address", "http"), ("Email address(es)", "email")):
        if used[way]:
            yield from _list(title, own[way] or [usual.get(way, NOT_SET)])
    others = [one for way in used if not used[way] for one in own[way] or ["default"] * factory]
    if others:
        yield from _list("Other address(es)", others)


def _list(title: str, found: list[str]) -> Iterator[str]:
    yield f"    {title}: {found[0]}"
    yield from (" " * (len(title) + 6) + one for one in found[1:])


def _subscribed(told: Tree) -> dict[str, Tree]:
    """The groups a profile subscribes to, with their severity and their times."""
    groups: dict[str, Tree] = {}
    for name, value in told.items():
        group = name.removesuffix("-periodically")
        below = value.get(group, EMPTY) if group != name else value
        groups[group] = Tree({**groups.get(group, EMPTY), **(below if value is not True else {})})
    return groups


def _schedules(subscribed: Mapping[str, Tree], usual: Mapping[str, Tree]) -> Iterator[str]:
    for group in sorted({*usual, *subscribed}):
        own = subscribed.get(group, EMPTY).get("periodic", EMPTY)
        yield from _periodic(group, own or usual.get(group, EMPTY))


def _periodic(group: str, when: Tree) -> Iterator[str]:
    """When a group reports of itself. # assumed: the sentences for hourly, interval, weekly"""
    texts = {
        "hourly": "every hour at minute {}",
        "interval": "every {} minutes",
    }
    said = [text.format(when[word]) for word, text in texts.items() if word in when]
    at = {word: turn["begin-time"] for word, turn in when.items() if isinstance(turn, Tree)}
    if "daily" in at:
        said.append(f"daily at {at['daily']}")
    if "monthly" in at:
        said.append(f"every {when['monthly']['date']} day of the month at {at['monthly']}")
    if "weekly" in at:
        said.append(f"every {when['weekly']['day']} at {at['weekly']}")
    for text in said:
        yield f"    Periodic {group} info message is scheduled {text}"
        yield ""
