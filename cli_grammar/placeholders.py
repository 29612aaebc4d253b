"""The kinds of value a user can type where the grammar has a placeholder.

Each kind has the symbol that help shows (`WORD`, `<1-3650>`) and a reader that turns the typed
words into a value, or refuses them. Readers take the words from the present one on and say how many
they used, because an interface may be typed as one word or two and a text takes the whole rest.
Syntax only: whether an interface or a file exists is the device's matter.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from cli_grammar.choices import (
    ALERT_SEVERITIES,
    MONTHS,
    SEVERITIES,
    SSH_CIPHERS,
    SSH_HOST_KEYS,
    SSH_KEX,
    SSH_MACS,
    TLS_SUITES,
    WEEKDAYS,
)


class Miss(Enum):
    """Why words are not a value of this kind."""

    UNFIT = "not a value of this kind"
    SHORT = "more words are needed"
    AMBIGUOUS = "an abbreviation of several names"


class Word(NamedTuple):
    """One word of a typed line and the column of its first character."""

    text: str
    column: int


class FileName(str):
    """A file or directory as typed: `flash:x`, or `x` in the present directory."""


class InterfaceName(NamedTuple):
    """`GigabitEthernet` and `1/0/1`."""

    type: str
    number: str

    def __str__(self) -> str:
        return f"{self.type}{self.number}"


Found = tuple[Any, int]  # the value, the number of words it took
Reader = Callable[[str, Sequence[Word], int], Found | Miss]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`<days:1-3650>`: a name, the symbol in help, and how to read what was typed."""

    name: str
    kind: str
    symbol: str
    read: Reader
    choices: Mapping[str, str]  # the names that may stand here, with their help; or none
    several: bool = False  # more than one of the choices may stand here, each once


# Interface types in the order in which a running-config prints them, with their help.
# source: interface-types
INTERFACE_TYPES: Mapping[str, str] = {
    "Loopback": "Loopback interface",
    "Port-channel": "Ethernet Channel of interfaces",
    "Tunnel": "Tunnel interface",
    "FastEthernet": "FastEthernet IEEE 802.3",
    "GigabitEthernet": "GigabitEthernet IEEE 802.3z",
    "TwoGigabitEthernet": "TwoGigabitEthernet IEEE 802.3bz",
    "FiveGigabitEthernet": "FiveGigabitEthernet IEEE 802.3bz",
    "TenGigabitEthernet": "Ten Gigabit Ethernet",
    "TwentyFiveGigE": "Twenty Five Gigabit Ethernet",
    "FortyGigabitEthernet": "Forty Gigabit Ethernet",
    "HundredGigE": "Hundred Gigabit Ethernet",
    "AppGigabitEthernet": "App-hosting Gigabit Ethernet",
    "Vlan": "Catalyst Vlans",
}
# The numbers of virtual interfaces. # source: interface-removal # assumed: the highest ones
VIRTUAL_NUMBERS: Mapping[str, tuple[int, int]] = {
    "Loopback": (0, 2_147_483_647),
    "Port-channel": (1, 256),
    "Tunnel": (0, 2_147_483_647),
    "Vlan": (1, 4094),
}
VIRTUAL_TYPES = frozenset(VIRTUAL_NUMBERS)
# assumed: what help shows for the first number of a port, whatever slots the platform has
_PORT_NUMBERS = (0, 9)

_RANGE = re.compile(r"(\d+)-(\d+)")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_IPV4 = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_DURATION = re.compile(r"\d{1,9}[smhdw]", re.IGNORECASE)
_INTERFACE = re.compile(r"([A-Za-z][A-Za-z-]*?)(\d+(?:/\d+){0,3}(?:\.\d+)?)?")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_NUMBER = re.compile(r"\d+(?:/\d+){0,3}(?:\.\d+)?")
_OFFSET = re.compile(r"-?\d{1,2}")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d:[0-5]\d")


def placeholder(name: str, kind: str) -> Placeholder | None:
    """The placeholder for `<name:kind>`; None where the kind is unknown.

    Raises ValueError for a range that is upside down.
    """
    bounds = _RANGE.fullmatch(kind)
    if bounds:
        low, high = int(bounds[1]), int(bounds[2])
        if low > high:
            raise ValueError(f"range {kind} is upside down")
        return Placeholder(name, kind, f"<{kind}>", _within(low, high), {})
    if kind not in _KINDS:
        return None
    symbol, read = _KINDS[kind]
    return Placeholder(name, kind, symbol, read, _CHOICES.get(kind, {}), kind in _SEVERAL)


def is_ipv4(text: str) -> bool:
    """Is this a dotted quad?"""
    found = _IPV4.fullmatch(text)
    return bool(found) and all(int(part) < 256 for part in found.groups()) if found else False


def ipv6_prefix(text: str) -> str | None:
    """An IPv6 address with its length as the device spells it, `2001:DB8::1/64`; None for others.

    # source: ipv6-spelling
    """
    if "/" not in text or "%" in text:
        return None
    try:
        return str(ipaddress.IPv6Interface(text)).upper()
    except ValueError:
        return None


def interface_name(text: str) -> InterfaceName | None:
    """Read a full or abbreviated interface name such as `gi1/0/1`; None where it is none."""
    found = _interface(text, [Word(word, 0) for word in text.split()], 0)
    return found[0] if isinstance(found, tuple) and isinstance(found[0], InterfaceName) else None


def number_of(typed: str, read: Reader) -> Placeholder | None:
    """What must follow the name of an interface type that stands alone; None where it is none."""
    fitting = _types_for(typed)
    if len(fitting) != 1:
        return None
    low, high = VIRTUAL_NUMBERS.get(fitting[0], _PORT_NUMBERS)
    return Placeholder(fitting[0], "interface", f"<{low}-{high}>", read, {})


def misfit(word: str) -> int:
    """How many leading characters of an interface word fit some interface type."""
    lowered = word.lower()
    best = 0
    for known in INTERFACE_TYPES:
        fitting = known.lower()
        count = 0
        while count < min(len(lowered), len(fitting)) and lowered[count] == fitting[count]:
            count += 1
        best = max(best, count)
    return best


def _within(low: int, high: int) -> Reader:
    def read(line: str, words: Sequence[Word], at: int) -> Found | Miss:
        text = words[at].text
        if text.isascii() and text.isdigit() and len(text) < 16 and low <= int(text) <= high:
            return int(text), 1
        return Miss.UNFIT

    return read


def _fitting(test: Callable[[str], object]) -> Reader:
    def read(line: str, words: Sequence[Word], at: int) -> Found | Miss:
        text = words[at].text
        return (text, 1) if test(text) else Miss.UNFIT

    return read


def _ipv6_prefix(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    found = ipv6_prefix(words[at].text)
    return (found, 1) if found else Miss.UNFIT


def _word(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    return words[at].text, 1


def _file(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    return FileName(words[at].text), 1


def _quoted(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    """A word, or several between double quotes; the quotes fall away."""
    first = words[at]
    if not first.text.startswith('"'):
        return first.text, 1
    end = line.find('"', first.column + 1)
    if end < 0:
        return Miss.UNFIT
    used = sum(1 for word in words[at:] if word.column <= end)
    return line[first.column + 1 : end], used


def _line(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    return line[words[at].column :].rstrip(), len(words) - at


def _delimited(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    """A text between two delimiters: `^C` as two characters, or any one character."""
    rest = line[words[at].column :]
    mark = rest[:2] if rest.startswith("^C") else rest[:1]
    text, end, _ = rest[len(mark) :].partition(mark)
    return (text, len(words) - at) if end else Miss.SHORT


def _clock(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    """An hour and a minute; the value has two digits of each."""
    text = words[at].text
    return (text.zfill(5), 1) if _CLOCK.fullmatch(text) else Miss.UNFIT


def _host_fits(text: str) -> bool:
    if all(c.isdigit() or c == "." for c in text):
        return is_ipv4(text)
    return bool(_HOST.fullmatch(text))


def _types_for(typed: str) -> list[str]:
    """The interface types that `typed` may stand for: the one it spells out, or all it begins.

    `Tw` is how outputs cut one of two types, and means that one. # source: interface-types
    """
    lowered = typed.lower()
    if lowered == "tw":
        return ["TwoGigabitEthernet"]
    fitting = [known for known in INTERFACE_TYPES if known.lower().startswith(lowered)]
    return [known for known in fitting if len(known) == len(typed)] or fitting


def _interface(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    found = _INTERFACE.fullmatch(words[at].text)
    if not found:
        return Miss.UNFIT
    typed, number = found.groups()
    fitting = _types_for(typed)
    if not fitting:
        return Miss.UNFIT
    if len(fitting) > 1:
        return Miss.AMBIGUOUS
    known = fitting[0]
    if number:
        return InterfaceName(known, number), 1
    if at + 1 == len(words):
        return Miss.SHORT
    if not _NUMBER.fullmatch(words[at + 1].text):
        return Miss.UNFIT
    return InterfaceName(known, words[at + 1].text), 2


def _severity(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    """A severity by its number or its name; the value is the name."""
    text = words[at].text.lower()
    names = list(SEVERITIES)
    if text.isascii() and text.isdigit():
        return (names[int(text)], 1) if len(text) == 1 and int(text) < len(names) else Miss.UNFIT
    fitting = [name for name in names if name.startswith(text)]
    if len(fitting) > 1:
        return Miss.AMBIGUOUS
    return (fitting[0], 1) if fitting else Miss.UNFIT


def _one_of(names: Mapping[str, str]) -> Reader:
    def read(line: str, words: Sequence[Word], at: int) -> Found | Miss:
        """A name or its beginning; the value is the name."""
        typed = words[at].text.lower()
        fitting = [typed] if typed in names else [n for n in names if n.startswith(typed)]
        if len(fitting) > 1:
            return Miss.AMBIGUOUS
        return (fitting[0], 1) if fitting else Miss.UNFIT

    return read


def _several_of(names: Mapping[str, str]) -> Reader:
    one = _one_of(names)

    def read(line: str, words: Sequence[Word], at: int) -> Found | Miss:
        """Names, each once, up to the first word that is none; the value has blanks between."""
        chosen: list[str] = []
        for place in range(at, len(words)):
            found = one(line, words, place)
            if isinstance(found, Miss):
                if found is Miss.AMBIGUOUS or not chosen:
                    return found
                break
            if found[0] in chosen:
                break
            chosen.append(found[0])
        return " ".join(chosen), len(chosen)

    return read


def _month(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    """A month by at least three letters of its name; the value is its number."""
    typed = words[at].text.lower()
    fitting = [n for n, name in enumerate(MONTHS, 1) if len(typed) > 2 and name.startswith(typed)]
    return (fitting[0], 1) if fitting else Miss.UNFIT


def _offset(line: str, words: Sequence[Word], at: int) -> Found | Miss:
    text = words[at].text
    if _OFFSET.fullmatch(text) and abs(int(text)) < 24:
        return int(text), 1
    return Miss.UNFIT


_CHOICES: Mapping[str, Mapping[str, str]] = {
    "interface": INTERFACE_TYPES,
    "severity": SEVERITIES,
    "alert-severity": ALERT_SEVERITIES,
    "weekday": WEEKDAYS,
    "ssh-ciphers": SSH_CIPHERS,
    "ssh-host-keys": SSH_HOST_KEYS,
    "ssh-kex": SSH_KEX,
    "ssh-macs": SSH_MACS,
    "tls-suites": TLS_SUITES,
}
_SEVERAL = frozenset({"ssh-ciphers", "ssh-host-keys", "ssh-kex", "ssh-macs", "tls-suites"})
_KINDS: Mapping[str, tuple[str, Reader]] = {
    "word": ("WORD", _word),
    "name": ("WORD", _quoted),
    "line": ("LINE", _line),
    "season": ("<1-4>", _line),
    "dates": ("<1-31>", _line),
    "delimited": ("LINE", _delimited),
    "url": ("LINE", _word),
    "file": ("WORD", _file),
    "ipv4": ("A.B.C.D", _fitting(is_ipv4)),
    "ipv6-prefix": ("X:X:X:X::X/<0-128>", _ipv6_prefix),
    "mask": ("A.B.C.D", _fitting(is_ipv4)),
    "network": ("A.B.C.D", _fitting(is_ipv4)),
    "host": ("Hostname or A.B.C.D", _fitting(_host_fits)),
    "duration": ("<n>{s|m|h|d|w}", _fitting(_DURATION.fullmatch)),
    "time": ("hh:mm:ss", _fitting(_TIME.fullmatch)),
    "month": ("MONTH", _month),
    "offset": ("<-23 - 23>", _offset),
    "severity": ("<0-7>", _severity),
    "alert-severity": ("SEVERITY", _one_of(ALERT_SEVERITIES)),
    "weekday": ("DAY", _one_of(WEEKDAYS)),
    "ssh-ciphers": ("CIPHERS", _several_of(SSH_CIPHERS)),
    "ssh-host-keys": ("KEYS", _several_of(SSH_HOST_KEYS)),
    "ssh-kex": ("METHODS", _several_of(SSH_KEX)),
    "ssh-macs": ("MACS", _several_of(SSH_MACS)),
    "tls-suites": ("SUITES", _several_of(TLS_SUITES)),
    "hex": ("WORD", _fitting(_HEX.fullmatch)),
    "clock": ("hh:mm", _clock),
    "interface": ("INTERFACE", _interface),
}
