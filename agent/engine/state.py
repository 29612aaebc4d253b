"""Everything the Smart Agent knows. Show commands read it; only the engine writes it.

AgentState is mutable and owned by one SmartAgent; the records in it are frozen, so a change is
a new record in its place. All of it turns into JSON and back through `agent.device.journal`.
Field names are the words the device prints.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.identity import Account, Udi
from agent.engine.actions import Route
from agent.engine.config import LicenseConfig
from agent.engine.events import Failure
from agent.protocol.messages import (
    AuthorizationData,
    ConnectInfo,
    LicenseClass,
    Measurement,
    Request,
    SignedReport,
)


class Role(Enum):
    """A unit's part in a high-availability set."""

    ACTIVE = "Active"
    STANDBY = "Standby"
    MEMBER = "Member"


@dataclass(frozen=True, slots=True)
class Member:
    udi: Udi
    role: Role = Role.ACTIVE


# --- policy ---------------------------------------------------------------------------------


class Source(Enum):
    """Where a policy's cell comes from; the value stands in brackets behind it."""

    CISCO_DEFAULT = "CISCO default"
    CUSTOMER_POLICY = "Customer Policy"


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of days and where it comes from. 0 means no requirement of that kind."""

    days: int
    source: Source = Source.CISCO_DEFAULT


@dataclass(frozen=True, slots=True)
class ReportingRule:
    """The three day-counts of one licence class."""

    first_report: Cell
    frequency: Cell
    on_change: Cell


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force: default cells overlaid with received ones, each with its source.

    `installed` None and an empty name mean the default alone ("Merged from multiple sources.").
    """

    ack_required: bool
    ack_source: Source
    classes: dict[LicenseClass, ReportingRule]
    name: str = ""
    installed: Instant | None = None
    version: int = 0
    datestamp: str = ""


# --- trust ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrustCode:
    """An installed trust code of one UDI; the private key is the scalar in hex."""

    udi: Udi
    installed: Instant
    trust_id: int
    private_key: str
    id_cert: str
    product_instance_identifier: str
    valid_from: Instant
    valid_to: Instant
    trust_code_type: str = "CSSM"


@dataclass(frozen=True, slots=True)
class PendingTrust:
    """A trust request that went out: the key whose public half stands in the CSR."""

    udi: Udi
    nonce: str
    private_key: str
    requested: Instant


@dataclass(frozen=True, slots=True)
class TrustWanted:
    """Trust by an ID token that is still to be had: the token, and the units it is for."""

    token: str
    units: tuple[Udi, ...]
    force: bool = False


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """An installed authorization code; `confirmation_code` where it took another one's place."""

    data: AuthorizationData
    installed: Instant
    confirmation_code: str = ""


# --- licences and reports -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LicenceUse:
    """A licence handle: what the platform asked for, and what it counts now."""

    handle: int
    feature: str
    entitlement_tag: str
    count: int
    status_time: Instant
    request_time: Instant | None
    licence_class: LicenseClass
    endpoint: bool = False  # counted from endpoint events (access points), announced every 8 h


class RumState(Enum):
    """A RUM report's state; the value is the word of `show license rum id all`."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    PENDING = "PENDING"
    UNACK = "UNACK"
    ACK = "ACK"


class StorageState(Enum):
    EXIST = "EXIST"
    DELETED = "DELETED"
    PURGED = "PURGED"
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class RumReport:
    """One RUM report of one licence's chain. `signed` is there from closing on, until its ACK.

    An open report's current line runs since `measured_since` with `count`; `lines` are the ones
    before it. `previous_id` and `next_id` are 0 at the ends of the chain.
    """

    report_id: int
    entitlement_tag: str
    feature: str
    state: RumState
    opened: Instant
    count: int
    measured_since: Instant
    lines: tuple[Measurement, ...] = ()
    closed: Instant | None = None
    close_reason: str = ""
    sent: Instant | None = None
    acked: Instant | None = None
    previous_id: int = 0
    next_id: int = 0
    flag: str = "N"
    storage: StorageState = StorageState.EXIST
    signed: SignedReport | None = None
    # consumers that came and went at the start of the current line
    added: tuple[Udi, ...] = ()
    removed: tuple[Udi, ...] = ()


# --- exchanges ------------------------------------------------------------------------------


class Exchange(Enum):
    """The exchanges of `Communication Statistics`, in the order printed."""

    TRUST_ESTABLISHMENT = "Trust Establishment"
    TRUST_ACKNOWLEDGEMENT = "Trust Acknowledgement"
    USAGE_REPORTING = "Usage Reporting"
    RESULT_POLLING = "Result Polling"
    AUTHORIZATION_REQUEST = "Authorization Request"
    AUTHORIZATION_CONFIRMATION = "Authorization Confirmation"
    AUTHORIZATION_RETURN = "Authorization Return"
    TRUST_SYNC = "Trust Sync"
    HELLO_MESSAGE = "Hello Message"
    TELEMETRY_REPORTING = "Telemetry Reporting"


@dataclass(frozen=True, slots=True)
class ExchangeStatistics:
    """`Attempts: Total=..`, the last response and the times of one exchange."""

    total: int = 0
    success: int = 0
    fail: int = 0
    ongoing_overall: int = 0
    ongoing_communication: int = 0
    last_response: str = "<none>"
    last_response_time: Instant | None = None
    failure_reason: str = "<none>"
    last_success: Instant | None = None
    last_failure: Instant | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A request in flight, kept so that a restarted emulator can send the same bytes again."""

    exchange: Exchange
    sent: Instant
    route: Route
    message: Request
    report_ids: tuple[int, ...] = ()
    signing_key: str = ""
    # set once the attempt has failed and waits for the moment at which it is given up
    failure: Failure | None = None
    detail: str = ""


class TimerName(Enum):
    """The agent's jobs, by the names of `Upcoming Scheduled Jobs`."""

    DAILY = "Daily"
    START_UTILITY_MEASUREMENTS = "Start Utility Measurements"
    SEND_UTILITY_RUM_REPORTS = "Send Utility RUM reports"
    SAVE_UNREPORTED_RUM_REPORTS = "Save unreported RUM Reports"
    PROCESS_UTILITY_RUM_REPORTS = "Process Utility RUM reports"
    RETRIEVE_DATA_PROCESSING_RESULT = "Retrieve data processing result"
    DATA_SYNCHRONIZATION = "Data Synchronization"
    HELLO_MESSAGE = "Hello Message"
    EXTERNAL_EVENT = "External Event"
    AUTHORIZATION_CODE_PROCESS = "Authorization Code Process"
    REGISTER_PERIOD_EXPIRATION_CHECK = "Register Period Expiration Check"  # trust is tried again
    # ours: the moment at which an attempt that cannot reach its peer is given up and logged
    GIVE_UP = "Give up attempt"
    TRUST_SYNC = "Trust Sync"
    ENDPOINT_ANNOUNCEMENT = "Endpoint announcement"
    UNREPORTED_WARNING = "Unreported warning"
    ACK_RULE_NOTICE = "Acknowledgement notice"


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One line of `show license eventlog`: `SAEVT_<name> key="value" ...`."""

    time: Instant
    name: str
    fields: tuple[tuple[str, str], ...] = ()


class ImportKind(Enum):
    """The sections whose imports are remembered, in the order printed behind `Import`."""

    POLICY = "POLICY"
    AUTH = "AUTH"
    TRUST_CODE = "TRUST CODE"
    RUM_ACK = "RUM ACK"
    CONVERSION_ACK = "CONVERSION ACK"
    ACCOUNT_INFO = "ACCOUNT INFO"


@dataclass(frozen=True, slots=True)
class PastMessage:
    """An exchange that is over: when it was sent, when and with what word it ended."""

    sent: Instant
    nonce: str
    answered: Instant
    response: str
    reason: str = "<none>"


@dataclass(frozen=True, slots=True)
class PastImport:
    """A section of an imported file; `code` is the return code, 0 when it was installed."""

    imported: Instant
    code: int = 0
    reason: str = ""


@dataclass(slots=True)
class History:
    """`show license history message`: the last few of each kind, oldest first."""

    messages: dict[str, tuple[PastMessage, ...]] = field(default_factory=dict)  # by Exchange.value
    imports: dict[str, tuple[PastImport, ...]] = field(default_factory=dict)  # by ImportKind.value


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
    pending_trust: dict[str, PendingTrust] = field(default_factory=dict)  # by Udi.short
    authorizations: dict[str, AuthorizationCode] = field(default_factory=dict)  # by Udi.short
    # (tag, count) asked for, to be saved to a file
    authorization_requests: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    last_return_codes: dict[str, str] = field(default_factory=dict)  # by Udi.short
    returned: tuple[str, ...] = ()  # correlation ids of codes that may not come back
    usage: dict[str, LicenceUse] = field(default_factory=dict)  # by entitlement tag
    reports: dict[int, RumReport] = field(default_factory=dict)  # by report id, ascending
    next_report_id: int = 0
    next_handle: int = 1
    usage_reporting: UsageReporting = field(default_factory=UsageReporting)
    counters: Counters = field(default_factory=Counters)
    statistics: dict[str, ExchangeStatistics] = field(default_factory=dict)  # by Exchange.value
    pending: dict[int, Pending] = field(default_factory=dict)  # by request id
    next_request_id: int = 1
    timers: dict[str, Instant] = field(default_factory=dict)  # by TimerName.value
    eventlog: list[LoggedEvent] = field(default_factory=list)
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
    # the base of the first deadline: first run of Process Utility RUM reports with licences in use
    base: Instant | None = None
    process_anchor: Instant | None = None  # that job repeats daily from here
    # certificates of licence signers, learned from a verified trust code (base64 DER)
    signers: tuple[str, ...] = ()
    # what the contact under way or the next one is for
    hello_wanted: bool = False
    pushes_wanted: int = 0
    poll_wanted: bool = False
    trust_wanted: TrustWanted | None = None
    trust_sync_wanted: bool = False
    greeted: bool = False  # this contact's Hello went through
    reached: bool = False  # a peer was reached since boot or since the transport changed

    @property
    def udi(self) -> Udi:
        """The active unit's UDI."""
        return self.members[0].udi
