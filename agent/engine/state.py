"""Everything the Smart Agent knows. Show commands read it; only the engine writes it.

AgentState is mutable and owned by one SmartAgent; the records in it (`agent.engine.records`) are
frozen. All of it turns into JSON and back through `agent.device.journal`.
Field names are the words the device prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.identity import Account, Udi
from agent.engine.application_ha import Applications
from agent.engine.authorizing import Authorizing
from agent.engine.config import LicenseConfig
from agent.engine.eventlog import Eventlog
from agent.engine.legacy.state import LegacyState
from agent.engine.past_messages import PastMessages
from agent.engine.records import (
    NO_CONVERSION,
    AuthorizationCode,
    Conversion,
    ExchangeStatistics,
    LicenceUse,
    Member,
    PastImport,
    Pending,
    PendingTrust,
    Policy,
    RumReport,
    TrustCode,
    TrustWanted,
)
from agent.engine.reports import Reports
from agent.engine.right_to_use import RightToUse
from agent.engine.tables import no_rows
from agent.protocol.messages import ConnectInfo


@dataclass(slots=True)
class History:
    """`show license history message`: the last few of each kind, oldest first."""

    messages: dict[str, PastMessages] = field(default_factory=dict)  # by Exchange
    # by ImportKind.value
    imports: Mapping[str, tuple[PastImport, ...]] = field(default_factory=no_rows)
    last_code: int = 0  # the return code of the last import


@dataclass(slots=True)
class UsageReporting:
    """The seven fields of the block `Usage Reporting:`; None prints `<none>`."""

    last_ack_received: Instant | None = None
    next_ack_deadline: Instant | None = None
    reporting_push_interval_days: int = 0
    next_ack_push_check: Instant | None = None
    next_report_push: Instant | None = None
    last_report_push: Instant | None = None
    last_report_file_write: Instant | None = None
    # State(n) InPolicy(d) of tech support: 2 = first report owed, 4 = ongoing
    state: int = 2
    in_policy_days: int = 0


@dataclass(slots=True)
class Counters:
    """Running totals of the usage report summary."""

    total: int = 0
    purged: int = 0
    acknowledged: int = 0
    missing: int = 0


@dataclass(slots=True)
class AgentState:
    """All of it. `members[0]` is the active unit and its UDI is the product instance's."""

    members: tuple[Member, ...]
    software_tag: str
    chance: Chance
    policy: Policy
    # base64 DER of the roots this device trusts (SLA-TrustPoint)
    anchors: tuple[str, ...] = ()
    config: LicenseConfig = field(default_factory=LicenseConfig)
    account: Account | None = None
    product_instance_identifier: str = ""
    trust: dict[str, TrustCode] = field(default_factory=dict)  # by Udi.short
    absent_trust: Mapping[str, TrustCode] = field(default_factory=no_rows)  # of units away
    absent_numbers: Mapping[str, int] = field(default_factory=no_rows)  # of units away
    pending_trust: Mapping[str, PendingTrust] = field(default_factory=no_rows)  # by Udi.short
    authorizations: Mapping[str, AuthorizationCode] = field(default_factory=no_rows)  # the same
    # (tag, count) asked for, to be saved to a file
    authorization_requests: Mapping[str, tuple[tuple[str, int], ...]] = field(
        default_factory=no_rows
    )
    last_return_codes: Mapping[str, str] = field(default_factory=no_rows)  # by Udi.short
    returned: tuple[str, ...] = ()  # correlation ids of codes that may not come back
    authorizing: Authorizing = field(default_factory=Authorizing)
    applications: Applications = field(default_factory=Applications)
    usage: dict[str, LicenceUse] = field(default_factory=dict)  # by entitlement tag
    reports: Reports = field(default_factory=Reports)  # by report id, ascending
    next_report_id: int = 0
    telemetry: tuple[RumReport, ...] = ()  # the chain of the metric TELEMETRY, ascending
    next_handle: int = 1
    usage_reporting: UsageReporting = field(default_factory=UsageReporting)
    counters: Counters = field(default_factory=Counters)
    statistics: dict[str, ExchangeStatistics] = field(default_factory=dict)  # by Exchange
    pending: dict[int, Pending] = field(default_factory=dict)  # by request id
    next_request_id: int = 1
    timers: dict[str, Instant] = field(default_factory=dict)  # by TimerName
    eventlog: Eventlog = field(default_factory=Eventlog)
    history: History = field(default_factory=History)
    peer: ConnectInfo | None = None
    booted: Instant | None = None
    clock_offset: Instant = 0  # how far the device's calendar is ahead, in what it says of the time
    # the poll a server still owes an answer to: its id, the nonce of the request it answers
    poll_id: str = ""
    connected: bool = False  # the last CSLU Hello or exchange went through
    comm_failed: bool = False  # COMM_FAILED was logged and no success since
    hello_failures: int = 0
    throttled_sync: bool = False  # a sync was asked for: the next push ignores the daily limit
    factory_reset: Instant | None = None
    pushed: Instant | None = None  # the last push: a span counts from here, whatever the calendar
    development: bool = False  # `test license smart dev-cert enable`
    conversion: Conversion = NO_CONVERSION
    first_release: str = ""  # the release before another one was installed
    # the base of the first deadline: first run of Process Utility RUM reports with licences in use
    base: Instant | None = None
    process_anchor: Instant | None = None  # that job repeats daily from here
    # certificates of licence signers, learned from a verified trust code (base64 DER)
    signers: tuple[str, ...] = ()
    # what the contact under way or the next one is for
    hello_wanted: bool = False
    pushes_wanted: int = 0
    local_sync: bool = False  # the next push is for the active unit alone
    poll_wanted: bool = False
    trust_wanted: TrustWanted | None = None
    trust_sync_wanted: bool = False
    telemetry_wanted: bool = False  # what lies on disk is to be handed over
    trust_ack_wanted: bool = False  # a renewed code is to be acknowledged to CSSM
    greeted: bool = False  # this contact's Hello went through
    reached: bool = False  # a peer was reached since boot or since the transport changed

    # the model before SLP; nothing of it is used where SLP is, and the other way round
    legacy: LegacyState = field(default_factory=LegacyState)
    right_to_use: RightToUse = field(default_factory=RightToUse)

    @property
    def udi(self) -> Udi:
        """The active unit's UDI."""
        return self.members[0].udi

    @property
    def trust_code(self) -> TrustCode | None:
        """The active unit's trust code."""
        return self.trust.get(self.members[0].udi.short) if self.trust else None
