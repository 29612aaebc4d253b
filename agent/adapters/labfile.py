"""Reads `lab.yaml` into a plan. Whatever is wrong is said with file, line, key and what is allowed.

The shape is checked by pydantic models, the line comes from the YAML nodes; what is refused is one
InputError. Unknown keys are refused, with the nearest known one.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from agent.adapters.lab_units import further_units, misfit
from agent.adapters.plan import (
    DNS_PORT,
    LOOPBACK,
    NETCONF_PORT,
    NTP_PORT,
    CounterpartPlan,
    DevicePlan,
    LabPlan,
    Listen,
    NetworkPlan,
)
from agent.adapters.yaml_places import Location, key_of, line_of, real_location
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device.redundancy import most_units
from agent.profiles.profile import Profile, check_release, profile_for

NAME = r"^[A-Za-z][A-Za-z0-9_-]*$"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _text(value: object) -> object:
    """A number where a text belongs (`serial: 123`) is that text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _listen(value: object) -> object:
    """`2222` and `address:port` are short for `{address: ..., port: ...}`."""
    if isinstance(value, int) and not isinstance(value, bool):
        return {"port": value}
    if isinstance(value, str):
        address, colon, port = value.rpartition(":")
        if colon and port.isdigit():
            return {"address": address.strip("[]"), "port": int(port)}
        raise ValueError(f"{value!r} is not a port or address:port")
    return value


def _lines(value: object) -> object:
    """A block of text is its lines."""
    return value.splitlines() if isinstance(value, str) else value


def _instant(value: object) -> object:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a date such as 2026-10-06T12:00:00Z") from None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(aware.timestamp() * 1000)
    if isinstance(value, date):
        return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000)
    return value


Text = Annotated[str, BeforeValidator(_text)]
Name = Annotated[str, Field(pattern=NAME)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Listen(_Model):
    address: str = LOOPBACK
    port: Annotated[int, Field(ge=0, le=65535)]


Listener = Annotated[_Listen, BeforeValidator(_listen)]


class _Clock(_Model):
    start: Annotated[int | None, BeforeValidator(_instant)] = None
    rate: Annotated[float, Field(ge=0)] = 1.0


class _Network(_Model):
    hosts: dict[str, Text] = Field(default_factory=dict)
    dns_port: Annotated[int, Field(ge=0, le=65535)] = DNS_PORT
    ntp_port: Annotated[int, Field(ge=0, le=65535)] = NTP_PORT


class _Counterpart(_Model):
    name: Name
    kind: Literal["cslu", "cssm"]
    listen: Listener
    tls: Listener | None = None
    forward: str | None = None


class _Member(_Model):
    platform: str | None = None
    serial: Text | None = None


class _Device(_Model):
    name: Name
    platform: str
    release: Text
    serial: Text | None = None
    ssh: Listener | None = None
    netconf: Listener | None = None
    restconf: Listener | None = None
    http: Listener | None = None
    username: Text = "admin"
    password: Text = "admin"
    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    config: Annotated[list[str], BeforeValidator(_lines)] = Field(default_factory=list)
    access_points: Annotated[int, Field(ge=0, le=10_000)] = 0
    members: list[_Member] = Field(default_factory=list)
    replay: Text | None = None
    standing: Text | None = None


class _Lab(_Model):
    lab: Name = "lab"
    seed: Text = "1"
    clock: _Clock = Field(default_factory=_Clock)
    network: _Network = Field(default_factory=_Network)
    counterparts: list[_Counterpart] = Field(default_factory=list)
    devices: Annotated[list[_Device], Field(min_length=1)]
    yang_folder: Text | None = None


def read_plan(path: Path) -> LabPlan:
    """Read a lab file. Raises InputError naming file, line, key and the allowed values."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", str(path)) from None
    return parse_plan(text, str(path))


def parse_plan(text: str, source: str) -> LabPlan:
    """Read a lab from text; `source` names it in errors. Raises InputError."""
    root, data = _load(text, source)
    try:
        lab = _Lab.model_validate(data)
    except ValidationError as error:
        # a misspelt key is a better answer than the one that is missing because of it
        first = min(error.errors(include_url=False), key=lambda f: f["type"] != "extra_forbidden")
        location = tuple(real_location(first["loc"], data))
        raise _refusal(first, location, root, source) from None
    faults, folder = _Faults(root, source), Path(source).parent
    counterparts = _counterparts(lab, faults)
    devices = _devices(lab, faults, folder)
    _check_ports(lab, devices, faults)
    return LabPlan(
        name=lab.lab,
        seed=lab.seed,
        start=lab.clock.start,
        rate=lab.clock.rate,
        network=NetworkPlan(dict(lab.network.hosts), lab.network.dns_port, lab.network.ntp_port),
        counterparts=counterparts,
        devices=devices,
        yang_folder=folder / lab.yang_folder if lab.yang_folder else None,
        netconf_base=NETCONF_PORT,
    )


class _Faults:
    """Makes the InputError of a location in the file."""

    def __init__(self, root: yaml.Node, source: str) -> None:
        self._root, self._source = root, source

    def at(self, location: Location, what: str, allowed: str = "") -> InputError:
        where = f"{self._source}:{line_of(self._root, location)}"
        key = key_of(location)
        return InputError(f"{key}: {what}" if key else what, where, allowed)


def _load(text: str, source: str) -> tuple[yaml.Node, object]:
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise InputError("is empty", source, "a mapping with the key devices")
        return root, loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"is not YAML: {error.problem}", f"{source}:{line}") from None
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {error}", source) from None
    finally:
        loader.dispose()


def _counterparts(lab: _Lab, faults: _Faults) -> tuple[CounterpartPlan, ...]:
    names = [c.name for c in lab.counterparts]
    servers = [c.name for c in lab.counterparts if c.kind == "cssm"]
    plans = []
    for i, c in enumerate(lab.counterparts):
        if c.name in names[:i]:
            raise faults.at(("counterparts", i, "name"), f"{c.name!r} is there twice")
        if c.forward is not None and c.forward not in servers:
            raise faults.at(
                ("counterparts", i, "forward"),
                f"{c.forward!r} is no counterpart of kind cssm",
                ", ".join(servers) or "none in this lab",
            )
        if c.tls is not None and c.kind != "cssm":
            raise faults.at(("counterparts", i, "tls"), f"a {c.kind} does not listen for TLS")
        tls = Listen(c.tls.address, c.tls.port) if c.tls else None
        forward = c.forward or (servers[0] if c.kind == "cslu" and servers else None)
        plans.append(
            CounterpartPlan(
                c.name, c.kind, Listen(c.listen.address, c.listen.port), forward, tls=tls
            )
        )
    return tuple(plans)


def _devices(lab: _Lab, faults: _Faults, folder: Path) -> tuple[DevicePlan, ...]:
    plans: list[DevicePlan] = []
    names: set[str] = set()
    serials: set[tuple[str, str]] = set()
    for i, d in enumerate(lab.devices):
        _check_platform(d, i, faults)
        for key, named in (("replay", d.replay), ("standing", d.standing)):
            if named is not None and not (folder / named).exists():
                raise faults.at(("devices", i, key), f"there is no {folder / named}")
        for n in range(d.count):
            plan = _one_device(d, n, len(plans) + 1, folder)
            if plan.name in names:
                raise faults.at(("devices", i, "name"), f"{plan.name!r} is there twice")
            if (plan.platform, plan.serial) in serials:
                raise faults.at(("devices", i, "serial"), f"{plan.serial!r} is there twice")
            names.add(plan.name)
            serials.add((plan.platform, plan.serial))
            plans.append(plan)
    return tuple(plans)


def _check_platform(d: _Device, i: int, faults: _Faults) -> None:
    try:
        profile = profile_for(d.platform)
    except InputError as error:
        raise faults.at(("devices", i, "platform"), error.what, error.allowed) from None
    try:
        check_release(d.platform, Release.parse(d.release))
    except InputError as error:
        raise faults.at(("devices", i, "release"), error.what, error.allowed) from None
    _check_members(d, i, profile, faults)


def _check_members(d: _Device, i: int, profile: Profile, faults: _Faults) -> None:
    most = most_units(profile)
    if len(d.members) >= most:
        what = f"{len(d.members) + 1} units are too many for a {d.platform}"
        raise faults.at(("devices", i, "members"), what, f"{most} with the device itself")
    for m, given in enumerate(d.members):
        if (given.platform or d.platform) not in profile.models:
            what = f"{given.platform!r} is no unit for a {d.platform}"
            place = ("devices", i, "members", m, "platform")
            raise faults.at(place, what, ", ".join(profile.models))
    active = Udi(d.platform, d.serial or "")
    units = further_units(active, [(m.platform, m.serial) for m in d.members])
    if (alone := misfit(active, units)) is not None:
        what = f"{units[alone]} cannot be unit {alone + 2} of this {d.platform}"
        raise faults.at(("devices", i, "members", alone), what)


def _one_device(d: _Device, n: int, position: int, folder: Path) -> DevicePlan:
    """Device number `n` (from 0) of an entry; `position` counts all devices of the lab from 1."""
    serial = d.serial or f"FOC0000{_base36(position)}"
    own = serial if d.serial is None or n == 0 else f"{serial}-{n + 1}"
    return DevicePlan(
        name=d.name if d.count == 1 else f"{d.name}-{n + 1}",
        platform=d.platform,
        release=str(Release.parse(d.release)),
        serial=own,
        ssh=_counted(d.ssh, n),
        netconf=_counted(d.netconf, n),
        restconf=_counted(d.restconf, n),
        http=_counted(d.http, n),
        username=d.username,
        password=d.password,
        config=tuple(d.config),
        access_points=d.access_points,
        members=further_units(Udi(d.platform, own), [(m.platform, m.serial) for m in d.members], n),
        replay=folder / d.replay if d.replay is not None else None,
        standing=folder / d.standing if d.standing is not None else None,
    )


def _counted(listener: _Listen | None, n: int) -> Listen | None:
    """Where device number `n` (from 0) of an entry listens: the ports count up."""
    if listener is None:
        return None
    return Listen(listener.address, listener.port + n if listener.port else 0)


def _base36(number: int) -> str:
    text = ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def _check_ports(lab: _Lab, devices: tuple[DevicePlan, ...], faults: _Faults) -> None:
    taken: dict[tuple[str, int], str] = {}

    def take(listen: Listen, who: str, location: Location) -> None:
        if not listen.port:
            return
        if listen.port > 65535:
            raise faults.at(location, f"{who} would listen on port {listen.port}", "1 to 65535")
        key = (listen.address, listen.port)
        if key in taken:
            raise faults.at(location, f"port {listen.port} is taken by {taken[key]}")
        taken[key] = who

    for i, c in enumerate(lab.counterparts):
        listen = Listen(c.listen.address, c.listen.port)
        take(listen, c.name, ("counterparts", i, "listen"))
        if c.tls is not None:
            take(Listen(c.tls.address, c.tls.port), c.name, ("counterparts", i, "tls"))
    position = 0
    for i, d in enumerate(lab.devices):
        for plan in devices[position : position + d.count]:
            for key in ("ssh", "netconf", "restconf", "http"):
                listen_at = getattr(plan, key)
                if listen_at is not None:
                    take(listen_at, plan.name, ("devices", i, key))
        position += d.count


# --- what pydantic says, said for a person ------------------------------------------------------


def _refusal(
    error: Mapping[str, Any], location: Location, root: yaml.Node, source: str
) -> InputError:
    faults = _Faults(root, source)
    kind = error["type"]
    if kind == "extra_forbidden":
        known = _known_keys(location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, 1)
        hint = f", did you mean {near[0]!r}?" if near else ""
        return faults.at(location, f"is not a known key{hint}", ", ".join(known))
    if kind == "missing":
        return faults.at(location[:-1], f"the key {str(location[-1])!r} is missing")
    given = error.get("input")
    context = error.get("ctx", {})
    if kind == "literal_error":
        return faults.at(location, f"{given!r} is not known", context["expected"])
    if kind == "string_pattern_mismatch":
        return faults.at(
            location, f"{given!r} is not a name", "letters, digits, - and _, a letter first"
        )
    if kind == "value_error":
        return faults.at(location, str(context["error"]))
    message = str(error["msg"])
    return faults.at(location, f"{given!r}: {message[:1].lower()}{message[1:]}")


def _known_keys(location: Location) -> list[str]:
    models: dict[str, type[BaseModel]] = {
        "clock": _Clock,
        "network": _Network,
        "counterparts": _Counterpart,
        "devices": _Device,
        "ssh": _Listen,
        "netconf": _Listen,
        "restconf": _Listen,
        "http": _Listen,
        "members": _Member,
        "listen": _Listen,
        "tls": _Listen,
    }
    names = [step for step in location if isinstance(step, str)]
    model = models[names[-1]] if names else _Lab
    return list(model.model_fields)
