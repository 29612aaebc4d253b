"""A CSLU's side towards CSSM: calls that go out, answers that come in, what is tried again.

A call is the parcel's own number; its answer moves the parcel on. No answer, a bad one or a
status that is none of CSSM's keeps the parcel where it is, with a wait that doubles each time.
Everything here runs inside a transaction of the records. Sources: docs/sources.md, entry cloud-api.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from agent.core.clock import SECOND, Instant
from agent.core.identity import Udi
from agent.protocol.codec import MessageError
from agent.protocol.codec_fields import compact
from agent.protocol.messages import CodesConfirmed, CodesReturned, CodesWanted, UsageReport
from counterparts import cloud
from counterparts.account import SmartAccount, default_account
from counterparts.cloud import CloudResult
from counterparts.repository import (
    FORGET_EVERY,
    KEEP_MS,
    CsluRecords,
    Parcel,
    ParcelState,
)

FIRST_POLL_ID = 1_000_000_001
_CONNECTIVITY, _OFF = "connectivity", "off"


@dataclass(frozen=True, slots=True)
class CsluSettings:
    """What a lab may choose. Devices are told to come back after `poll_seconds`."""

    account: SmartAccount = field(default_factory=default_account)
    poll_seconds: int = 60
    unasked_after_ms: int = 600 * SECOND  # a Hello brings ACKs of reports at least so old
    first_retry_ms: int = 30 * SECOND  # doubles with every failure
    longest_retry_ms: int = 3600 * SECOND


@dataclass(frozen=True, slots=True)
class CssmAnswered:
    """CSSM answered a call."""

    call_id: int
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class CssmUnreachable:
    """No answer to a call came."""

    call_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class CssmCall:
    """Post this to CSSM, with an access token; bring one CssmAnswered or CssmUnreachable back."""

    call_id: int
    path: str
    headers: Mapping[str, str]
    body: bytes


Handed = UsageReport | CodesWanted | CodesConfirmed | CodesReturned


def _body(request: Handed, now: Instant) -> str:
    if isinstance(request, UsageReport):
        return cloud.usage_body(request, now)
    return cloud.authorization_body(request, now)


class Uplink:
    """Moves parcels between the device's side and CSSM."""

    def __init__(self, records: CsluRecords, settings: CsluSettings) -> None:
        """Called inside a transaction."""
        self._records = records
        self._settings = settings
        self.connected = records.setting(_CONNECTIVITY) != _OFF

    def connect(self, *, wanted: bool) -> None:
        """Use the network to CSSM, or keep everything here until somebody carries it there.

        What was exported goes by network once there is one: CSSM knows what it has already.
        """
        self.connected = wanted
        self._records.set_setting(_CONNECTIVITY, "on" if wanted else _OFF)
        if not wanted:
            return
        for parcel in self._records.parcels_in(ParcelState.EXPORTED):
            again = replace(parcel, state=ParcelState.TO_FORWARD, cssm_poll_id=0, attempts=0)
            self._records.save_parcel(again)
        self._records.resume_parcels()

    @property
    def account(self) -> SmartAccount:
        """The Smart Account and Virtual Account that all of it is for."""
        return self._settings.account

    def next_due(self) -> Instant | None:
        """When the next call is due; None while there is no network."""
        return self._records.next_due() if self.connected else None

    def due_calls(self, now: Instant) -> tuple[CssmCall, ...]:
        """The calls whose time has come."""
        due = self._records.due_parcels(now) if self.connected else ()
        return tuple(call for parcel in due for call in self.calls(parcel, now))

    def new_parcel(self, request: Handed, now: Instant) -> Parcel:
        """What a device handed over, due at once. Nothing comes back for a code returned."""
        poll_id = self._records.take_number("poll", FIRST_POLL_ID)
        if poll_id % FORGET_EVERY == 0:
            self._records.forget_parcels(now - KEEP_MS)
        return Parcel(
            poll_id=poll_id,
            udi=request.sender.udi,
            nonce=request.nonce,
            state=ParcelState.TO_FORWARD,
            body=_body(request, now),
            delivered=isinstance(request, CodesConfirmed | CodesReturned),
            received=now,
            due=now,
        )

    def calls(self, parcel: Parcel, now: Instant) -> tuple[CssmCall, ...]:
        """Hand the parcel to CSSM, or ask for its result; nothing is due until the answer.

        Without a network the parcel is kept and there is no call.
        """
        if not self.connected:
            self._records.save_parcel(parcel)
            return ()
        self._records.save_parcel(replace(parcel, due=None))
        path, body = cloud.path_of(parcel.body), parcel.body
        if parcel.state is ParcelState.AT_CSSM:
            path = cloud.POLL_PATH
            body = cloud.poll_body(parcel.cssm_poll_id, parcel.nonce, now)
        account, udi = self._settings.account, parcel.udi
        headers = {
            cloud.SMART_ACCOUNT_HEADER: str(account.smart_account_id),
            cloud.VIRTUAL_ACCOUNT_HEADER: str(account.virtual_account_id),
            cloud.REQUESTING_HEADER: compact(
                {"udi_pid": udi.pid, "udi_serial_number": udi.sn, "display_name": udi.short}
            ),
        }
        return (CssmCall(parcel.poll_id, path, headers, body.encode()),)

    def answered(self, event: CssmAnswered, now: Instant) -> None:
        """Move the parcel on by what CSSM said of it."""
        parcel = self._records.parcel(event.call_id)
        if parcel is None or parcel.state not in (ParcelState.TO_FORWARD, ParcelState.AT_CSSM):
            return
        if event.status not in (200, 202):
            self.unreachable(event.call_id, f"CSSM answered {event.status}", now)
            return
        try:
            result = cloud.read_answer(event.body)
        except MessageError as error:
            self.unreachable(event.call_id, f"CSSM answered badly: {error.reason}", now)
            return
        outcome = _RESULTS.get(result.status)
        if outcome is None or result.nonce != parcel.nonce:
            self.unreachable(event.call_id, "CSSM answered something else", now)
            return
        outcome(self, parcel, result, now)

    def _taken(self, parcel: Parcel, result: CloudResult, now: Instant) -> None:
        """CSSM has it, or is still at it: ask again, less and less often."""
        first = parcel.state is ParcelState.TO_FORWARD
        asked = 0 if first else parcel.attempts + 1
        interval = max(1, result.poll_interval_seconds or self._settings.poll_seconds) * SECOND
        wait = max(interval, min(interval << min(asked, 20), self._settings.longest_retry_ms))
        self._records.save_parcel(
            replace(
                parcel,
                state=ParcelState.AT_CSSM,
                cssm_poll_id=result.poll_id or parcel.cssm_poll_id,
                due=now + wait,
                attempts=asked,
            )
        )
        if first:
            report = cloud.path_of(parcel.body) == cloud.REPORT_PATH
            what = "Usage report" if report else "Authorization request"
            note(self._records, parcel.udi, f"{what} uploaded to CSSM", now)

    def _complete(self, parcel: Parcel, result: CloudResult, now: Instant) -> None:
        """The ACK is here; it waits for its device."""
        mine = [found for found in result.results if found.udi == parcel.udi]
        if not mine:
            self._refuse(parcel, "CSSM answered for another product instance", now)
            return
        text = mine[0].licence_file
        self._records.save_parcel(
            replace(parcel, state=ParcelState.DONE, licence_file=text, body="", due=None)
        )
        note(self._records, parcel.udi, "Acknowledgement received from CSSM", now)

    def _failed(self, parcel: Parcel, result: CloudResult, now: Instant) -> None:
        """CSSM lost the upload: hand it over again. CSSM does not want it: tell the device."""
        if parcel.state is ParcelState.AT_CSSM and parcel.body:
            again = replace(parcel, state=ParcelState.TO_FORWARD, cssm_poll_id=0)
            self._records.save_parcel(self._later(again, now))
            return
        self._refuse(parcel, result.message or "CSSM refused the report", now)

    def _refuse(self, parcel: Parcel, message: str, now: Instant) -> None:
        self._records.save_parcel(
            replace(parcel, state=ParcelState.REFUSED, message=message, body="", due=None)
        )
        note(self._records, parcel.udi, f"Usage report refused: {message}", now)

    def unreachable(self, call_id: int, reason: str, now: Instant) -> None:
        """Keep the parcel and try again later."""
        parcel = self._records.parcel(call_id)
        if parcel is not None and parcel.state in (ParcelState.TO_FORWARD, ParcelState.AT_CSSM):
            self._records.save_parcel(self._later(parcel, now))
            note(self._records, parcel.udi, f"Upload to CSSM failed: {reason}", now)

    def _later(self, parcel: Parcel, now: Instant) -> Parcel:
        """The parcel with its next try: the wait doubles with every failure."""
        wait = self._settings.first_retry_ms << min(parcel.attempts, 20)
        due = now + min(wait, self._settings.longest_retry_ms)
        return replace(parcel, due=due, attempts=parcel.attempts + 1)


def note(records: CsluRecords, udi: Udi, text: str, now: Instant) -> None:
    """What the inventory says of the device from now on."""
    row = records.instance(udi)
    if row is not None:
        records.save_instance(replace(row, alert=text, alert_time=now))


_RESULTS: Mapping[str, Callable[[Uplink, Parcel, CloudResult, Instant], None]] = {
    "OK_POLL": Uplink._taken,
    "COMPLETE": Uplink._complete,
    "FAILED": Uplink._failed,
}
