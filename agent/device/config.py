"""What a configuration root means: typed readers of the datastore, and the factory's configuration.

The agent and the device never walk the datastore; they get these values. Paths are those of the
published native model where it has the setting, `emulator/...` where it has none.
Sources: docs/sources.md, entries native-license, native-paths, factory-config.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from agent.core import secrets
from agent.core.dates import UTC_ZONE, Zone
from agent.core.release import Release
from agent.core.summer import Summer, dated_summer, summer
from agent.device.addressless import all_told
from agent.device.config_text import read_config
from agent.device.log import DEFAULTS, StampForm, StampKind
from agent.device.log import LogSettings as LogSettings
from agent.device.way_out import call_home, licensing_vrf, way_out
from agent.engine.config import LicenseConfig, Transport
from agent.profiles.profile import Profile
from cli_grammar import SEVERITIES, Grammar, grammar_for
from yang.tree import EMPTY, Edit, Entry, Path, Rows, Tree, apply, get

if TYPE_CHECKING:
    from agent.device.device import Device

_SMART: Path = ("native", "license", "smart")
_OWN_SMART: Path = ("emulator", "license", "smart")
_CUSTOMER = ("id", "name", "street", "city", "state", "country", "postalcode")
_TAGS = ("tag1", "tag2", "tag3", "tag4")
# source: trustpoint-hash. assumed: 17.9 to 17.11 as 17.12, 17.13 and 17.14 as 17.15.
_TRUSTPOINT_HASH = (("17.13..", "sha512"), ("17.9..", "sha256"))
_MANAGEMENT_PORTS = {"switch": (("GigabitEthernet0/", 0, 0),)}
_STAMPS: Path = ("native", "service", "timestamps")


@dataclass(frozen=True, slots=True)
class User:
    """`username ...`: kind 9 is a scrypt hash, 7 and 0 are passwords, None is no password."""

    name: str
    privilege: int = 1
    kind: int | None = None
    secret: str = ""

    def accepts(self, password: str) -> bool:
        """Is this the user's password? False where none is set."""
        return self.kind is not None and secrets.verify(password, self.kind, self.secret)


@dataclass(frozen=True, slots=True)
class Secret:
    """A stored password of no user: `enable secret`, `enable password`, a line's `password`."""

    kind: int
    stored: str

    def accepts(self, password: str) -> bool:
        """Is this the password?"""
        return secrets.verify(password, self.kind, self.stored)


@dataclass(frozen=True, slots=True)
class LineSettings:
    """`line console 0`, `line vty ...`. `login` is local, password, or none; lengths in lines."""

    login: str = "none"
    password: Secret | None = None
    privilege: int = 1
    exec_timeout_ms: int = 600_000
    length: int = 24
    width: int = 80
    history: int = 20
    synchronous: bool = False
    transport_input: str = ""
    timestamp: bool = False
    monitor: bool = False
    banners: tuple[str, ...] = ("motd", "exec")


@dataclass(frozen=True, slots=True)
class Resolution:
    """How names are looked up: servers in order, the domain to append, the local host table."""

    lookup: bool = True
    domain: str | None = None
    servers: tuple[str, ...] = ()
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def license_config(root: Tree, profile: Profile) -> LicenseConfig:
    """The licensing part. Raises ValueError on a transport no CLI can set."""
    smart: Tree = get(root, _SMART, EMPTY)
    own: Tree = get(root, _OWN_SMART, EMPTY)
    transport = Transport(str(smart.get("transport-type", "cslu")).lower())
    primary = get(smart, ("url", "name"))
    # source: primary-url (`license smart url X` also serves transport cslu)
    serves_cslu = transport in (Transport.CSLU, Transport.AUTOMATIC)
    tags: Tree = get(smart, ("usage", "customer-tags"), EMPTY)
    info: Tree = get(smart, ("utility", "customer-info"), EMPTY)
    vrf = licensing_vrf(root, transport, own.get("vrf"))
    return LicenseConfig(
        transport=transport,
        url_cslu=get(smart, ("url", "cslu")) or (primary if serves_cslu else None),
        url_smart=get(own, ("url", "smart")) or primary,
        usage_interval_days=get(smart, ("usage", "interval")),
        proxy_address=get(own, ("proxy", "address")),
        proxy_port=get(own, ("proxy", "port")),
        proxy_username=get(own, ("proxy", "username")),
        proxy_password=get(own, ("proxy", "password")),
        vrf=vrf,
        custom_id=smart.get("customer-id"),
        customer_tags=tuple((tag, tags[tag]) for tag in _TAGS if tag in tags),
        utility=bool(get(smart, ("utility", "enable"), False)),
        customer_info=tuple((name, str(info[name])) for name in _CUSTOMER if name in info),
        hostname_privacy=bool(get(smart, ("privacy", "hostname"), False)),
        version_privacy=bool(get(smart, ("privacy", "version"), False)),
        server_identity_check=bool(own.get("server-identity-check", True)),
        reservation=bool(own.get("reservation", False)),
        hostname=hostname(root, profile),
        domain_name=get(root, ("native", "ip", "domain", "name")),
        callhome=_shared(call_home(root)),
        way_out=_shared(way_out(root, transport, vrf)),
        service_down=get(root, ("emulator", "cucm", "service")) == "down",
        zone_minutes=zone(root).offset_minutes,
    )


@lru_cache(maxsize=1024)
def _shared(part: Any) -> Any:
    """The same object for the same settings, for all devices."""
    return part


def hostname(root: Tree, profile: Profile) -> str:
    """The configured name, or the platform's."""
    return str(get(root, ("native", "hostname"), profile.hostname))


def levels(root: Tree, profile: Profile) -> tuple[str, str]:
    """The boot level and the AIR level configured, the platform's own where none is."""
    configured: Tree = get(root, ("native", "license", "boot", "level"), EMPTY)
    boot = " ".join(configured) if profile.packages else _level(configured)
    air = _level(get(root, ("emulator", "license", "air"), EMPTY))
    return (
        boot if profile.features_at(boot) is not None else profile.default_level,
        air if air in profile.air_levels else profile.default_air_level,
    )


def users(root: Tree) -> tuple[User, ...]:
    """All users, in the order of entry."""
    rows: Rows = get(root, ("native", "username"), Rows())
    return tuple(_user(name, row) for name, row in rows.items())


def user(root: Tree, name: str) -> User | None:
    """One user."""
    row = get(root, ("native", Entry("username", name)))
    return None if row is None else _user(name, row)


def enable_secret(root: Tree) -> Secret | None:
    """`enable secret`, else `enable password`, else None."""
    for name in ("secret", "password"):
        found = _secret(get(root, ("native", "enable", name), EMPTY))
        if found:
            return found
    return None


def line_settings(root: Tree, kind: str, number: int) -> LineSettings:
    """The settings of `console` 0 or of vty line `number`."""
    row = _line(root, kind, number)
    timeout: Tree = row.get("exec-timeout", EMPTY)
    seconds = int(timeout.get("minutes", 10)) * 60 + int(timeout.get("seconds", 0))
    login: Tree = row.get("login", EMPTY)
    return LineSettings(
        login=_login(root, login),
        password=_secret(row.get("password", EMPTY)),
        privilege=int(get(row, ("privilege", "level"), 1)),
        exec_timeout_ms=seconds * 1000,
        length=int(row.get("length", 24)),
        width=int(row.get("width", 80)),
        history=int(get(row, ("history", "size"), 20)),
        synchronous=bool(get(row, ("logging", "synchronous"), False)),
        transport_input=str(get(row, ("transport", "input"), "")),
        timestamp=bool(get(row, ("exec", "prompt", "timestamp"), False)),
        monitor=bool(row.get("monitor", False)),
        banners=tuple(name for name in ("motd", "exec") if row.get(f"{name}-banner", True)),
    )


def resolution(root: Tree, vrf: str | None = None) -> Resolution:
    """Everything about names, in a VRF if one is given."""
    ip: Tree = get(root, ("native", "ip"), EMPTY)
    host: Tree = get(ip, ("host",), EMPTY)
    if vrf is not None:
        host = host.get("vrf", Rows()).get(vrf, EMPTY)
    hosts: Rows = host.get("host-list", Rows())
    servers: Tree = get(ip, ("name-server",), EMPTY)
    own = servers.get("vrf", Rows()).get(vrf, EMPTY) if vrf else EMPTY
    return Resolution(
        lookup=bool(get(ip, ("domain", "lookup"), True)),
        domain=get(ip, ("domain", "name")),
        servers=tuple(own.get("server-ip-list", ()) if vrf else servers.get("no-vrf", ())),
        hosts={name.lower(): tuple(row.get("ip-list", ())) for name, row in hosts.items()},
    )


def log_settings(root: Tree) -> LogSettings:
    """Thresholds, buffer and stamp of the log."""
    logging: Tree = get(root, ("native", "logging"), EMPTY)
    return LogSettings(
        console=_threshold(logging, "console", DEFAULTS.console),
        monitor=_threshold(logging, "monitor", DEFAULTS.monitor),
        buffered=_threshold(logging, "buffered", DEFAULTS.buffered),
        buffer_bytes=int(get(logging, ("buffered", "size"), DEFAULTS.buffer_bytes)),
        stamp=_stamp(root, "log"),
        debug_stamp=_stamp(root, "debug"),
    )


def zone(root: Tree) -> Zone:
    """`clock timezone` and `clock summer-time`."""
    row: Tree = get(root, ("native", "clock", "timezone"), EMPTY)
    season: Tree = get(root, ("native", "clock", "summer-time"), EMPTY)
    rule = _season(season) if season else None
    if not row:
        return Zone(UTC_ZONE.name, summer=rule) if rule else UTC_ZONE
    hours, minutes = int(row.get("hours", 0)), int(row.get("minutes", 0))
    return Zone(str(row["zone"]), hours * 60 + (minutes if hours >= 0 else -minutes), rule)


def _season(season: Tree) -> Summer | None:
    if "date" in season:
        return dated_summer(str(season["zone"]), str(season["date"]))
    return summer(str(season["zone"]), str(season.get("recurring", "")))


def boot_facts(root: Tree, device: Device) -> Mapping[str, str]:
    """What the messages of a start name."""
    return {
        "self_signed": self_signed_number(device.agent.state.udi.sn),
        "banner": software_banner(device.profile, device.release),
        "throughput_kbps": str(_kbps(device)),
    }


def _kbps(device: Device) -> int:
    known = device.profile.throughput
    return known.levels[device.throughput].kbps if known else 0


def self_signed_number(serial: str) -> str:
    """The ten digits in the name of a device's self-signed trustpoint, here made of its serial."""
    return str(1_000_000_000 + zlib.crc32(serial.encode()) % 3_294_967_296)


def software_banner(profile: Profile, release: Release) -> str:
    """The lines a device prints of its software when it has started. # source: restart-banner"""
    row: Mapping[str, Any] = release.row
    software = profile.texts.get("software", "Catalyst L3 Switch Software (CAT9K_IOSXE)")
    year = 2000 + int(str(row["compiled"]).split()[1].rsplit("-", 1)[1])
    build = row.get("build") or profile.texts.get("build", "fc3")
    return (
        f"Cisco IOS Software [{row['name']}], {software}, Version {release}, RELEASE SOFTWARE "
        f"({build})\n"
        "Technical Support: http://www.cisco.com/techsupport\n"
        f"Copyright (c) 1986-{year} by Cisco Systems, Inc.\n"
        f"Compiled {row['compiled']} by mcpre"
    )


@cache
def grammar_of(
    profile: Profile, release: Release, model: str = "", *, strict: bool = False
) -> Grammar:
    """The grammar of a `model` (without one: the first of the family), shared with all alike."""
    words, licensing = profile.words_of(model, release), profile.licensing_on(release)
    return grammar_for(release, profile.kind, profile.family, licensing, words=words, strict=strict)


@cache
def factory_root(profile: Profile, release: Release, model: str = "") -> Tree:
    """The running-config a device of `model` starts with when nothing is stored; one shared value.

    Without a model it is that of the family's first one.
    """
    pid = model or next(iter(profile.models))
    text = files("agent.device").joinpath(f"factory-{profile.kind}.txt").read_text("utf-8")
    grammar = grammar_of(profile, release, pid)
    own = [f"hostname {profile.hostname}", *profile.factory]
    own += [f"license boot level {profile.default_level}"] if profile.default_level else []
    own += [f"switch 1 provision {pid.lower()}"] if profile.kind == "switch" else []
    digest = next((name for span, name in _TRUSTPOINT_HASH if release.within(span)), None)
    own += ["crypto pki trustpoint SLA-TrustPoint", f"hash {digest}"] if digest else []
    text += "\n".join(own)
    read = read_config(text, grammar, bare_root(profile, pid), lambda: "")
    if read.refused:
        raise ValueError(f"factory-{profile.kind}.txt: {read.refused[0]}")
    return read.root


def bare_root(profile: Profile, model: str) -> Tree:
    """The ports of a model and nothing configured: what any configuration text starts from."""
    rows = (*_MANAGEMENT_PORTS.get(profile.kind, ()), *profile.models[model].interfaces)
    ports = (
        Edit("set", ("native", "interface", _port(f"{prefix}{number}")))
        for prefix, first, last in rows
        for number in range(first, last + 1)
    )
    return all_told(apply(EMPTY, tuple(ports)), profile.kind == "switch")


def default_config(profile: Profile, release: Release, model: str, hostname: str = "") -> Tree:
    """The factory's configuration, with a name."""
    root = factory_root(profile, release, model)
    return apply(root, (Edit("set", ("native", "hostname"), hostname),)) if hostname else root


def _port(name: str) -> Entry:
    at = next(i for i, c in enumerate(name) if c.isdigit())
    return Entry(name[:at], name[at:])


def _level(level: Tree) -> str:
    for base, below in level.items():
        addon = below.get("addon") if isinstance(below, Tree) else None
        return f"{base} addon {addon}" if addon else base
    return ""


def _user(name: str, row: Tree) -> User:
    secret: Tree = row.get("secret") or row.get("password") or EMPTY
    stored = secret.get("secret", secret.get("password"))
    return User(
        name=name,
        privilege=int(row.get("privilege", 1)),
        kind=None if stored is None else int(secret.get("encryption", 0)),
        secret="" if stored is None else str(stored),
    )


def _secret(row: Tree) -> Secret | None:
    stored = row.get("secret")
    return None if stored is None else Secret(int(row.get("type", 0)), str(stored))


def _login(root: Tree, login: Tree) -> str:
    """How a line asks who is there: by its list where AAA rules, else by its own `login`.

    # assumed: a server group never answers, so its list falls through to what stands behind it
    """
    aaa: Tree = get(root, ("native", "aaa"), EMPTY)
    name = str(login.get("authentication", "default"))
    methods = get(aaa, ("authentication", Entry("login", name)))
    if aaa.get("new-model") and methods is not None:
        words = {word for method in methods.values() for word in method}
        return "local" if "local" in words else "none" if "none" in words else "password"
    return "local" if login.get("local") else "password" if login else "none"


def _line(root: Tree, kind: str, number: int) -> Tree:
    rows: Rows = get(root, ("native", "line", kind), Rows())
    for first, row in rows.items():
        if int(first) <= number <= int(row.get("last", first)):
            return row
    return EMPTY


def _threshold(logging: Tree, name: str, default: int | None) -> int | None:
    row: Tree = logging.get(name, EMPTY)
    if row.get("on") is False or logging.get("on") is False:
        return None
    severity = row.get("severity")
    return default if severity is None else list(SEVERITIES).index(severity)


def _stamp(root: Tree, kind: str) -> StampForm:
    row = get(root, (*_STAMPS, kind))
    if row is None:
        return StampForm(StampKind.NONE)
    if "uptime" in row:
        return StampForm(StampKind.UPTIME)
    form: Tree = row.get("datetime", EMPTY)
    return StampForm(
        StampKind.DATETIME,
        msec=bool(form.get("msec")),
        localtime=bool(form.get("localtime")),
        show_timezone=bool(form.get("show-timezone")),
        year=bool(form.get("year")),
    )
