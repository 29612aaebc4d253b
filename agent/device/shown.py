"""A device put into the state that another one's `show license ...` shows.

`settle_as_shown` reads outputs of `show license all`, `status`, `summary`, `usage`,
`authorization`, `eventlog`, `rum id` or `tech support` of a user's own device: what is
configuration is configured, the rest is settled (settling.py). What is not told stays as it is.

    device = new_device("sw1", "C9300-24T", Release.parse("17.12.4"), "FOC0000EMU1")
    device.boot(now)
    settle_as_shown(device, path.read_text(), now)

Units and release are the device's own: `units_shown` reads those a text names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.core.clock import Instant
from agent.core.dates import UTC_ZONE, Zone
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.core.release import Release, released_with
from agent.core.secrets import new_salt
from agent.device import shown_licences, shown_state, shown_statistics
from agent.device.config import grammar_of
from agent.device.config_text import read_config
from agent.device.device import Device
from agent.device.printed import Printed
from agent.device.settling import check, settle
from agent.device.standing import Standing
from agent.engine import queries
from agent.engine.events import DevelopmentCertificates
from agent.engine.records import Member, Role
from agent.engine.timings import TIMINGS
from yang.difference import edits_between
from yang.tree import Edit, apply

_UNIT = re.compile(r"^ *(Active|Standby|Member): *PID:(\S+?),SN:(\S+)", re.MULTILINE)
_UDI = re.compile(r"UDI: PID:(\S+?),SN:(\S+)")


def units_shown(text: str) -> tuple[Member, ...]:
    """The units a text names, the active one first; none where it names none."""
    units: list[Member] = []
    for role, pid, sn in _UNIT.findall(text):
        if units and role == Role.ACTIVE:  # the list begins again
            break
        units.append(Member(Udi(pid, sn), Role(role)))
    return tuple(units) or tuple(Member(Udi(*udi)) for udi in _UDI.findall(text)[:1])


def release_shown(text: str) -> Release | None:
    """The release of the Smart Agent that a text names; None where it names none that is known."""
    agent = Printed(text.replace("\r\n", "\n")).value("Smart Agent for Licensing")
    return released_with(agent) if agent else None


def time_shown(text: str, zone: Zone = UTC_ZONE) -> Instant | None:
    """When a text was printed; where it does not say, the newest date of what has happened."""
    printed = Printed(text.replace("\r\n", "\n"), zone)
    past = [when for when in map(printed.when, _PAST) if when is not None]
    smart = printed.value("Smart Account") or ""
    if " As of " in smart:
        past.append(printed.instant(smart.rpartition(" As of ")[2]))
    past += map(printed.instant, _INSTALLED.findall(text))
    return max(past, default=None) if printed.now is None else printed.now


_PAST = ("Last ACK received", "Last report push", "Last report file write")
_INSTALLED = re.compile(r"[Ii](?:nstalled|NSTALLED)(?:: | on | On )(\w{3} [ \d]\d \S+ \d{4} \S+)")


def start_shown(text: str, zone: Zone = UTC_ZONE) -> Instant | None:
    """When the Smart Agent that printed a text started: whole days before `Daily` is due again.

    How many, the oldest `Status time` of a licence tells; one where there is none. None where the
    text does not list jobs.
    """
    printed = Printed(text.replace("\r\n", "\n"), zone)
    daily, day = printed.when("Daily"), TIMINGS.jobs.day
    if daily is None:
        return None
    began = daily - TIMINGS.boot.daily
    found = map(printed.instant, re.findall(r"^ *Status time: (.*)", text, re.MULTILINE))
    days = round((began - min(found, default=began)) / day)
    return began - max(1, days) * day


def settle_as_shown(device: Device, text: str, now: Instant) -> None:
    """Put a device that is up where the text stands.

    Raises InputError, with nothing changed, for what the device cannot hold: licences its platform
    does not know, codes of units it does not have, dates later than `now`, settings it refuses.
    """
    text = text.replace("\r\n", "\n")
    edits = _edits(device, Printed(text))
    zone = device.project(apply(device.datastore.running, edits)).zone
    printed = Printed(text, zone)
    standing = standing_of(device, printed, now)
    check(device, standing, now)
    if edits:
        device.commit(edits, now)
    certificates = printed.value("Production Cert")
    if certificates is not None:
        device.handle(DevelopmentCertificates(certificates == "False"), now)
    if printed.value("Config Persist Received") == "True":
        device.save(now)
    if printed.value("Clock sync-ed with NTP") == "True" and not device.clock_authoritative:
        device.set_clock(device.local_time(now), now)
    settle(device, standing, now)


def standing_of(device: Device, printed: Printed, now: Instant) -> Standing:
    """What the text says of the state; of the rest, what the device has."""
    state = device.agent.state
    licences = shown_licences.read(printed, device.profile, state, now)
    pending, wanted = shown_state.trust_asked_for(printed, state, now)
    return Standing(
        account=shown_state.account(printed, state.account),
        policy=shown_state.policy(printed, state.policy),
        reporting=shown_state.reporting(printed, state.usage_reporting),
        trust=shown_state.trust(printed, state, now),
        authorizations=shown_state.authorizations(
            printed, device.profile, state, licences.allowed, now
        ),
        last_return_codes=shown_state.return_codes(printed, state.last_return_codes),
        conversion=shown_state.conversion(printed, state.conversion),
        usage=licences.usage,
        reports=licences.reports,
        counters=licences.counters,
        telemetry=licences.telemetry,
        statistics=shown_statistics.statistics(printed, state.statistics),
        peer=shown_statistics.peer(printed, state.peer),
        jobs=shown_statistics.jobs(printed, queries.jobs(state, now)),
        eventlog=shown_statistics.eventlog(printed),
        pending_trust=pending,
        trust_wanted=wanted,
        high_availability=shown_statistics.high_availability(
            printed, state.applications.high_availability
        ),
    )


def _edits(device: Device, printed: Printed) -> tuple[Edit, ...]:
    """What the text shows of the configuration and the device has otherwise."""
    grammar, running, salts = (
        grammar_of(device.profile, device.release),
        device.datastore.running,
        device.salts(),
    )
    utility = device.agent.state.config.utility
    lines = "\n".join((*_lines(printed, device.zone.name), *_utility(printed, utility)))
    read = read_config(lines, grammar, running, lambda: new_salt(salts))
    if read.refused:
        raise InputError(f"a {device.model} does not take the line {read.refused[0].line!r}")
    return tuple(edits_between(running, read.root))


_TRANSPORTS = {
    "cslu": "cslu",
    "smart": "smart",
    "callhome": "callhome",
    "automatic": "automatic",
    "transport off": "off",
}


def _lines(printed: Printed, zone: str) -> Iterator[str]:
    """The configuration a text shows. The zone's offset from UTC is in no output: 0."""
    if printed.zone_name not in (None, zone):
        yield f"clock timezone {printed.zone_name} 0 0"
    transport = printed.part("Transport:", r"\n *\n|\n *Miscellaneous:|\n *Policy:")
    if transport is not None:
        yield from _transport(transport)
    for label, line in _SWITCHES.items():
        said = printed.value(label)
        if said is not None:
            yield line if said in ("ENABLED", "True") else f"no {line}"
    custom = printed.value("Custom Id")
    if custom is not None:
        yield f"license smart custom_id {custom}" if custom else "no license smart custom_id"


def _utility(printed: Printed, enabled: bool) -> Iterator[str]:
    """Utility mode, with what it says of the customer."""
    part = printed.part("Utility:", r"\n *\n")
    status = part.value("Status") if part else None
    if status == "DISABLED" and enabled:
        yield "no license smart utility"
    if part is None or status != "ENABLED":
        return
    yield "license smart utility"
    for label in ("Id", "Name", "Street", "City", "State", "Country", "Postal Code"):
        if said := part.value(label):
            yield f"license smart utility customer_info {label.lower().replace(' ', '')} {said}"


_SWITCHES = {
    "Smart Licensing hostname privacy": "license smart privacy hostname",
    "Version privacy": "license smart privacy version",
    "Server Identity Check": "license smart server-identity-check",
    "License reservation": "license smart reservation",
}


def _transport(part: Printed) -> Iterator[str]:
    said = (part.value("Type") or "").lower()
    if said not in _TRANSPORTS:
        raise InputError(f"{said!r} is no transport", allowed=", ".join(_TRANSPORTS))
    word = _TRANSPORTS[said]
    yield f"license smart transport {word}"
    url = part.value("Cslu address") or part.value("URL")
    if url:
        yield f"license smart url {word} {url}"
    elif word == "cslu":
        yield "no license smart url default"
    for key in ("Address", "Port", "Username"):
        said_of_it = part.value(key)
        if said_of_it:
            yield f"license smart proxy {key.lower()} {said_of_it}"
    vrf = part.value("VRF")
    if vrf:
        yield f"license smart vrf {vrf}"
