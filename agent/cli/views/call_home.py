"""`show call-home [detail]`, `show call-home profile ...` and `alert-group`: settings to text.

Facts: docs/sources.md, entry call-home-views.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yang.tree import EMPTY, Rows, Tree, get

NOT_SET = "Not yet set up"
_GROUPS: Mapping[str, str] = {
    "configuration": "configuration info",
    "crash": "crash and traceback info",
    "diagnostic": "diagnostic info",
    "environment": "environmental info",
    "inventory": "inventory info",
    "snapshot": "snapshot info",
    "syslog": "syslog info",
}
# What the profile from the factory reports, and from which severity on.
_SEVERITIES: Mapping[str, str] = {
    "crash": "debug",
    "diagnostic": "minor",
    "environment": "warning",
    "inventory": "normal",
}
_OPTIONAL = (
    ("contact person's phone number", "phone-number"),
    ("street address", "street-address"),
    ("customer ID", "customer-id"),
    ("contract ID", "contract-id"),
    ("site ID", "site-id"),
    None,
    ("source ip address", "source-ip-address"),
    ("source interface", "source-interface"),
)
_SIZE_BYTES = 3_145_728


def settings(root: Tree, active: str, reporting: bool) -> str:
    """`show call-home`; `active` is the profile that licensing uses, empty where none is active."""
    home: Tree = get(root, ("native", "call-home"), EMPTY)
    enabled = bool(get(root, ("native", "service", "call-home"), False))
    profile = f"Profile: {active} (status: ACTIVE)" if active else "Profile: none"
    lines = [
        "Current call home settings:",
        f"    call home feature : {'enable' if enabled else 'disable'}",
        f"    call home message's from address: {_set(home, 'sender', 'from')}",
        f"    call home message's reply-to address: {_set(home, 'sender', 'reply-to')}",
        "",
        f"    vrf for call-home messages: {_set(home, 'vrf')}",
        "",
        f"    contact person's email address: {_set(home, 'contact-email-addr')}",
        "",
    ]
    lines += [f"    {row[0]}: {_set(home, row[1])}" if row else "" for row in _OPTIONAL]
    lines += [
        *_mail_servers(home),
        f"    http proxy: {_proxy(home)}",
        "    http secure:",
        f"        server identity check: {_identity_check(home)}",
        f"    http resolve-hostname: {get(home, ('http', 'resolve-hostname'), 'default')}",
        "",
        "    Diagnostic signature: disabled",
        "",
        f"    Smart licensing messages: {'enabled' if reporting and enabled else 'disabled'}",
        f"    {profile}",
        "",
        f"    aaa-authorization: {'enable' if home.get('aaa-authorization') else 'disable'}",
        f"    aaa-authorization username: {home.get('aaa-username', 'callhome (default)')}",
        f"    data-privacy: {_privacy(home)}",
        f"    syslog throttling: {'enable' if home.get('syslog-throttling', True) else 'disable'}",
        "",
        f"    Rate-limit: {home.get('rate-limit', 20)} message(s) per minute",
        "",
        *_snapshot(home),
        "",
        alert_groups(root),
        "",
        "Profiles:",
        *(f"    Profile Name: {name}" for name, _ in _profiles(home)),
    ]
    return "\n".join(lines)


def alert_groups(root: Tree) -> str:
    """`show call-home alert-group`."""
    off = get(root, ("native", "call-home", "alert-group"), EMPTY)
    everything = off.get("all", True)
    rows = [
        f"    {name:<24} {'Enable' if off.get(name, everything) else 'Disable':<7} {text}"
        for name, text in _GROUPS.items()
    ]
    head = f"    {'Keyword':<24} {'State':<7} Description"
    rule = f"    {'-' * 24} {'-' * 7} {'-' * 31}"
    return "\n".join(["Available alert groups:", head, rule, *rows])


def detail(root: Tree, active: str, reporting: bool, address: str) -> str:
    """`show call-home detail`: the settings, then every profile in full."""
    head, _, _ = settings(root, active, reporting).partition("\nProfiles:")
    return f"{head}\nProfiles:\n\n{profiles(root, 'all', address)}"


def profiles(root: Tree, wanted: str, address: str) -> str:
    """`show call-home profile {all | NAME}`; empty where there is none of that name.

    `address` is where CiscoTAC-1 sends unless told otherwise.
    """
    home: Tree = get(root, ("native", "call-home"), EMPTY)
    shown = [
        "\n".join(_profile(name, row, address))
        for name, row in _profiles(home)
        if wanted in ("all", name)
    ]
    return "\n\n".join(shown)


def _profile(name: str, row: Tree, address: str) -> Iterator[str]:
    factory = name == "CiscoTAC-1"
    methods = [
        word
        for word, usual in (("email", not factory), ("http", False))
        if get(row, ("destination", "transport-method", word), usual)
    ]
    reports = [
        title
        for title, word, usual in (
            ("Smart Call Home", "smart-call-home-data", True),
            ("Smart Licensing", "smart-licensing-data", factory),
        )
        if get(row, ("reporting", word), usual)
    ]
    anonymous = row.get("anonymous-reporting-only")
    http = _texts(get(row, ("destination", "address", "http"), ())) or (
        [address] if factory else []
    )
    email = _texts(get(row, ("destination", "address", "email"), ()))
    yield f"Profile Name: {name}"
    yield f"    Profile status: {'ACTIVE' if row.get('active') else 'INACTIVE'}"
    yield f"    Profile mode: {'Anonymous Reporting Only' if anonymous else 'Full Reporting'}"
    yield f"    Reporting Data: {', '.join(reports) or 'none'}"
    form = get(row, ("destination", "preferred-msg-format"), "xml")
    yield f"    Preferred Message Format: {form}"
    size = get(row, ("destination", "message-size-limit"), _SIZE_BYTES)
    yield f"    Message Size Limit: {size} Bytes"
    yield f"    Transport Method: {', '.join(methods) or 'none'}"
    yield from _addresses("Email address(es)", email)
    yield from _addresses("HTTP  address(es)", http)
    yield "    Other address(es): default"
    yield ""
    subscribed: Rows = get(row, ("subscribe",), Rows())
    periodic = [
        line
        for group in sorted(subscribed)
        for line in _periodic(group, subscribed[group].get("periodic", EMPTY))
    ]
    yield from [*periodic, ""] if periodic else []
    yield f"    {'Alert-group':<24}  Severity"
    yield f"    {'-' * 24}  {'-' * 12}"
    rows = _SEVERITIES if factory else {}
    groups = sorted({*rows, *subscribed} - {"syslog"})
    for group in groups:
        least = subscribed.get(group, EMPTY).get("severity", rows.get(group, "normal"))
        yield f"    {group:<24}  {least}"
    if not groups:
        yield "    N/A"
    yield ""
    yield f"    {'Syslog-Pattern':<24}  Severity"
    yield f"    {'-' * 24}  {'-' * 12}"
    patterns = [(".*", "major")] if factory else []
    if "syslog" in subscribed:
        wanted = subscribed["syslog"]
        patterns = [(str(wanted.get("pattern", ".*")), str(wanted.get("severity", "normal")))]
    yield from (f"    {pattern:<24}  {severity}" for pattern, severity in patterns)
    if not patterns:
        yield "    N/A"


def _periodic(group: str, when: Tree) -> Iterator[str]:
    """When a group reports of itself. # assumed: the sentences for hourly, interval, weekly"""
    texts = {
        "daily": "daily at {}",
        "hourly": "every hour at minute {}",
        "interval": "every {} minutes",
    }
    said = [text.format(when[word]) for word, text in texts.items() if word in when]
    if "monthly" in when:
        said.append("every {date} day of the month at {at}".format(**when["monthly"]))
    if "weekly" in when:
        said.append("every {day} at {at}".format(**when["weekly"]))
    for text in said:
        yield f"    Periodic {group} info message is scheduled {text}"


def _addresses(title: str, found: list[str]) -> Iterator[str]:
    margin = " " * (len(title) + 6)
    yield f"    {title}: {found[0] if found else NOT_SET}"
    yield from (margin + one for one in found[1:])


def _profiles(home: Tree) -> Iterable[tuple[str, Tree]]:
    rows: Rows = home.get("profile", Rows())
    return [(name.strip('"'), row) for name, row in rows.items()]


def _texts(found: str | Iterable[str]) -> list[str]:
    return [found] if isinstance(found, str) else [str(one) for one in found]


def _set(home: Tree, *path: str) -> str:
    return str(get(home, path, NOT_SET))


def _identity_check(home: Tree) -> str:
    checked = get(home, ("http", "secure", "server-identity-check"), True)
    return "enabled" if checked else "disabled"


def _privacy(home: Tree) -> str:
    level = str(get(home, ("data-privacy", "level"), "normal"))
    return f"{level} and hostname" if get(home, ("data-privacy", "hostname"), False) else level


def _proxy(home: Tree) -> str:
    proxy: Tree = home.get("http-proxy", EMPTY)
    return f"{proxy['server']}:{proxy['port']}" if "server" in proxy else NOT_SET


def _snapshot(home: Tree) -> list[str]:
    commands = _texts(get(home, ("alert-group-config", "snapshot", "add-command"), ()))
    return [
        f"    Snapshot command[{at}]: {command}" for at, command in enumerate(commands or [NOT_SET])
    ]


def _mail_servers(home: Tree) -> list[str]:
    rows: Rows = home.get("mail-server", Rows())
    found = sorted(
        (int(row.get("priority", 0)), name, row.get("secure")) for name, row in rows.items()
    )
    shown = [
        f"    Mail-server[{at}]: Address: {name} Priority: {priority}"
        + (f" Secure: {secure}" if secure else "")
        for at, (priority, name, secure) in enumerate(found, 1)
    ]
    return shown or [f"    Mail-server: {NOT_SET}"]
