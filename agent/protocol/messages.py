"""What the agent and its servers say to each other, as values.

Requests go up (HELLO, USAGE, POLL), a Reply comes back, and inside a finished reply travels a
licence file: the ACK with its sections, each with the exact text that was signed. Nothing here
knows bytes; `codec` reads and writes them. Shapes: wire.md as recorded in docs/sources.md,
entries rum-report, licence-file, envelope; `slp-emu/1` where nothing is documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Generic, TypeVar

import msgspec

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol.authorization_messages import AuthorizationRequest as AuthorizationRequest
from agent.protocol.authorization_messages import CodesConfirmed as CodesConfirmed
from agent.protocol.authorization_messages import CodesReturned as CodesReturned
from agent.protocol.authorization_messages import CodesWanted as CodesWanted
from agent.protocol.sender import Sender as Sender
from agent.protocol.smart_licensing import SmartLicensingRequest, SmartLicensingResult

ENTITLEMENT, TELEMETRY = "ENTITLEMENT", "TELEMETRY"  # the metrics of measurements


class LicenseClass(StrEnum):
    """The four attribute groups of a policy."""

    PERPETUAL = "perpetual"
    SUBSCRIPTION = "subscription"
    ENFORCED = "enforced"
    EXPORT = "export"


class StatusCode(Enum):
    """`status_code` of a reply."""

    OK = "OK"
    OK_POLL = "OK_POLL"
    OK_TRY_AGAIN = "OK_TRY_AGAIN"
    FAILED = "FAILED"
    VERSION_TOO_HIGH = "VERSION_TOO_HIGH"


class SignedReport(msgspec.Struct, frozen=True, gc=False):
    """A RUM report as it travels: the payload text is relayed byte for byte."""

    payload: str
    udi: Udi
    signing_type: str
    key: str
    value: str


class TrustRequest(msgspec.Struct, frozen=True, gc=False):
    """A request for a trust code, one per UDI; `csr` is base64 DER PKCS#10."""

    udi: Udi
    software_tag: str
    hostname: str
    timestamp: Instant
    nonce: str
    csr: str
    idtoken: str | None = None
    force: bool = False
    key_algorithm: str = "EC-P256"


@dataclass(frozen=True, slots=True)
class ConnectInfo:
    """A peer's description of itself."""

    name: str
    version: str
    capabilities: tuple[str, ...] = ()
    production: bool = True


# --- requests ------------------------------------------------------------------------------


class Hello(msgspec.Struct, frozen=True, gc=False):
    """Ask a CSLU whether it is there."""

    sender: Sender
    timestamp: Instant
    nonce: str
    pending_reports: int = 0


class UsageReport(msgspec.Struct, frozen=True, gc=False):
    """Hand over closed RUM reports, oldest first, and trust requests where a code is missing."""

    sender: Sender
    timestamp: Instant
    nonce: str
    usage: tuple[SignedReport, ...] = ()
    trust_requests: tuple[TrustRequest, ...] = ()
    # base64 DER ECDSA over the JSON text of trust_requests, by the CSR's key: proof of possession
    trust_signature: str = ""


class Poll(msgspec.Struct, frozen=True, gc=False):
    """Ask for the result of something the server took earlier."""

    sender: Sender
    timestamp: Instant
    nonce: str
    poll_id: str
    action: str = "acknowledgements"


class TrustEstablishment(msgspec.Struct, frozen=True, gc=False):
    """Ask CSSM for trust codes with an ID token, which stands in each of the requests."""

    sender: Sender
    timestamp: Instant
    nonce: str
    trust_requests: tuple[TrustRequest, ...]
    trust_signature: str


class TrustSync(msgspec.Struct, frozen=True, gc=False):
    """Bring CSSM and the units of a trusted device into line.

    `devices` are all units, `trust_requests` those of units that have no code yet.
    """

    sender: Sender
    timestamp: Instant
    nonce: str
    devices: tuple[HaMember, ...] = ()
    trust_ids: tuple[int, ...] = ()
    trust_requests: tuple[TrustRequest, ...] = ()
    trust_signature: str = ""


class TrustAcknowledgement(msgspec.Struct, frozen=True, gc=False):
    """Tell CSSM which trust codes are installed now; the others of these units are over."""

    sender: Sender
    timestamp: Instant
    nonce: str
    trust_ids: tuple[int, ...] = ()


class TelemetryReport(msgspec.Struct, frozen=True, gc=False):
    """Hand over closed reports of the metric TELEMETRY, oldest first."""

    sender: Sender
    timestamp: Instant
    nonce: str
    usage: tuple[SignedReport, ...] = ()


Request = (
    TelemetryReport
    | TrustAcknowledgement
    | Hello
    | UsageReport
    | Poll
    | TrustEstablishment
    | TrustSync
    | CodesWanted
    | CodesConfirmed
    | CodesReturned
    | SmartLicensingRequest
)


# --- replies -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer. `licence_files` are texts of section 8.3, oldest first.

    `retry_time_seconds` is meaningful with OK_POLL and OK_TRY_AGAIN. `signature` is the envelope's,
    over a text whose SHA-256 in hex is `signed_digest`; both are empty in an unsigned reply.
    """

    nonce: str
    status: StatusCode
    message: str = ""
    retry_time_seconds: int = 0
    poll_id: str = ""
    licence_files: tuple[str, ...] = ()
    connect: ConnectInfo | None = None
    server_time: Instant = 0
    signature: str = ""
    signed_digest: str = ""
    # what a step of the model before SLP gave
    smart_licensing: SmartLicensingResult | None = None


# --- the licence file: what an ACK carries ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrustData:
    """A trust code for one UDI; `valid_to` 0: it never expires. Certificates are base64 DER."""

    udi: Udi
    software_tag: str
    product_instance_identifier: str
    trust_id: int
    request_nonce: str
    valid_from: Instant
    valid_to: Instant
    id_cert: str
    signing_chain: tuple[str, ...]
    trust_code_type: str = "CSSM"
    attributes: tuple[str, ...] = ()


class RuleCells(msgspec.Struct, frozen=True, gc=False):
    """One class of a policy as received, in days; None where the server left the cell out."""

    first_report: int | None = None
    frequency: int | None = None
    on_change: int | None = None


@dataclass(frozen=True, slots=True)
class PolicyData:
    """A policy as a server sends it. `datestamp` is `YYYY-MM-DDTHH:MM:SS`."""

    name: str
    version: int
    datestamp: str
    ack_required: bool
    classes: Mapping[LicenseClass, RuleCells]


class AckStatus(Enum):
    """What the server says of one report."""

    ACK = "ACK"
    DUPLICATE = "DUPLICATE"  # acknowledged before; the device treats it as ACK
    REJECTED = "REJECTED"
    CONFLICT = "CONFLICT"  # the same id with another content
    UNKNOWN_UDI = "UNKNOWN_UDI"


class AckedReport(msgspec.Struct, frozen=True, gc=False):
    report_id: int
    payload_sha256: str
    status: AckStatus
    reason: str | None = None


class AckData(msgspec.Struct, frozen=True, gc=False):
    """The acknowledgement of one UDI's reports."""

    udi: Udi
    software_tag: str
    product_instance_identifier: str
    ack_time: Instant
    request_nonce: str
    reports: tuple[AckedReport, ...]


class AccountData(msgspec.Struct, frozen=True, gc=False):
    timestamp: Instant
    smart_account: str
    virtual_account: str
    smart_account_id: int
    virtual_account_id: int
    domain: str


@dataclass(frozen=True, slots=True)
class AuthorizedLicence:
    """A licence an authorization code stands for."""

    tag: str
    count: int
    license_type: str = "PERPETUAL"
    display_name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class AuthorizationData:
    """An authorization code of one unit; flag `A`, or `R` with no licences: taken away."""

    udi: Udi
    flag: str
    product_instance_identifier: str
    date_stamp: str
    licences: tuple[AuthorizedLicence, ...]
    correlation_id: str
    smart_account: str = ""
    virtual_account: str = ""


T = TypeVar("T")


class Section(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """A section of a licence file: its data, the exact text under the signature, the signature.

    `digest` is the SHA-256 of that text, in hex.
    """

    data: T
    signed_text: str
    signature: str
    digest: str


class LicenceFile(msgspec.Struct, frozen=True, gc=False):
    """A parsed ACK or policy file. Absent sections are None or empty."""

    trust: Section[tuple[TrustData, ...]] | None = None
    policy: Section[PolicyData] | None = None
    ack: Section[tuple[AckData, ...]] | None = None
    account: Section[AccountData] | None = None
    # sources of the <smartLicenseAuthorization> elements, one for each unit
    authorizations: tuple[str, ...] = ()
    correlation_id: str = ""
    # element names of sections that are there and cannot be read; the others stay usable
    unreadable: tuple[str, ...] = ()


# --- the content of one RUM report --------------------------------------------------------------


class Measurement(msgspec.Struct, frozen=True, gc=False):
    """One line of a report: a count that held from start to end. Times are whole seconds * 1000."""

    start: Instant
    end: Instant
    count: int
    samples: int
    log_time: Instant
    metric: str = ENTITLEMENT
    termination_reason: str = ""
    added: tuple[Udi, ...] = ()
    removed: tuple[Udi, ...] = ()


class HaMember(msgspec.Struct, frozen=True, gc=False):
    role: str
    udi: Udi


class ReportContent(msgspec.Struct, frozen=True, gc=False):
    """Everything a RUM report's payload states."""

    report_id: int
    software_tag: str
    udi: Udi
    entitlement_tag: str
    software_version: str
    ha_udi: tuple[HaMember, ...]
    measurements: tuple[Measurement, ...]
    product_instance_identifier: str = ""
    utility_enabled: bool = False
    custom_id: str = ""
    customer_tags: tuple[tuple[str, str], ...] = ()
    customer_info: tuple[tuple[str, str], ...] = ()
