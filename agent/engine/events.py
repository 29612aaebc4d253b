"""What happens to the Smart Agent: facts in the past tense, each a frozen value.

Every event reaches the agent through `SmartAgent.handle(event, now)` and is written to the
device's journal first, so a journal replays to the same state.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from agent.core.identity import Udi
from agent.engine.application_ha import ApplicationHa
from agent.engine.config import LicenseConfig
from agent.engine.legacy.events import LegacyEvent
from agent.protocol.messages import Reply

POWER_ON = "PowerOn"  # assumed: the reload reason of a start that nobody asked for


class Scope(Enum):
    """Which units of a high-availability set a command means."""

    ALL = "all"
    LOCAL = "local"


class Failure(StrEnum):
    """Why an exchange brought no reply; the value is the reason a COMM_FAILED message prints."""

    UNRESOLVED = "Unable to resolve server hostname/domain name"
    REFUSED = "Communications failure"
    TIMED_OUT = "Connection timeout"
    HTTP_STATUS = "HTTP Server Error"
    EMPTY_REPLY = "Received empty response from server"
    BAD_REPLY = "Fail to parse response data from SSM server"
    NO_WAY = "Communications init failure"
    PROXY = "Invalid proxy"
    CALL_HOME = "Fail to send out Call Home HTTP message."
    CALL_HOME_OFF = (
        "The action failed because smart license transport is disabled in call-home. Please retry "
        "after manually enabling smart license transport with command "
        '"reporting smart-licensing-data" under the profile'
    )
    TLS = "Cannot establish secure connection because server TLS cert cannot be validated"


@dataclass(frozen=True, slots=True)
class LicenceRequest:
    """The platform asks for a licence: feature name, entitlement tag, count."""

    feature: str
    entitlement_tag: str
    count: int


@dataclass(frozen=True, slots=True)
class Booted:
    """The agent starts. `licences` are what the platform and its configuration consume."""

    config: LicenseConfig
    licences: tuple[LicenceRequest, ...]
    reason: str = "Reload Command"


@dataclass(frozen=True, slots=True)
class TimeReached:
    """A deadline has come; the agent handles all that is due."""


@dataclass(frozen=True, slots=True)
class ConfigChanged:
    """The licensing part of the running configuration is now this."""

    config: LicenseConfig


@dataclass(frozen=True, slots=True)
class UsageChanged:
    """A licence's count is now this; 0 releases it. Added and removed consumers where known."""

    licence: LicenceRequest
    added: tuple[Udi, ...] = ()
    removed: tuple[Udi, ...] = ()
    # an endpoint event re-announces a count (access points, every 8 hours) even if it is the same
    endpoint: bool = False


@dataclass(frozen=True, slots=True)
class UnitsChanged:
    """The set consists of these units now, the active first; `licences` are what they use."""

    units: tuple[Udi, ...]
    licences: tuple[LicenceRequest, ...]


@dataclass(frozen=True, slots=True)
class SwitchedOver:
    """The standby unit has become the active one."""

    licences: tuple[LicenceRequest, ...]


@dataclass(frozen=True, slots=True)
class ApplicationRoleChanged:
    """The part of an application in its high availability; None: it has none."""

    now: ApplicationHa | None


@dataclass(frozen=True, slots=True)
class ClockChanged:
    """The device's calendar is ahead of its instants by this much; no timer moves."""

    offset_ms: int


@dataclass(frozen=True, slots=True)
class SyncAsked:
    """`license smart sync`: exchange with the server now, whatever the daily limit says.

    The active unit reports for all of them; with LOCAL it asks for a trust code for itself alone.
    """

    scope: Scope = Scope.ALL


@dataclass(frozen=True, slots=True)
class TokenEntered:
    """`license smart trust idtoken`: establish trust with CSSM; what comes of it is logged."""

    token: str
    scope: Scope = Scope.LOCAL
    force: bool = False


@dataclass(frozen=True, slots=True)
class AuthorizationAsked:
    """`license smart authorization request`; without `add` it replaces what is installed."""

    feature: str
    scope: Scope = Scope.LOCAL
    add: bool = True


@dataclass(frozen=True, slots=True)
class AuthorizationRequestSaved:
    """What was asked for is to be written to a file."""

    path: str


@dataclass(frozen=True, slots=True)
class AuthorizationReturned:
    """The codes are given back; `path` empty: the return codes are only printed.

    `online` tells the server too, in one attempt.
    """

    scope: Scope = Scope.LOCAL
    path: str = ""
    online: bool = False


@dataclass(frozen=True, slots=True)
class ReplyReceived:
    """A server answered the request with this id."""

    request_id: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class SendFailed:
    """No usable answer to the request with this id. `detail` is e.g. an HTTP status."""

    request_id: int
    failure: Failure
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FileImported:
    """A licence file's text was handed in at the CLI or by a server that pulls."""

    text: str


class SavedUsage(Enum):
    """Which reports `license smart save usage` writes; the value is the word typed."""

    ALL = "all"
    UNREPORTED = "unreported"
    DAYS = "days"
    RUM_ID = "rum-id"


@dataclass(frozen=True, slots=True)
class UsageSaved:
    """Reports are to be written to a file; `number` is that of `days` or the id of `rum-id`.

    `room` is how many bytes the file may have: what does not fit is not handed out. `pulled` says
    that a server asked for the file, to come for it.
    """

    path: str
    which: SavedUsage = SavedUsage.ALL
    number: int = 0
    room: int | None = None
    pulled: bool = False


@dataclass(frozen=True, slots=True)
class ReportsClosed:
    """A server that pulls is about to read: what is open is to be closed."""


@dataclass(frozen=True, slots=True)
class UsageRead:
    """A server that pulls reads closed reports; the answer is a usage file's text."""

    which: SavedUsage = SavedUsage.ALL
    number: int = 0


@dataclass(frozen=True, slots=True)
class TrustRequestSaved:
    """The trust requests of all units without a code are to be written to a file."""

    path: str


@dataclass(frozen=True, slots=True)
class PlatformFault:
    """The platform did something wrong, by a name of `agent.engine.faults`."""

    name: str


@dataclass(frozen=True, slots=True)
class DevelopmentCertificates:
    """`test license smart dev-cert`: is a development root installed in place of the other?"""

    accepted: bool


@dataclass(frozen=True, slots=True)
class EventlogCleared:
    """`license smart clear eventlog`."""


@dataclass(frozen=True, slots=True)
class FactoryResetAsked:
    """`license smart factory reset`: everything the agent stores is wiped; a reload follows."""


@dataclass(frozen=True, slots=True)
class RightToUseActivated:
    """`license right-to-use activate addon ... acceptEULA`: by what right the add-on is used."""

    right: str


Event = (
    Booted
    | TimeReached
    | ConfigChanged
    | UsageChanged
    | UnitsChanged
    | SwitchedOver
    | ApplicationRoleChanged
    | ClockChanged
    | SyncAsked
    | TokenEntered
    | AuthorizationAsked
    | AuthorizationRequestSaved
    | AuthorizationReturned
    | ReplyReceived
    | SendFailed
    | FileImported
    | UsageSaved
    | ReportsClosed
    | UsageRead
    | TrustRequestSaved
    | DevelopmentCertificates
    | EventlogCleared
    | PlatformFault
    | FactoryResetAsked
    | RightToUseActivated
    | LegacyEvent
)
