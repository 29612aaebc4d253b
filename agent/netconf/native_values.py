"""How values of the device's store and of the published native model turn into each other.

One small function for each way the two differ, and its inverse; `None` is "not there". The table of
`native_shape` says where each is used. Sources: docs/sources.md, entry native-shape.
"""

from __future__ import annotations

import re

from agent.netconf.native_items import Item
from cli_grammar import VIRTUAL_TYPES
from yang.tree import EMPTY, Rows, Tree, Value, get

_INTERFACE = re.compile(r"([A-Za-z-]+)(\d[\d/.]*)")


def flag(*path: str) -> Item:
    """A word that `no` turns into its opposite in the store; the model has it or has it not."""
    return Item(path, path, lambda value: value or None, bool)


def moved(stored: str, shown: str) -> Item:
    return Item(tuple(stored.split("/")), tuple(shown.split("/")))


def present(stored: str, shown: str) -> Item:
    """An empty leaf here, a container with presence there."""
    there, here = tuple(shown.split("/")), tuple(stored.split("/"))
    return Item(here, there, shown_mark, _truth)


def shown_mark(value: Value) -> Tree | None:
    return EMPTY if value else None


def _truth(now: Value | None) -> bool | None:
    return None if now is None else True


def marked(*path: str) -> Item:
    """A word that `no` turns into its opposite in the store; the model has a presence container."""
    return Item(path, path, shown_mark, lambda now: now is not None)


def of_interface(stored: str, shown: str) -> Item:
    """An interface's name here, a leaf of its type there."""
    return Item(tuple(stored.split("/")), tuple(shown.split("/")), _typed, _kept_typed)


def _typed(value: Value) -> Value | None:
    found = _INTERFACE.fullmatch(str(value))
    if found is None:
        return None
    kind, number = found.groups()
    return Tree({kind: int(number) if kind in VIRTUAL_TYPES else number})


def _kept_typed(now: Value | None) -> str | None:
    return next((f"{kind}{number}" for kind, number in now.items()), None) if now else None


def logged(where: str) -> Item:
    """A severity, or on or off: both beside each other here, cases of a choice there."""

    def show(value: Value) -> Tree:
        if "severity" in value:
            return Tree({"common-config": Tree({where: Tree(severity=value["severity"])})})
        return Tree({where: value["on"]})

    def keep(now: Value | None) -> Tree | None:
        if not now:
            return None
        severity = get(now, ("common-config", where, "severity"))
        return Tree(on=now[where]) if severity is None else Tree(on=True, severity=severity)

    return Item((where,), (f"{where}-config",), show, keep)


def version(wanted: bool) -> Item:
    """The SSH version: 2 has a leaf of its own."""

    def mine(value: Value) -> Value:
        return value if (value == 2) is wanted else None

    return Item(("version",), ("ssh-version" if wanted else "version",), mine=mine)


def only(now: Value | None) -> str | None:
    return next(iter(now), None) if now else None


def words(leaf: str, value: Value) -> Tree:
    """`transport input|output`: all, none or protocols."""
    words = str(value).split()
    return Tree({words[0]: True}) if words[0] in ("all", "none") else Tree({leaf: tuple(words)})


def sentence(now: Value | None) -> str | None:
    if not now:
        return None
    listed = now.get("input") or now.get("output")
    return " ".join(sorted(listed, reverse=True)) if listed else only(now)


def word(value: Value) -> Tree:
    return Tree({value: True})


def listed(value: Value) -> tuple[str, ...]:
    """Words one after the other, as a list of leafs."""
    return tuple(str(value).split())


def kept_listed(now: Value | None) -> str | None:
    return " ".join(now) if now else None


def marks(value: Value) -> Tree:
    """Words one after the other, as empty leafs beside each other."""
    return Tree(dict.fromkeys(str(value).split(), True))


def kept_marks(now: Value | None) -> str | None:
    return " ".join(sorted(now)) if now else None


def hour(value: Value) -> str:
    """`09:15` here, `9:15` there."""
    return str(value).removeprefix("0")


def kept_hour(now: Value | None) -> str | None:
    return None if now is None else str(now).zfill(5)


def address(value: Value) -> Tree:
    return Tree({"none": True} if value == "none" else {"address-line": value})


def kept_address(now: Value | None) -> Value | None:
    return now.get("address-line", "none" if "none" in now else None) if now else None


def kept_number(now: Value | None) -> bool | None:
    """`serial-number`; with `none` in it another line is meant."""
    return None if now is None or "none" in now else True


def end(value: Value) -> Tree:
    numeric = str(value).replace(".", "").isdigit()
    return Tree({"ipv4" if numeric else "host": value})


def kept_end(now: Value | None) -> Value | None:
    return next(iter(now.values()), None) if now else None


def speed(value: Value) -> Tree:
    return Tree({"auto" if value == "auto" else f"value-{value}": True})


def kept_speed(now: Value | None) -> Value | None:
    word = only(now)
    return int(word.removeprefix("value-")) if word and word != "auto" else word


def modes(value: Value) -> Tree:
    return Tree(dict.fromkeys(value, EMPTY))


def kept_modes(now: Value | None) -> Tree | None:
    return Tree(dict.fromkeys(now, True)) if now else None


def proxy(value: Value) -> Value | None:
    if "server" not in value:
        return None
    row = Tree({name: port for name, port in value.items() if name == "port"})
    return Rows({str(value["server"]): row})


def kept_proxy(now: Value | None) -> Tree | None:
    return next((Tree(server=server, **row) for server, row in now.items()), None) if now else None


def rows(value: Value) -> Rows:
    return Rows(dict.fromkeys(value, EMPTY))


def kept_rows(now: Value | None) -> tuple[str, ...] | None:
    return tuple(now) if now else None


def row(value: Value) -> Rows:
    return Rows({str(value): EMPTY})


def kept_row(now: Value | None) -> int | None:
    return int(next(iter(now))) if now else None


def by_level(value: Value) -> Rows:
    """A list of commands for each level: level and list are the key."""
    return Rows({f"{level},{row['authorization-name']}": EMPTY for level, row in value.items()})


def kept_by_level(now: Value | None) -> Rows | None:
    pairs = [key.split(",", 1) for key in now or {}]
    return Rows({level: Tree({"authorization-name": name}) for level, name in pairs}) or None


def in_one(value: Value) -> Tree:
    """Methods one after the other, as leafs beside each other."""
    return Tree({name: word for turn in sorted(value) for name, word in value[turn].items()})


def kept_in_turn(now: Value) -> Tree | None:
    given = [name for name in ("group", "enable", "line", "none") if now and name in now]
    return Tree({f"a{n}": Tree({name: now[name]}) for n, name in enumerate(given, 1)}) or None


def secret(value: Value) -> Tree:
    kind, _, rest = str(value).partition(" ")
    if kind in ("0", "6", "7") and rest:
        return Tree(encryption=int(kind), password=rest)
    return Tree(password=str(value))


def kept_secret(now: Value | None) -> str | None:
    if not now or "password" not in now:
        return None
    return f"{now['encryption']} {now['password']}" if "encryption" in now else now["password"]


def servers(value: Value) -> Rows:
    """The model knows TLS and nothing else to secure mail with."""
    return Rows(
        {
            name: Tree({n: v for n, v in row.items() if (n, v) != ("secure", "starttls")})
            for name, row in value.items()
        }
    )
