"""`show call-home` and `show call-home alert-group`: settings to text.

Facts: docs/sources.md, entry call-home-views.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yang.tree import EMPTY, Rows, Tree, get

NOT_SET = "Not yet set up"
_TAC = "CiscoTAC-1"
_GROUPS: Mapping[str, str] = {
    "configuration": "configuration info",
    "crash": "crash and traceback info",
    "diagnostic": "diagnostic info",
    "environment": "environmental info",
    "inventory": "inventory info",
    "snapshot": "snapshot info",
    "syslog": "syslog info",
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


def settings(root: Tree, active: str, reporting: bool) -> str:
    """`show call-home`; `active` is the profile that licensing uses, empty where none is active."""
    home: Tree = get(root, ("native", "call-home"), EMPTY)
    enabled = bool(get(root, ("native", "service", "call-home"), False))
    licensing = reporting and enabled
    tac = next((row for name, row in named_profiles(home) if name == _TAC), EMPTY)
    status = "ACTIVE" if tac.get("active") else "INACTIVE"
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
        f"      server identity check: {_identity_check(home)}",
        f"    http resolve-hostname: {get(home, ('http', 'resolve-hostname'), 'default')}",
        "",
        "    Diagnostic signature: enabled",
        f"    Profile: {_TAC} (status: {status})",
        "",
        f"    Smart licensing messages: {'enabled' if licensing else 'disabled'}",
        *([f"    Profile: {active} (status: ACTIVE)"] if licensing and active else []),
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
        *(f"    Profile Name: {name}" for name, _ in named_profiles(home)),
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


def named_profiles(home: Tree) -> Iterable[tuple[str, Tree]]:
    rows: Rows = home.get("profile", Rows())
    return [(name.strip('"'), row) for name, row in rows.items()]


def texts(found: str | Iterable[str]) -> list[str]:
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
    commands = texts(get(home, ("alert-group-config", "snapshot", "add-command"), ()))
    shown = [f"    Snapshot command[{at}]: {command}" for at, command in enumerate(commands)]
    return shown or [f"    Snapshot command: {NOT_SET}"]


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
