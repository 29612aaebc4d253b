"""How a capture is read, and how the state it shows is put together by hand.

A capture is the text a device printed, less what its publisher or the terminal added: CR line
ends, the echoed command, the prompt, the `Load for five secs` header, remains of the pager, and
blanks at the very end. A state is built from values alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from agent.cli.views.licensing import Calendar, LicensingView, view_of
from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.dates import Zone
from agent.core.identity import Account, Udi
from agent.engine.config import LicenseConfig
from agent.engine.places import arranged
from agent.engine.policy import default_policy
from agent.engine.records import (
    Cell,
    LicenceUse,
    Policy,
    ReportingRule,
    RumReport,
    RumState,
    Source,
    TrustCode,
)
from agent.engine.reports import Reports
from agent.engine.state import AgentState, Counters, UsageReporting
from agent.profiles.profile import Entitlement, Model, Profile
from agent.protocol.messages import LicenseClass

PERPETUAL, SUBSCRIPTION = LicenseClass.PERPETUAL, LicenseClass.SUBSCRIPTION
_HEADER = re.compile(r"Load for five secs: .*\n(?:Time source|No time source).*\n\n")
_PROMPT = re.compile(r"^\S*[#>] ?(?:sh(?:ow)? license .*)?$|^show license .*$")


@dataclass(frozen=True)
class Exempt:
    """Where a capture is not what the device printed: `ours` stands there as `theirs`."""

    reason: str
    ours: str
    theirs: str
    times: int = -1  # how many, from the first on; -1: all


def read(folder: Path, name: str) -> str:
    """The device's own text of a capture."""
    text = (folder / name).read_bytes().decode().replace("\r\n", "\n")
    text = _HEADER.sub("", text)
    lines = [line for line in text.split("\n") if not _PROMPT.match(line)]
    return "\n".join("" if re.fullmatch(r" {9,10}", line) else line for line in lines).rstrip()


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


def reporting(
    ack: str, deadline: str, days: int, check: str, push: str, pushed: str
) -> UsageReporting:
    return UsageReporting(
        maybe(ack), maybe(deadline), days, maybe(check), maybe(push), maybe(pushed)
    )


def reports(available: int, collecting: int, waiting: int) -> dict[int, RumReport]:
    """So many reports: not sent yet, of these open ones, and sent without an ACK."""
    made = {}
    for number in range(1, available + waiting + 1):
        open_one = number <= collecting
        sent = number > available
        state = RumState.UNACK if sent else RumState.OPEN if open_one else RumState.CLOSED
        made[number] = RumReport(number, "tag", "feature", state, 0, 1, 0, sent=1 if sent else None)
    return made


def custom(name: str, installed: str, *cells: tuple[int, int, int], default: str = "") -> Policy:
    """An installed policy: four classes of three cells; those named in `default` are CISCO's.

    `default` holds two digits for each such cell, class and column, such as `20 30`.
    """

    def cell(row: int, column: int) -> Cell:
        own = f"{row}{column}" in default.split()
        source = Source.CISCO_DEFAULT if own else Source.CUSTOMER_POLICY
        return Cell(cells[row][column], source)

    return Policy(
        ack_required=True,
        ack_source=Source.CUSTOMER_POLICY,
        classes={
            group: ReportingRule(*(cell(row, column) for column in range(3)))
            for row, group in enumerate(LicenseClass)
        },
        name=name,
        installed=at(installed),
    )


CUSTOM_DAYS = ((365, 0, 90), (90, 90, 90), (365, 90, 90), (365, 90, 90))
SLE_DAYS = ((30, 60, 60), (120, 111, 111), (30, 90, 60), (30, 30, 30))


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
