"""How the state that a capture of `show license tech support` shows is put together by hand.

Licences come from the platform's own profile, by their descriptions; all else is values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.cli.views import tech_support, tech_view
from agent.cli.views.layout import layout_for
from agent.cli.views.licensing import Calendar, view_of
from agent.cli.views.tech_view import TechView
from agent.core.dates import Zone
from agent.core.identity import Account
from agent.core.release import Release
from agent.engine.config import LicenseConfig
from agent.engine.queries import UsageSummary
from agent.engine.records import (
    Exchange,
    ExchangeStatistics,
    LicenceUse,
    Policy,
    RumReport,
    RumState,
)
from agent.engine.state import UsageReporting
from agent.profiles.profile import Entitlement, Profile, profile_for
from agent.protocol.messages import ConnectInfo
from tests.golden.captures import Exempt, at, maybe, state_of, trust

SSM = ConnectInfo("SSM", "1.3", ("DLC", "AppHA", "EXPORT_2", "POLICY_USAGE", "UTILITY"))
SSM_TELEMETRY = replace(SSM, capabilities=(*SSM.capabilities, "TELEMETRY", "TELEMETRY_POLICY"))


EDITED = "the publisher joined this block to the next"


@dataclass(frozen=True)
class Used:
    """A licence handle: the licence's description, its count, times and newest two reports."""

    handle: int
    description: str
    count: int
    status: str
    request: str = ""
    current: int = 0
    previous: int = 0


@dataclass(frozen=True)
class TechCase:
    file: str
    release: str
    view: TechView
    exempt: tuple[Exempt, ...] = ()
    trimmed: bool = False  # the publisher trimmed blanks at line ends

    def text(self) -> str:
        """What we print, with the capture's own blemishes put in."""
        text = tech_support.tech_support(self.view, layout_for(self.view.release, "switch"))
        if self.trimmed:
            text = "\n".join(line.rstrip() for line in text.split("\n"))
        for one in self.exempt:
            assert one.ours in text, f"{self.file}: nothing to exempt: {one.reason}"
            text = text.replace(one.ours, one.theirs, one.times)
        return text.rstrip()


def joined(line: str, times: int = -1) -> Exempt:
    """The publisher put a blank in place of the empty line behind this one."""
    return Exempt(EDITED, f"{line}\n\n", f"{line} \n", times)


def owed(state: int, days: int, usage: UsageReporting) -> UsageReporting:
    """`State(n) InPolicy(d)` beside the dates."""
    return replace(usage, state=state, in_policy_days=days)


def talk(
    total: int,
    success: int,
    fail: int = 0,
    ongoing: int = 0,
    response: str = "<none>",
    when: str = "",
    last_success: str = "",
    last_failure: str = "",
    reason: str = "<none>",
) -> ExchangeStatistics:
    """One exchange's figures; `ongoing` counts failures in a row, all of them of communication."""
    return ExchangeStatistics(
        total=total,
        success=success,
        fail=fail,
        ongoing_overall=ongoing,
        ongoing_communication=ongoing,
        last_response=response,
        last_response_time=maybe(when),
        failure_reason=reason,
        last_success=maybe(last_success),
        last_failure=maybe(last_failure),
    )


def tech(
    *units: str,
    release: str,
    agent: str,
    now: str,
    zone: str = "UTC",
    config: LicenseConfig | None = None,
    policy: Policy | None = None,
    usage: UsageReporting | None = None,
    account: Account | None = None,
    used: tuple[Used, ...] = (),
    jobs: Mapping[str, str] | None = None,
    talks: Mapping[Exchange, ExchangeStatistics] | None = None,
    counts: UsageSummary | None = None,
    trusted: tuple[tuple[str, int], ...] = (),
    peer: ConnectInfo | None = None,
    event_log: str = "",
    synced: bool = False,
    persisted: bool = False,
    production: bool = True,
    given_up: tuple[str, ...] = (),
) -> TechView:
    """The view of units `PID SN`; `trusted` are install time and trust id of each in turn."""
    state = state_of(*units, config=config, policy=policy, usage=usage, account=account)
    profile = profile_for(state.udi.pid)
    state.software_tag = profile.software_tag
    state.peer = peer
    state.statistics = {exchange.value: figures for exchange, figures in (talks or {}).items()}
    for member, (installed, number) in zip(state.members, trusted, strict=False):
        code = trust(member.udi, installed or now)
        state.trust[member.udi.short] = replace(code, trust_id=number)
    for one in used:
        licence = described(profile, one.description)
        state.usage[licence.tag] = _use(one, licence)
        if one.current:
            state.reports[one.current] = _open(one, licence)
    moment = at(now)
    running = Release.parse(release)
    shown = view_of(state, profile, agent, Calendar(Zone(zone)))
    view = tech_view.view_of(shown, state, profile, running, moment, synced=synced)
    return replace(
        view,
        licensing=replace(shown, reports=counts or shown.reports),
        jobs={name: at(when) for name, when in (jobs or {}).items()},
        event_log_size=event_log,
        config_persist=persisted,
        production=production,
        not_required=tuple(described(profile, name).tag for name in given_up),
    )


def described(profile: Profile, description: str) -> Entitlement:
    """The family's licence of this description."""
    rows = (row for group in profile.entitlements.values() for row in group)
    return next(row for row in rows if row.description == description)


def _use(one: Used, licence: Entitlement) -> LicenceUse:
    return LicenceUse(
        handle=one.handle,
        feature=licence.feature,
        entitlement_tag=licence.tag,
        count=one.count,
        status_time=at(one.status),
        request_time=maybe(one.request),
        licence_class=licence.licence_class,
        endpoint=not one.request,
    )


def _open(one: Used, licence: Entitlement) -> RumReport:
    return RumReport(
        report_id=one.current,
        entitlement_tag=licence.tag,
        feature=licence.feature,
        state=RumState.OPEN,
        opened=0,
        count=one.count,
        measured_since=0,
        previous_id=one.previous,
    )
