"""What the counterparts remember, as rows, and what they ask of the place that keeps them.

The cores see only these interfaces; `records` keeps the rows in SQL. All that belongs to one
exchange happens inside one `transaction()`, which is on disk before the reply goes out.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from agent.core.clock import DAY, Instant
from agent.core.identity import Udi

# assumed: ACKs handed out are kept a month, looked through every so many uploads
KEEP_MS = 30 * DAY
FORGET_EVERY = 64


@dataclass(frozen=True, slots=True)
class ProductInstance:
    """A product instance as a server knows it. `alert` is the last thing that happened to it.

    `trust_proved` is the earliest close of a report it signed with a trust code (CSSM only).
    """

    udi: Udi
    hostname: str
    software_tag: str
    product_instance_identifier: str
    first_contact: Instant
    last_contact: Instant
    alert: str = ""
    alert_time: Instant = 0
    trust_proved: Instant | None = None


@dataclass(frozen=True, slots=True)
class IssuedTrust:
    """A trust code CSSM issued for a request; the last one of a UDI is the one in force."""

    trust_id: int
    udi: Udi
    request_nonce: str
    csr: str
    id_cert: str
    valid_from: Instant
    valid_to: Instant


@dataclass(frozen=True, slots=True)
class Usage:
    """A report CSSM accepted. `count` is that of its last measurement."""

    udi: Udi
    report_id: int
    payload_sha256: str
    entitlement_tag: str
    count: int
    start: Instant
    end: Instant
    received: Instant
    signing_type: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A device's part of a usage upload at CSSM, and its ACK, to be fetched from `ready` on."""

    poll_id: int
    udi: Udi
    software_tag: str
    received: Instant
    ready: Instant
    licence_file: str


@dataclass(frozen=True, slots=True)
class IssuedAuthorization:
    """An authorization code CSSM issued; `tags` are the licences it stands for, one a line."""

    udi: Udi
    date_stamp: str
    correlation_id: str
    tags: str
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """An ID token of CSSM: each trust code asked for with it takes one use."""

    token: str
    description: str
    created: Instant
    expires: Instant
    max_uses: int
    used: int = 0


class ParcelState(Enum):
    """Where a parcel of reports stands at a CSLU."""

    TO_FORWARD = "to forward"  # taken from the device, not yet taken by CSSM
    AT_CSSM = "at CSSM"  # taken by CSSM, result not there yet
    EXPORTED = "exported"  # in a file for CSSM; `cssm_poll_id` is the number of the file
    DONE = "done"  # the ACK is here
    REFUSED = "refused"  # CSSM will not take it


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a device handed to a CSLU in one message, on its way to CSSM and back.

    `body` is the message for CSSM; `due` the next time something is to be done, None while a
    call to CSSM is under way or nothing is left to do.
    """

    poll_id: int
    udi: Udi
    nonce: str
    state: ParcelState
    body: str
    received: Instant
    due: Instant | None
    attempts: int = 0
    cssm_poll_id: int = 0
    licence_file: str = ""
    delivered: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class PulledInstance:
    """A product instance a CSLU collects from. `udi` is known once it has answered.

    `plain` is HTTP without TLS; `ssh_port` is where files are copied to and from it. `status` says
    what happened last, `failed` whether that was a fault.
    """

    address: str
    host: str
    port: int
    method: str
    username: str
    password: str
    ssh_port: int = 22
    plain: bool = False
    udi: Udi | None = None
    status: str = ""
    status_time: Instant = 0
    failed: bool = False
    collected: Instant | None = None


class Records(Protocol):
    """What both counterparts need kept. Everything but `transaction` is called inside one."""

    def transaction(self) -> AbstractContextManager[object]: ...
    def setting(self, name: str) -> str | None: ...
    def set_setting(self, name: str, value: str) -> None: ...
    def take_number(self, name: str, first: int) -> int: ...
    def instance(self, udi: Udi) -> ProductInstance | None: ...
    def instances(self) -> list[ProductInstance]: ...
    def save_instance(self, row: ProductInstance) -> None: ...
    def delete_instance(self, udi: Udi) -> None: ...


class CssmRecords(Records, Protocol):
    """What CSSM keeps."""

    def usage(self, udi: Udi, report_id: int) -> Usage | None: ...
    def all_usage(self) -> list[Usage]: ...
    def add_usage(self, row: Usage) -> None: ...
    def trust(self, udi: Udi, trust_id: int) -> IssuedTrust | None: ...
    def trust_for(self, udi: Udi, request_nonce: str) -> IssuedTrust | None: ...
    def add_trust(self, row: IssuedTrust) -> None: ...
    def uploads(self, poll_id: int) -> list[Upload]: ...
    def upload_before(self, udi: Udi, poll_id: int) -> Upload | None: ...
    def last_upload(self, udi: Udi | None) -> Upload | None: ...
    def add_upload(self, row: Upload) -> None: ...
    def forget_uploads(self, before: Instant) -> None: ...
    def authorization(self, udi: Udi) -> IssuedAuthorization | None: ...
    def authorizations(self, udi: Udi) -> list[IssuedAuthorization]: ...
    def authorized(self) -> list[Udi]: ...
    def save_authorization(self, row: IssuedAuthorization) -> None: ...
    def token(self, text: str) -> Token | None: ...
    def tokens(self) -> list[Token]: ...
    def save_token(self, row: Token) -> None: ...
    def seen_nonce(self, udi: Udi, nonce: str) -> bool: ...
    def keep_nonce(self, udi: Udi, nonce: str, now: Instant) -> None: ...
    def forget_nonces(self, before: Instant) -> None: ...


class CsluRecords(Records, Protocol):
    """What a CSLU keeps."""

    def parcel(self, poll_id: int) -> Parcel | None: ...
    def parcel_with_nonce(self, udi: Udi, nonce: str) -> Parcel | None: ...
    def parcel_before(self, udi: Udi, poll_id: int) -> Parcel | None: ...
    def file_of_another(self, udi: Udi) -> str | None: ...
    def save_parcel(self, row: Parcel) -> None: ...
    def undelivered(self, udi: Udi) -> list[Parcel]: ...
    def due_parcels(self, now: Instant) -> list[Parcel]: ...
    def next_due(self) -> Instant | None: ...
    def parcels_in(self, state: ParcelState) -> list[Parcel]: ...
    def resume_parcels(self) -> None: ...
    def forget_parcels(self, before: Instant) -> None: ...
    def pulled(self, address: str) -> PulledInstance | None: ...
    def all_pulled(self) -> list[PulledInstance]: ...
    def save_pulled(self, row: PulledInstance) -> None: ...
    def delete_pulled(self, address: str) -> None: ...
