"""The records an agent's state is made of: policy cells, trust codes, reports, exchanges, history.

All are frozen: a change is a new record in the old one's place (`agent.engine.state`). No struct
can be part of a cycle, so the garbage collector passes them by (`gc=False`).
Field names are the words the device prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

import msgspec

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.engine.actions import Route
from agent.engine.events import Failure
from agent.protocol.messages import (
    AuthorizationData,
    LicenseClass,
    Measurement,
    Request,
    SignedReport,
)


class Role(StrEnum):
    """A unit's part in a high-availability set."""

    ACTIVE = "Active"
    STANDBY = "Standby"
    MEMBER = "Member"


@dataclass(frozen=True, slots=True)
class Member:
    """A unit of a set. `number` is its own through all roles: 1.. ; 0 where none was given yet."""

    udi: Udi
    role: Role = Role.ACTIVE
    number: int = 0


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


SPECIFIC, PLR = "SPECIFIC", "PLR"  # a reservation: of some licences, or of all


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """An installed authorization code; `confirmation_code` where it took another one's place.

    `kind` is SMART AUTHORIZATION; SPECIFIC or PLR for a reservation that an upgrade carried over.
    """

    data: AuthorizationData
    installed: Instant
    confirmation_code: str = ""
    kind: str = "SMART AUTHORIZATION"

    @property
    def is_reservation(self) -> bool:
        return self.kind in (SPECIFIC, PLR)


# --- licences and reports -------------------------------------------------------------------


class LicenceUse(msgspec.Struct, frozen=True, gc=False):
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


# each report is asked for its state dozens of times; Python 3.11 is slow to find RumState.OPEN
OPEN, CLOSED, PENDING, UNACK, ACK = RumState


class StorageState(Enum):
    EXIST = "EXIST"
    DELETED = "DELETED"
    PURGED = "PURGED"
    MISSING = "MISSING"


EXIST = StorageState.EXIST


class RumReport(msgspec.Struct, frozen=True, gc=False):
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


# `dataclasses.replace` for the records that are structs
changed = msgspec.structs.replace


# --- exchanges ------------------------------------------------------------------------------


class Exchange(StrEnum):
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


class ExchangeStatistics(msgspec.Struct, frozen=True, gc=False):
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


class Pending(msgspec.Struct, frozen=True, gc=False):
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


class TimerName:
    """The agent's jobs, by the names of `Upcoming Scheduled Jobs`.

    Names alone, no Enum: Python 3.11 takes eight times as long to reach a member of one.
    """

    DAILY = "Daily"
    START_UTILITY_MEASUREMENTS = "Start Utility Measurements"
    SEND_UTILITY_RUM_REPORTS = "Send Utility RUM reports"
    SAVE_UNREPORTED_RUM_REPORTS = "Save unreported RUM Reports"
    PROCESS_UTILITY_RUM_REPORTS = "Process Utility RUM reports"
    RETRIEVE_DATA_PROCESSING_RESULT = "Retrieve data processing result"
    DATA_SYNCHRONIZATION = "Data Synchronization"
    HELLO_MESSAGE = "Hello Message"
    EXTERNAL_EVENT = "External Event"
    TELEMETRY_REPORTING = "Telemetry Reporting"
    AUTHORIZATION_CODE_PROCESS = "Authorization Code Process"
    REGISTER_PERIOD_EXPIRATION_CHECK = "Register Period Expiration Check"  # trust is tried again
    # ours: the moment at which an attempt that cannot reach its peer is given up and logged
    GIVE_UP = "Give up attempt"
    TRUST_SYNC = "Trust Sync"
    ENDPOINT_ANNOUNCEMENT = "Endpoint announcement"
    UNREPORTED_WARNING = "Unreported warning"
    ACK_RULE_NOTICE = "Acknowledgement notice"
    TRUST_RENEWAL = "Trust renewal"


class LoggedEvent(msgspec.Struct, frozen=True, gc=False):
    """One line of `show license eventlog`: `SAEVT_<name> key="value" ...`."""

    time: Instant
    name: str
    fields: tuple[tuple[str, str], ...] = ()


class AckState(Enum):
    """How it stands with the acknowledgement, by the words and numbers of the licensing MIB."""

    INVALID = "invalid"  # 0: nothing was counted yet
    ACK_NOT_REQUIRED = "ackNotRequired"
    REPORT_NOT_REQUIRED = "reportNotRequired"
    RECEIVED = "received"
    NOT_RECEIVED = "notReceived"
    EXPIRED = "expired"  # 5: the deadline has passed

    @property
    def number(self) -> int:
        return list(AckState).index(self)


class ConversionStatus(Enum):
    """Device-led conversion."""

    NOT_STARTED = "Not started"
    WANTED = "Wanted"  # the next start begins it
    STARTED = "Started"
    SUCCESS = "Success"
    FAILED = "Failed"

    @property
    def word(self) -> str:
        """What stands behind `Status:`."""
        return ConversionStatus.NOT_STARTED.value if self.name == "WANTED" else str(self.value)


@dataclass(frozen=True, slots=True)
class Conversion:
    """Where it stands, and when its data went to a server or into a file."""

    status: ConversionStatus = ConversionStatus.NOT_STARTED
    pushed: Instant | None = None
    exported: Instant | None = None


NO_CONVERSION = Conversion()


class ImportKind(Enum):
    """The sections whose imports are remembered, in the order printed behind `Import`."""

    POLICY = "POLICY"
    AUTH = "AUTH"
    TRUST_CODE = "TRUST CODE"
    RUM_ACK = "RUM ACK"
    CONVERSION_ACK = "CONVERSION ACK"
    ACCOUNT_INFO = "ACCOUNT INFO"


class PastMessage(msgspec.Struct, frozen=True, gc=False):
    """An exchange that is over: when it was sent, when and with what word it ended."""

    sent: Instant
    nonce: str
    answered: Instant
    response: str
    reason: str = "<none>"


class PastImport(msgspec.Struct, frozen=True, gc=False):
    """A section of an imported file; `code` is the return code, 0 when it was installed."""

    imported: Instant
    code: int = 0
    reason: str = ""
