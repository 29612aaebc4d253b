"""States and views put together as values, for tests of what a view prints of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from agent.cli.views.licensing import Calendar, LicensingView, view_of
from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.dates import Zone
from agent.core.identity import Account, Udi
from agent.engine.config import LicenseConfig
from agent.engine.places import arranged
from agent.engine.policy import default_policy
from agent.engine.records import LicenceUse, Policy, RumReport, TrustCode
from agent.engine.reports import Reports
from agent.engine.state import AgentState, Counters, UsageReporting
from agent.profiles.profile import Entitlement, Model, Profile
from agent.protocol.messages import LicenseClass

PERPETUAL, SUBSCRIPTION = LicenseClass.PERPETUAL, LicenseClass.SUBSCRIPTION


def at(text: str) -> Instant:
    """`Oct 14 12:10:01 2021` as an instant, the zone's name aside."""
    moment = datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1000


def maybe(text: str) -> Instant | None:
    return at(text) if text else None


@dataclass(frozen=True)
class Licence:
    """A licence as a capture shows it; `given_up` is one that shows with count 0."""

    feature: str
    display: str
    count: int
    group: LicenseClass = PERPETUAL
    description: str = ""


def trust(udi: Udi, installed: str, valid: str = "", expired: str = "") -> TrustCode:
    return TrustCode(udi, at(installed), 1, "", "", "", maybe(valid) or 0, maybe(expired) or 0)


def view(
    *units: str,
    agent: str = "",
    zone: str = "UTC",
    kind: str = "switch",
    config: LicenseConfig | None = None,
    policy: Policy | None = None,
    usage: UsageReporting | None = None,
    licences: tuple[Licence, ...] = (),
    trusted: tuple[str, ...] = (),
    valid: tuple[str, ...] = (),
    expired: str = "",
    account: Account | None = None,
    counters: Counters | None = None,
    reported: dict[int, RumReport] | None = None,
    data_channel: bool = True,
) -> LicensingView:
    """The view of units `PID SN`, the active one first; `trusted` are their install times."""
    state = state_of(*units, config=config, policy=policy, usage=usage, account=account)
    udis = [member.udi for member in state.members]
    state.trust = {
        udi.short: trust(udi, when, since, expired)
        for udi, when, since in zip(udis, trusted, valid or ("",) * len(trusted), strict=False)
    }
    state.usage = {
        f"tag{handle}": LicenceUse(handle, one.feature, f"tag{handle}", one.count, 0, 1, one.group)
        for handle, one in enumerate(licences, 1)
    }
    state.reports = Reports.of((reported or {}).values())
    state.counters = counters or Counters()
    made = view_of(state, _profile(kind, udis, licences), agent, Calendar(Zone(zone)))
    return replace(made, data_channel=data_channel)


def state_of(
    *units: str,
    config: LicenseConfig | None = None,
    policy: Policy | None = None,
    usage: UsageReporting | None = None,
    account: Account | None = None,
) -> AgentState:
    """A state without licences and trust; the first unit is active, the second standby."""
    udis = [Udi(*unit.split()) for unit in units or ("C9300-24T FOC1",)]
    return AgentState(
        members=arranged(udis),
        software_tag="",
        chance=Chance("test"),
        policy=policy or default_policy(),
        config=config or LicenseConfig(),
        account=account,
        usage_reporting=usage or UsageReporting(),
    )


def _profile(kind: str, udis: list[Udi], licences: tuple[Licence, ...]) -> Profile:
    rows = tuple(
        Entitlement(
            feature=one.feature,
            tag=f"tag{handle}",
            display=one.display,
            description=one.description or one.display,
            licence_class=one.group,
            license_type=one.group.value.capitalize(),
        )
        for handle, one in enumerate(licences, 1)
    )
    return Profile(
        family="captured",
        kind=kind,
        hostname="Switch",
        software_tag="",
        models={udi.pid: Model(udi.pid, "all", (), {}) for udi in udis},
        entitlements={"all": rows},
        levels={},
        default_level="",
        texts={},
        first_releases="..",
    )
