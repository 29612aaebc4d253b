"""Misbehaviour on demand: what a counterpart does wrong until it is told otherwise.

A Script is a value that a lab or a test sets on a counterpart at run time. Its first part spoils
every answer (down, slow, a status, garbage), its second the ACKs it hands out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from msgspec.structs import replace as changed

from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.protocol.codec import (
    account_section,
    ack_section,
    policy_section,
    read_licence_file,
    trust_section,
    write_licence_file,
)

WRONG_SHAPE = b'{"response":[1,2,{"header":"no"}],"signature":"none"}'
JSON = "application/json"
GARBAGE = b'<html><body>{"signature":nul'


class AckFault(Enum):
    """What is wrong with the ACKs; the value is the word an operator uses."""

    NONE = "good-ack"
    WRONG_UDI = "wrong-udi-ack"  # well signed, for another device
    TAMPERED = "tampered-ack"  # one byte under a signature changed
    STALE = "stale-ack"  # the device's previous ACK once more
    DROPPED = "drop-ack"  # never handed out


class TlsFault(Enum):
    """What is wrong with a server's certificate; the value is the word an operator uses."""

    NONE = "good-certificate"
    EXPIRED = "expired-certificate"
    WRONG_NAME = "wrong-name-certificate"  # of a server with another name
    UNKNOWN_CA = "unknown-ca-certificate"  # by a root that no device has


@dataclass(frozen=True, slots=True)
class Script:
    """How a counterpart misbehaves; the default is that it does not."""

    down: bool = False
    slow_ms: int = 0
    status: int = 200
    garbage: bool = False
    redirect: bool = False  # to the same place, for ever
    endless: bool = False  # a body that never ends
    html: bool = False  # the right answer under the wrong content type
    shape: bool = False  # valid JSON that is no reply
    down_rev: bool = False  # an On-Prem of before usage reporting
    skew_ms: int = 0  # how far CSSM's clock is ahead
    ack: AckFault = AckFault.NONE
    tls: TlsFault = TlsFault.NONE
    trust_days: int = 0  # how long trust codes issued from now on last; 0 for ever


@dataclass(frozen=True, slots=True)
class Answer:
    """What a counterpart answers: an HTTP status and body, how late, or nothing at all."""

    status: int
    body: bytes
    delay_ms: int = 0
    silent: bool = False
    content_type: str = JSON
    location: str = ""
    endless: bool = False


def spoiled(answer: Answer, script: Script) -> Answer:
    """The answer as the script lets it out."""
    if script.down:
        return Answer(0, b"", silent=True)
    if script.status != 200:
        answer = Answer(script.status, b"")
    elif script.redirect:
        answer = Answer(302, b"", location="/cslu/v1/pi")
    elif script.garbage:
        answer = Answer(200, GARBAGE)
    elif script.shape:
        answer = Answer(200, WRONG_SHAPE)
    if script.html:
        answer = replace(answer, content_type="text/html")
    if script.endless:
        answer = replace(answer, endless=True)
    return replace(answer, delay_ms=script.slow_ms)


def read_script(text: str) -> Script:
    """The script of an operator's words, e.g. `slow=5 tampered-ack`; `ok` alone misbehaves not.

    Raises InputError that names the allowed words.
    """
    script = Script()
    for word in text.split():
        name, _, value = word.partition("=")
        if word in _ACK_FAULTS:
            script = replace(script, ack=_ACK_FAULTS[word])
        elif word in _TLS_FAULTS:
            script = replace(script, tls=_TLS_FAULTS[word])
        elif name in _WORDS and (not value or value.isdecimal()):
            script = _WORDS[name](script, int(value or 0))
        else:
            raise InputError(f"{word!r} is no misbehaviour", allowed=_ALLOWED)
    return script


def tampered(licence_file: str) -> str:
    """The file with one hex digit of its first report hash changed; without one, its policy."""
    mark = '"payload_sha256":"'
    place = licence_file.find(mark)
    if place < 0:
        return licence_file.replace("<ackRequired>yes", "<ackRequired>no", 1)
    place += len(mark)
    other = "0" if licence_file[place] != "0" else "1"
    return licence_file[:place] + other + licence_file[place + 1 :]


def misaddressed(licence_file: str, sign: Callable[[bytes], str]) -> str:
    """The file signed anew for a device whose serial number ends in one letter more."""
    content = read_licence_file(licence_file)
    sections = []
    if content.trust is not None:
        codes = [replace(code, udi=_neighbour(code.udi)) for code in content.trust.data]
        sections.append(trust_section(codes, sign))
    if content.policy is not None:
        sections.append(policy_section(content.policy.data, sign))
    if content.ack is not None:
        acks = [changed(ack, udi=_neighbour(ack.udi)) for ack in content.ack.data]
        sections.append(ack_section(acks, sign))
    if content.account is not None:
        sections.append(account_section(content.account.data, sign))
    return write_licence_file(sections, content.correlation_id)


def _neighbour(udi: Udi) -> Udi:
    return Udi(udi.pid, udi.sn + "X")


_ACK_FAULTS = {fault.value: fault for fault in AckFault}
_TLS_FAULTS = {fault.value: fault for fault in TlsFault}
_WORDS: dict[str, Callable[[Script, int], Script]] = {
    "ok": lambda script, value: Script(),
    "down": lambda script, value: replace(script, down=True),
    "slow": lambda script, value: replace(script, slow_ms=value * 1000),
    "status": lambda script, value: replace(script, status=value or 500),
    "skew": lambda script, value: replace(script, skew_ms=value * 1000),
    "trust-days": lambda script, value: replace(script, trust_days=value),
    "garbage": lambda script, value: replace(script, garbage=True),
    "redirect": lambda script, value: replace(script, redirect=True),
    "endless": lambda script, value: replace(script, endless=True),
    "html": lambda script, value: replace(script, html=True),
    "down-rev": lambda script, value: replace(script, down_rev=True),
    "shape": lambda script, value: replace(script, shape=True),
}
_ALLOWED = ", ".join(
    [
        "ok",
        "down",
        "slow=SECONDS",
        "status=CODE",
        "garbage",
        "redirect",
        "endless",
        "html",
        "shape",
        "down-rev",
        "skew=SECONDS",
        "trust-days=DAYS",
        *_ACK_FAULTS,
        *_TLS_FAULTS,
    ]
)
