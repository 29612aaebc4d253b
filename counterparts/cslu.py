"""CSLU: takes what devices push, passes it on to CSSM unaltered, keeps each ACK for its device.

Driven by three sources: a device's request, an answer of CSSM (or its absence), and time. What a
device hands over is a parcel: to forward, then at CSSM, then done or refused. `handle` returns
actions: one Answer for the device, CssmCalls for the adapter, which brings exactly one result for
each through the same door. The parcel is in the records before the answer leaves, so nothing is
lost when CSSM is away or this process ends; `uplink` sees to the side of CSSM.
Sources: docs/sources.md, entries cslu-push, cslu-alerts, connect-info.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol.codec import MessageError, decode_request, encode_reply, payload_content
from agent.protocol.codec_fields import compact
from agent.protocol.messages import (
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
    ConnectInfo,
    Hello,
    Poll,
    Reply,
    Request,
    SignedReport,
    StatusCode,
    UsageReport,
)
from counterparts.carried import export, take_archive
from counterparts.judgement import units_with
from counterparts.pull import DeviceAnswered, DeviceCall, DeviceFailed, Pull
from counterparts.repository import (
    CsluRecords,
    Parcel,
    ParcelState,
    ProductInstance,
    PulledInstance,
)
from counterparts.scripts import AckFault, Answer, Script, spoiled, tampered
from counterparts.uplink import (
    CsluSettings,
    CssmAnswered,
    CssmCall,
    CssmUnreachable,
    Handed,
    Uplink,
    note,
)

# source: connect-info
CSLU_INFO = ConnectInfo(
    name="CSLU_V1",
    version="v1",
    capabilities=(
        "UTILITY",
        "DLC",
        "AppHA",
        "MULTITIER",
        "EXPORT_2",
        "OK_TRY_AGAIN",
        "POLICY_USAGE",
        "CSLU_V1",
    ),
)

_OLDER = replace(
    CSLU_INFO, capabilities=tuple(c for c in CSLU_INFO.capabilities if c != "POLICY_USAGE")
)

# --- what happens, and what is to be done ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestArrived:
    """A device posted this body to /cslu/v1/pi."""

    body: bytes


@dataclass(frozen=True, slots=True)
class CollectAsked:
    """The operator wants the usage of this product instance collected."""

    address: str


@dataclass(frozen=True, slots=True)
class FileGiven:
    """The operator wants this licence file handed over to a product instance."""

    address: str
    text: str


CsluEvent = (
    RequestArrived
    | CssmAnswered
    | CssmUnreachable
    | CollectAsked
    | FileGiven
    | DeviceAnswered
    | DeviceFailed
)
CsluAction = Answer | CssmCall | DeviceCall


class Cslu:
    """A CSLU, without sockets or SQL. `script` may be set at any time."""

    def __init__(self, records: CsluRecords, settings: CsluSettings) -> None:
        self._records = records
        self._settings = settings
        self.script = Script()
        with records.transaction():
            records.resume_parcels()
            self._uplink = Uplink(records, settings)
            self._next_due = self._uplink.next_due()
        self._pull = Pull(records, self._uplink)

    def next_deadline(self) -> Instant | None:
        """When the next call to CSSM is due."""
        return self._next_due

    def wake(self, now: Instant) -> tuple[CsluAction, ...]:
        """The calls to CSSM that are due."""
        with self._records.transaction():
            calls = self._uplink.due_calls(now)
            self._next_due = self._uplink.next_due()
        return calls

    def handle(self, event: CsluEvent, now: Instant) -> tuple[CsluAction, ...]:
        """Take an event; what it changed is kept before this returns."""
        if isinstance(event, RequestArrived) and self.script.down:
            return (spoiled(Answer(0, b""), self.script),)
        actions: tuple[CsluAction, ...]
        with self._records.transaction():
            match event:
                case RequestArrived():
                    actions = self._request(event.body, now)
                case CssmAnswered():
                    self._uplink.answered(event, now)
                    actions = self._acknowledged(event.call_id)
                case CssmUnreachable():
                    actions = ()
                    self._uplink.unreachable(event.call_id, event.reason, now)
                case CollectAsked():
                    actions = self._pull.collect(event.address, now)
                case FileGiven():
                    actions = self._pull.give(event.address, event.text, now)
                case DeviceAnswered():
                    actions = self._pull.answered(event, now)
                case DeviceFailed():
                    actions = ()
                    self._pull.failed(event, now)
            self._next_due = self._uplink.next_due()
        return actions

    def instances(self) -> list[ProductInstance]:
        """The inventory: one row per product instance."""
        with self._records.transaction():
            return self._records.instances()

    def add_pulled(self, row: PulledInstance, now: Instant) -> PulledInstance:
        """Collect from a product instance from now on. Raises InputError."""
        with self._records.transaction():
            return self._pull.add(row, now)

    def remove_pulled(self, address: str) -> None:
        """Collect from a product instance no more. Raises InputError."""
        with self._records.transaction():
            self._pull.remove(address)

    def all_pulled(self) -> list[PulledInstance]:
        """The product instances that are collected from, each with what happened last."""
        with self._records.transaction():
            return self._records.all_pulled()

    @property
    def connected(self) -> bool:
        """Does it use the network to CSSM?"""
        return self._uplink.connected

    def connect(self, *, wanted: bool) -> None:
        """Turn the use of the network to CSSM on or off."""
        with self._records.transaction():
            self._uplink.connect(wanted=wanted)
            self._next_due = self._uplink.next_due()

    def export(self, now: Instant) -> bytes:
        """All that waits for CSSM in one archive. Raises InputError."""
        with self._records.transaction():
            return export(self._records, self._uplink, now)

    def take_archive(self, data: bytes, now: Instant) -> tuple[Udi, ...]:
        """The ACKs of an archive of CSSM, to be handed out at the next contact; whose they are.

        Raises InputError.
        """
        with self._records.transaction():
            return take_archive(self._records, data, now)

    def _acknowledged(self, poll_id: int) -> tuple[CsluAction, ...]:
        """The ACK of a parcel that was collected goes to its device at once."""
        parcel = self._records.parcel(poll_id)
        if parcel is None or parcel.state is not ParcelState.DONE or parcel.delivered:
            return ()
        if self.script.ack is AckFault.DROPPED:
            return ()
        return self._pull.acknowledged(parcel.udi)

    # --- devices ------------------------------------------------------------------------------

    def _request(self, body: bytes, now: Instant) -> tuple[CsluAction, ...]:
        try:
            request = decode_request(body).request
        except MessageError as error:
            text = compact({"status_code": "FAILED", "status_message": error.reason})
            return (spoiled(Answer(400, text.encode()), self.script),)
        self._met(request, now)
        reply, calls = _REQUESTS.get(type(request), Cslu._unknown)(self, request, now)
        answer = Answer(200, encode_reply(reply, request, None))
        return (spoiled(answer, self.script), *calls)

    def _unknown(self, request: Request, now: Instant) -> tuple[Reply, tuple[CssmCall, ...]]:
        """What only CSSM answers, such as a request with an ID token."""
        message = "this request is for CSSM"
        return self._reply(request, StatusCode.FAILED, now, message=message), ()

    def _hello(self, request: Hello, now: Instant) -> tuple[Reply, tuple[CssmCall, ...]]:
        # a Hello comes before each poll: an ACK that is about to be asked for waits for that
        settled = now - self._settings.unasked_after_ms
        files = self._deliver(request.sender.udi, now, before=settled)
        return self._reply(request, StatusCode.OK, now, licence_files=files), ()

    def _usage(self, request: UsageReport, now: Instant) -> tuple[Reply, tuple[CssmCall, ...]]:
        udi = request.sender.udi
        if _has_foreign(request.usage, udi):
            message = "a report of another product instance"
            return self._reply(request, StatusCode.FAILED, now, message=message), ()
        files = self._deliver(udi, now)
        parcel, calls = self._pass_on(request, "Usage report", now)
        return self._come_back(request, parcel.poll_id, now, files), calls

    def _codes(self, request: CodesWanted, now: Instant) -> tuple[Reply, tuple[CssmCall, ...]]:
        parcel, calls = self._pass_on(request, "Authorization request", now)
        return self._come_back(request, parcel.poll_id, now, ()), calls

    def _codes_gone(
        self, request: CodesConfirmed | CodesReturned, now: Instant
    ) -> tuple[Reply, tuple[CssmCall, ...]]:
        """A confirmation or a return: the device wants nothing back."""
        what = "Confirmation" if isinstance(request, CodesConfirmed) else "Return"
        _, calls = self._pass_on(request, f"Authorization {what.lower()}", now)
        return self._reply(request, StatusCode.OK, now), calls

    def _pass_on(
        self, request: Handed, what: str, now: Instant
    ) -> tuple[Parcel, tuple[CssmCall, ...]]:
        """The parcel of a request, made unless the request came before."""
        udi = request.sender.udi
        parcel = self._records.parcel_with_nonce(udi, request.nonce)
        if parcel is not None:
            return parcel, ()
        parcel = self._uplink.new_parcel(request, now)
        calls = self._uplink.calls(parcel, now)
        note(self._records, udi, f"{what} from product instance", now)
        return parcel, calls

    def _poll(self, request: Poll, now: Instant) -> tuple[Reply, tuple[CssmCall, ...]]:
        udi = request.sender.udi
        parcel = self._parcel_of(request)
        if parcel is None:
            message = "the poll id is not known"
            return self._reply(request, StatusCode.FAILED, now, message=message), ()
        if parcel.state is ParcelState.REFUSED:
            return self._reply(request, StatusCode.FAILED, now, message=parcel.message), ()
        older = self._deliver(udi, now, but=parcel.poll_id)
        if parcel.state is not ParcelState.DONE or self.script.ack is AckFault.DROPPED:
            return self._come_back(request, parcel.poll_id, now, older), ()
        self._records.save_parcel(replace(parcel, delivered=True))
        note(self._records, udi, "Acknowledgement handed to product instance", now)
        files = tuple(dict.fromkeys((*older, self._file(parcel))))  # one of a file may be both
        return self._reply(
            request, StatusCode.OK, now, poll_id=str(parcel.poll_id), licence_files=files
        ), ()

    def _parcel_of(self, request: Poll) -> Parcel | None:
        digits = request.poll_id
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
            return None
        parcel = self._records.parcel(int(digits))
        return parcel if parcel and parcel.udi == request.sender.udi else None

    def _come_back(
        self, request: Request, poll_id: int, now: Instant, files: tuple[str, ...]
    ) -> Reply:
        seconds = self._settings.poll_seconds
        return self._reply(
            request,
            StatusCode.OK_POLL,
            now,
            poll_id=str(poll_id),
            retry_time_seconds=seconds,
            licence_files=files,
        )

    def _reply(
        self,
        request: Request,
        status: StatusCode,
        now: Instant,
        *,
        message: str = "",
        poll_id: str = "",
        retry_time_seconds: int = 0,
        licence_files: tuple[str, ...] = (),
    ) -> Reply:
        return Reply(
            nonce=request.nonce,
            status=status,
            message=message,
            retry_time_seconds=retry_time_seconds,
            poll_id=poll_id,
            licence_files=licence_files,
            connect=_OLDER if self.script.down_rev else CSLU_INFO,
            server_time=now,
        )

    def _deliver(
        self, udi: Udi, now: Instant, *, but: int = 0, before: Instant | None = None
    ) -> tuple[str, ...]:
        """ACKs that wait for this device; each goes along with one reply unasked.

        `but` names the poll that is being answered; `before` leaves out later reports.
        """
        if self.script.ack is AckFault.DROPPED:
            return ()
        waiting = [
            parcel
            for parcel in self._records.undelivered(udi)
            if parcel.poll_id != but and (before is None or parcel.received <= before)
        ]
        for parcel in waiting:
            self._records.save_parcel(replace(parcel, delivered=True))
            note(self._records, udi, "Acknowledgement handed to product instance", now)
        return tuple(self._file(parcel) for parcel in waiting)

    def _file(self, parcel: Parcel) -> str:
        """The parcel's ACK, with what the script does to it."""
        if self.script.ack is AckFault.TAMPERED:
            return tampered(parcel.licence_file)
        if self.script.ack is AckFault.WRONG_UDI:
            return self._records.file_of_another(parcel.udi) or ""
        if self.script.ack is AckFault.STALE:
            before = self._records.parcel_before(parcel.udi, parcel.poll_id)
            return before.licence_file if before else parcel.licence_file
        return parcel.licence_file

    def _met(self, request: Request, now: Instant) -> None:
        sender = request.sender
        known = self._records.instance(sender.udi)
        if known is None:
            known = ProductInstance(sender.udi, "", "", "", first_contact=now, last_contact=now)
        row = replace(
            known,
            hostname=sender.hostname or known.hostname,
            software_tag=sender.software_tag or known.software_tag,
            product_instance_identifier=sender.product_instance_identifier
            or known.product_instance_identifier,
            last_contact=now,
        )
        self._records.save_instance(row)


def _has_foreign(usage: Sequence[SignedReport], sender: Udi) -> bool:
    """Is a report of a product instance among them that the sender is no unit of?"""
    if all(report.udi == sender for report in usage):
        return False
    try:
        units = units_with(sender, [payload_content(report.payload) for report in usage])
    except MessageError:
        return True
    return any(report.udi not in units for report in usage)


_REQUESTS: Mapping[type[Request], Callable[..., tuple[Reply, tuple[CssmCall, ...]]]] = {
    Hello: Cslu._hello,
    UsageReport: Cslu._usage,
    Poll: Cslu._poll,
    CodesWanted: Cslu._codes,
    CodesConfirmed: Cslu._codes_gone,
    CodesReturned: Cslu._codes_gone,
}
