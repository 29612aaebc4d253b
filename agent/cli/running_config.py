"""`show running-config`: the datastore's root printed as a device prints it.

The lines come from the grammar's rows walked backwards; their order and the lines that are no
configuration come from `running-config.layout`. What is printed here, typed into a device, gives
the same configuration.
Sources: docs/sources.md, entries running-config-head and running-config-order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from agent.core.dates import UTC_ZONE, Zone, config_date
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.certificates import chains
from agent.device.config import grammar_of
from agent.device.datastore import Stamp
from cli_grammar import Grammar, InterfaceName, Line, printing
from yang.slices import Slices, whole
from yang.tree import Tree

if TYPE_CHECKING:
    from agent.device.device import Device

NVRAM_BYTES = 2_097_152  # source: startup-config-head
_HEX_GROUPS = 8
_LINES = 1_000  # that get their place in one slice


@dataclass(frozen=True, slots=True)
class Facts:
    """What a printed configuration shows besides the configuration.

    `changed` and `saved` are on the device's own calendar; `anchor` is the root certificate of
    SLA-TrustPoint as base64 DER, empty where there is none.
    """

    release: Release
    changed: Stamp | None = None
    saved: Stamp | None = None
    zone: Zone = UTC_ZONE
    anchor: str = ""
    udi: Udi | None = None  # of a platform that writes it into its configuration


def running_config(device: Device, everything: bool = False) -> str:
    """The text of `show running-config`, or of `show running-config all`."""
    return whole(running_in_slices(device, everything))


def running_in_slices(device: Device, everything: bool = False) -> Slices[str]:
    """`running_config` in slices. What is changed meanwhile is not in it."""
    root, facts = device.datastore.running, facts_of(device)
    text = yield from _in_slices(root, _grammar(device), facts, everything)
    return _headed(text)


def startup_config(device: Device) -> str:
    """The text of `show startup-config`; the device's sentence where nothing is stored."""
    return whole(startup_in_slices(device))


def startup_in_slices(device: Device) -> Slices[str]:
    """`startup_config` in slices."""
    if device.datastore.startup is None:
        return "startup-config is not present"
    facts = facts_of(device)
    # assumed: the stamps are those of the saving; what stood there when it was saved is not kept.
    text = yield from _in_slices(
        device.datastore.startup, _grammar(device), replace(facts, changed=facts.saved)
    )
    return f"Using {len(text)} out of {NVRAM_BYTES} bytes\n{text}"


def running_config_interface(device: Device, interface: InterfaceName) -> str:
    """The text of `show running-config interface X`."""
    return whole(interface_in_slices(device, interface))


def interface_in_slices(device: Device, interface: InterfaceName) -> Slices[str]:
    """`running_config_interface` in slices."""
    lines = yield from printing(_grammar(device), device.datastore.running)
    block = [line for line in lines if line.text == f"interface {interface}"]
    text = "\n".join(["!", *(b for line in block for b in line.printed()[:-1]), "end\n"])
    return _headed(text)


def render(root: Tree, grammar: Grammar, facts: Facts, everything: bool = False) -> str:
    """`Building configuration...` to `end` and an empty line."""
    return _headed(configuration(root, grammar, facts, everything))


def _headed(text: str) -> str:
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n{text}"


def configuration(root: Tree, grammar: Grammar, facts: Facts, everything: bool = False) -> str:
    """The configuration itself, from its first `!` to `end`, ending in a newline.

    With `everything` the defaults in force are among the lines. # assumed: which ones a device adds
    """
    return whole(_in_slices(root, grammar, facts, everything))


def _in_slices(root: Tree, grammar: Grammar, facts: Facts, everything: bool = False) -> Slices[str]:
    groups: dict[tuple[str, ...] | None, list[str]] = {}
    lines = yield from printing(grammar, root, everything=everything)
    for number, line in enumerate(lines):
        groups.setdefault(_place(line.keywords), []).extend(line.printed())
        if not number % _LINES:
            yield
    printed = _stamps(facts)
    note, some = "", False  # a text that waits for the next group; does a group stand open?
    for sign, text in _layout_of(facts.release):
        match sign:
            case "=":
                group = groups.get(tuple(text.split()), [])
                some = group[-1] != "!" if group else some
                printed += [note, *group] if note and group else group
                note = ""
            case "^":
                span, _, comment = text.partition(" ")
                note = comment if facts.release.within(span) else ""
            case "!?":
                printed += ["!"] * some
                some = False
            case "@":
                printed += _PARTS[text](facts, root)
            case _:
                printed.append(text)
                some = False
    return "\n".join(printed) + "\n"


def unplaced(lines: Iterable[Line]) -> tuple[str, ...]:
    """The lines the layout has no place for: there must be none."""
    return tuple(line.text for line in lines if _place(line.keywords) is None)


def facts_of(device: Device) -> Facts:
    """What a device's configuration shows besides the configuration."""
    store, offset = device.datastore, device.clock_offset_ms
    return Facts(
        release=device.release,
        changed=_shifted(store.changed, offset),
        saved=_shifted(store.saved, offset),
        zone=device.zone,
        anchor=next(iter(device.agent.state.anchors), ""),
        udi=None if device.profile.kind == "switch" else device.udi,
    )


def _grammar(device: Device) -> Grammar:
    return grammar_of(device.profile, device.release, device.model)


def _shifted(stamp: Stamp | None, offset_ms: int) -> Stamp | None:
    return None if stamp is None else Stamp(stamp.at + offset_ms, stamp.by)


def _stamps(facts: Facts) -> list[str]:
    """The head between the byte count and the version. # source: running-config-head"""
    lines = ["!"]
    for text, stamp in (
        ("Last configuration change at", facts.changed),
        ("NVRAM config last updated at", facts.saved),
    ):
        if stamp:
            by = f" by {stamp.by}" if stamp.by else ""
            lines.append(f"! {text} {config_date(stamp.at, facts.zone)}{by}")
    return [*lines, "!"] if len(lines) > 1 else lines


def _version(facts: Facts, root: Tree) -> list[str]:
    return [f"version {facts.release.train}"]


def _certificates(facts: Facts, root: Tree) -> list[str]:
    """The chains: rows of eight groups of eight hexadecimal digits."""
    printed: list[str] = []
    above = ""
    for kept in chains(root, facts.anchor):
        if kept.trustpoint != above:
            printed.append(f"crypto pki certificate chain {kept.trustpoint}")
        above, digits = kept.trustpoint, kept.digits
        groups = [digits[at : at + 8] for at in range(0, len(digits), 8)]
        printed += [
            f" {kept.head}",
            *(
                "  " + " ".join(groups[at : at + _HEX_GROUPS])
                for at in range(0, len(groups), _HEX_GROUPS)
            ),
            "  \tquit",
        ]
    return printed


def _udi(facts: Facts, root: Tree) -> list[str]:
    """Routers and controllers write their UDI. # source: running-config-udi"""
    return [f"license udi pid {facts.udi.pid} sn {facts.udi.sn}"] if facts.udi else []


_PARTS: Mapping[str, Callable[[Facts, Tree], list[str]]] = {
    "version": _version,
    "certificates": _certificates,
    "udi": _udi,
}


@cache
def _layout() -> tuple[tuple[str, str], ...]:
    """The layout's lines as (sign, text); a plain line has no sign."""
    text = files("cli_grammar").joinpath("running-config.layout").read_text("utf-8")
    entries = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            entries.append(_entry(line))
    return tuple(entries)


_SIGNS = frozenset({"=", "^", "@", "!?", "?"})


@cache
def _layout_of(release: Release) -> tuple[tuple[str, str], ...]:
    """The layout's lines of a release."""
    entries = []
    for sign, text in _layout():
        span, _, line = text.partition(" ")
        if sign != "?":
            entries.append((sign, text))
        elif release.within(span):
            entries.append(_entry(line))
    return tuple(entries)


def _entry(line: str) -> tuple[str, str]:
    sign, _, rest = line.partition(" ")
    return (sign, rest) if sign in _SIGNS else ("", line)


@cache
def _prefixes() -> tuple[tuple[str, ...], ...]:
    lines = (
        _entry(text.partition(" ")[2]) if sign == "?" else (sign, text) for sign, text in _layout()
    )
    found = {tuple(text.split()) for sign, text in lines if sign == "="}
    return tuple(sorted(found, key=lambda words: (-len(words), words)))


@cache
def _place(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The longest prefix of the layout that fits a line with these keywords."""
    return next((p for p in _prefixes() if words[: len(p)] == p), None)
