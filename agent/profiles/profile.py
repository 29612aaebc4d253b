"""A platform family as its profile file states it: models, licences and their entitlement tags.

A profile is loaded once and shared by all devices of its family; nothing on a device changes it.
Facts: docs/sources.md, entries entitlement-tags, software-tags, platform-texts.
"""

from __future__ import annotations

import tomllib
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from agent.core.errors import InputError
from agent.core.release import Release
from agent.profiles.likes import with_likes
from agent.profiles.modules import Module, read_modules
from agent.profiles.throughput import Throughput, for_each_tier, read_throughput
from agent.protocol.messages import LicenseClass

Word = tuple[str, str]  # a keyword of the command line and its help


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A licence the platform can ask for.

    `feature` is the name in configurations (`network-advantage`), `tag` the full entitlement tag,
    `display` the short text in brackets (`C9300-24 Network Advantage`).
    """

    feature: str
    tag: str
    display: str
    description: str
    licence_class: LicenseClass
    license_type: str  # Perpetual | Subscription
    enforcement: str = "NOT ENFORCED"
    export: str = "NOT RESTRICTED"
    application: str = ""  # whose sessions it counts: CUBE
    per: str = "unit"  # what one licence covers: a unit, or a chassis with all its supervisors


@dataclass(frozen=True, slots=True)
class Model:
    """One product id of a family. `licences` names the set of entitlements it uses."""

    pid: str
    licences: str
    interfaces: tuple[
        tuple[str, int, int], ...
    ]  # (prefix such as GigabitEthernet1/0/, first, last)
    texts: Mapping[str, str]  # what show version prints of this model
    modules: tuple[Module, ...] = ()  # of a box with slots


@dataclass(frozen=True, slots=True)
class AckRule:
    """C9800-CL: an ACK is mandatory. All numbers recalled, not documented: correct them here."""

    since: str  # span of releases
    days: int
    access_point_limit: int


@dataclass(frozen=True, slots=True)
class EnforcedLicence:
    """A licence the platform enforces, as the mapping table of tech support lists it."""

    feature: str
    tag: str
    since: str  # span of releases
    models: tuple[str, ...] = ()  # the models that have it; none named: all of the family
    number: int = 3
    name: str = ""  # as `show license authorization` names it, and the text in brackets
    display: str = ""
    description: str = ""
    bare: bool = False  # is it told without version and feature while nothing uses it?

    @property
    def entitlement(self) -> Entitlement:
        """The licence as show commands print it, once an authorization code allows it.

        # source: held-codes
        """
        return Entitlement(
            feature=self.feature,
            tag=self.tag,
            display=self.display or self.feature,
            description=self.description or self.feature,
            licence_class=LicenseClass.EXPORT,
            license_type="Perpetual",
            enforcement="EXPORT RESTRICTED",
            export="RESTRICTED - ALLOWED",
        )


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A family: what its devices are and consume. There is one of each, so identity compares."""

    family: str
    kind: str  # switch | wlc | router
    hostname: str
    software_tag: str
    models: Mapping[str, Model]
    entitlements: Mapping[str, tuple[Entitlement, ...]]  # by licence set
    levels: Mapping[str, tuple[str, ...]]  # boot level text -> features in use
    default_level: str
    texts: Mapping[str, str]
    first_releases: str  # span of releases this family runs
    air_levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    default_air_level: str = ""
    ack_rule: AckRule | None = None
    enforced: tuple[EnforcedLicence, ...] = ()
    prompt: str = ""  # of a product that has one of its own
    packages: bool = False  # may several boot levels stand side by side?
    licensing: str = "policy"  # or legacy: the model before SLP, whatever the release
    automatic_conversion: bool = False  # `Automatic Conversion Enabled` of License Conversion
    telemetry: bool = False  # does it make reports of the metric TELEMETRY?
    throughput: Throughput | None = None
    chassis: int = 1  # how many of them make one set
    processors: int = 1  # how many supervisors or route processors one chassis holds
    likes: frozenset[str] = frozenset()  # models that are like another one of the family
    factory: tuple[str, ...] = ()  # lines of its factory configuration that others do not have

    def licensing_on(self, release: Release) -> str:
        """Which licensing model a device has on a release: policy, legacy or rtu (Right-To-Use)."""
        model: str = release.row.get("model", "legacy") if release.is_legacy else self.licensing
        return model

    def entitlement(self, tag: str) -> Entitlement | None:
        """The entitlement with this tag, enforced licences included, or None."""
        for group in self.entitlements.values():
            for entitlement in group:
                if entitlement.tag == tag:
                    return entitlement
        return next((row.entitlement for row in self.enforced if row.tag == tag), None)

    def enforced_on(self, release: Release, pid: str) -> tuple[EnforcedLicence, ...]:
        """What a model enforces on a release."""
        return tuple(
            row
            for row in self.enforced
            if release.within(row.since) and (not row.models or pid in row.models)
        )

    def default_throughput(self, pid: str) -> str:
        """The throughput level of a model on which none is configured; empty without levels."""
        return self.throughput.default_of(pid) if self.throughput else ""

    def words_of(self, pid: str, release: Release) -> tuple[tuple[str, tuple[Word, ...]], ...]:
        """The keywords of the command line that differ by model: by list, words with their help.

        Without a `pid` those of the family's first model.
        """
        if self.throughput is None:
            return ()
        levels = self.throughput.levels_of(pid or next(iter(self.models)), release)
        return (("throughput", tuple((level.name, level.help) for level in levels)),)

    def texts_of(self, pid: str) -> Mapping[str, str]:
        """What the family states of a model, and what the model states differently."""
        return ChainMap(dict(self.models[pid].texts), dict(self.texts))

    def features_at(self, level: str) -> tuple[str, ...] | None:
        """Features in use at a boot level, of packages at each; None where one is not known."""
        named = level.split(" ") if self.packages else [level]
        known = [self.levels[name] for name in named if name in self.levels]
        return (
            tuple(f for features in known for f in features) if len(known) == len(named) else None
        )

    def licences_of(self, pid: str, level: str, throughput: str = "") -> tuple[Entitlement, ...]:
        """What one unit of model `pid` uses at boot level `level`; nothing without boot levels.

        `throughput` is the name of the throughput level its licences follow; empty: the default.
        """
        wanted = (self.features_at(level) or ()) if self.levels else ()
        if self.throughput is not None:
            name = throughput or self.throughput.default_of(pid)
            tier = self.throughput.levels[name].tier
            wanted = tuple(feature.format(tier=tier) for feature in wanted)
        group = self.entitlements[self.models[pid].licences]
        return tuple(e for feature in wanted for e in group if e.feature == feature)


def check_release(pid: str, release: Release) -> None:
    """Raises InputError unless the release is known and `pid` runs it."""
    release.row  # noqa: B018  (asks whether the release is known)
    span = profile_for(pid).first_releases
    if not release.within(span):
        raise InputError(f"a {pid} does not run {release}", allowed=span)


def profile_for(pid: str) -> Profile:
    """The profile whose models hold `pid`. Raises InputError naming the known platforms."""
    for name in profile_names():
        profile = load(name)
        if pid in profile.models:
            return profile
    known = sorted(pid for name in profile_names() for pid in load(name).models)
    raise InputError(f"platform {pid!r} is not known", allowed=", ".join(known))


@cache
def profile_names() -> tuple[str, ...]:
    found = (entry.name for entry in files("agent.profiles").iterdir())
    return tuple(sorted(n.removesuffix(".toml") for n in found if n.endswith(".toml")))


@cache
def load(name: str) -> Profile:
    """Read `<name>.toml`."""
    text = files("agent.profiles").joinpath(f"{name}.toml").read_text("utf-8")
    stated: dict[str, Any] = tomllib.loads(text)
    raw = with_likes(stated)
    return Profile(
        family=raw["family"],
        kind=raw["kind"],
        hostname=raw["hostname"],
        software_tag=raw["software_tag"],
        models=MappingProxyType({pid: _model(pid, row) for pid, row in raw["model"].items()}),
        entitlements=MappingProxyType(
            {
                name: tuple(_entitlement(one) for row in rows for one in for_each_tier(row, raw))
                for name, rows in raw["entitlements"].items()
            }
        ),
        levels=MappingProxyType({k: tuple(v) for k, v in raw.get("levels", {}).items()}),
        default_level=raw.get("default_level", ""),
        texts=MappingProxyType(raw.get("texts", {})),
        first_releases=raw.get("releases", ".."),
        air_levels=MappingProxyType({k: tuple(v) for k, v in raw.get("air_levels", {}).items()}),
        default_air_level=raw.get("default_air_level", ""),
        ack_rule=AckRule(**raw["ack_rule"]) if "ack_rule" in raw else None,
        prompt=raw.get("prompt", ""),
        packages=raw.get("packages", False),
        licensing=raw.get("licensing", "policy"),
        automatic_conversion=raw.get("automatic_conversion", False),
        telemetry=raw.get("telemetry", False),
        throughput=read_throughput(raw.get("throughput")),
        chassis=raw.get("chassis", 1),
        processors=raw.get("processors", 1),
        likes=frozenset(pid for pid, row in stated["model"].items() if "like" in row),
        factory=tuple(raw.get("factory", ())),
        enforced=tuple(_enforced(row) for row in raw.get("enforced", ())),
    )


def _enforced(row: dict[str, Any]) -> EnforcedLicence:
    return EnforcedLicence(**{**row, "models": tuple(row.get("models", ()))})


def _model(pid: str, row: dict[str, Any]) -> Model:
    return Model(
        pid=pid,
        licences=row["licences"],
        interfaces=tuple((str(p), int(a), int(b)) for p, a, b in row["interfaces"]),
        texts=MappingProxyType(row.get("texts", {})),
        modules=read_modules(row.get("modules", [])),
    )


def _entitlement(row: dict[str, Any]) -> Entitlement:
    return Entitlement(
        feature=row["feature"],
        tag=row["tag"],
        display=row["display"],
        description=row.get("description", row["display"]),
        licence_class=LicenseClass(row["class"]),
        license_type=row["type"],
        enforcement=row.get("enforcement", "NOT ENFORCED"),
        export=row.get("export", "NOT RESTRICTED"),
        application=row.get("application", ""),
        per=row.get("per", "unit"),
    )
