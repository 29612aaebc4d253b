"""Product instances a CSLU collects from by itself: what is asked of them, what comes of it.

Driven by an operator who adds, removes and collects, by the adapter that reaches the devices, and
by ACKs that come from CSSM. What is to be done at a device is a DeviceCall; the adapter brings
exactly one DeviceAnswered or DeviceFailed back. What was collected becomes a parcel like a pushed
one, and goes to CSSM the same way. Everything here runs inside a transaction of the records.
Sources: docs/sources.md, entries cslu-pull, cslu-alerts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.protocol.codec import MessageError, read_usage_file
from agent.protocol.messages import AuthorizationRequest, CodesWanted, UsageReport
from counterparts.repository import CsluRecords, ProductInstance, PulledInstance
from counterparts.saved import report_of
from counterparts.uplink import CssmCall, Uplink, note

# source: cslu-pull (the first three are offered by a CSLU; cli is how a controller does it)
METHODS = {"rest": 443, "restconf": 443, "netconf": 830, "cli": 22}
NO_PARCEL = 0  # in place of a poll id
WAITING, COLLECTING = "Not collected yet", "Collecting usage"


@dataclass(frozen=True, slots=True)
class DeviceCall:
    """Go to this product instance: hand over the files, then collect where that is wanted.

    `files` are (poll id, text of a licence file), the oldest first.
    """

    instance: PulledInstance
    files: tuple[tuple[int, str], ...] = ()
    collect: bool = True


@dataclass(frozen=True, slots=True)
class DeviceAnswered:
    """It is done. `usage` is the text of a usage file, None where nothing was asked for."""

    address: str
    delivered: tuple[int, ...] = ()
    usage: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceFailed:
    """It could not be done, `reason` says why; these files were handed over before."""

    address: str
    reason: str
    delivered: tuple[int, ...] = ()


class Pull:
    """The collecting side of a CSLU."""

    def __init__(self, records: CsluRecords, uplink: Uplink) -> None:
        self._records, self._uplink = records, uplink
        self._under_way: set[str] = set()

    # --- what an operator does ------------------------------------------------------------------

    def add(self, row: PulledInstance, now: Instant) -> PulledInstance:
        """Keep a product instance. Raises InputError for a method there is not, or a double."""
        if row.method not in METHODS:
            raise InputError(f"{row.method!r} is no connect method", allowed=", ".join(METHODS))
        if self._records.pulled(row.address) is not None:
            raise InputError(f"{row.address} is there already")
        kept = replace(row, status=WAITING, status_time=now)
        self._records.save_pulled(kept)
        return kept

    def remove(self, address: str) -> None:
        """Forget a product instance; its reports stay. Raises InputError."""
        self._records.delete_pulled(self.row(address).address)

    def row(self, address: str) -> PulledInstance:
        """A product instance by its address. Raises InputError."""
        found = self._records.pulled(address)
        if found is None:
            known = ", ".join(row.address for row in self._records.all_pulled())
            raise InputError(f"{address!r} is not collected from", allowed=known or "none is")
        return found

    def collect(self, address: str, now: Instant) -> tuple[DeviceCall, ...]:
        """Hand over what waits for it, then collect. Raises InputError."""
        row = self.row(address)
        if address in self._under_way:
            return ()
        self._say(row, COLLECTING, now)
        return (self._call(row, collect=True),)

    def give(self, address: str, text: str, now: Instant) -> tuple[DeviceCall, ...]:
        """Hand over a licence file that no parcel brought. Raises InputError."""
        row = self.row(address)
        if address in self._under_way:
            raise InputError(f"{address} is being worked with; try again in a moment")
        self._under_way.add(address)
        self._say(row, "Handing over a file", now)
        return (DeviceCall(row, ((NO_PARCEL, text),), collect=False),)

    # --- what comes of it -----------------------------------------------------------------------

    def answered(self, event: DeviceAnswered, now: Instant) -> tuple[DeviceCall | CssmCall, ...]:
        """Take what a device handed out; it is in the records before anything goes on."""
        self._under_way.discard(event.address)
        self._handed_over(event.delivered, now)
        row = self._records.pulled(event.address)
        if row is None:
            return ()
        if event.usage is None:
            if event.delivered:
                file = event.delivered == (NO_PARCEL,)
                what = "File" if file else "Acknowledgement"
                self._say(row, f"{what} handed to product instance", now)
            return self._waiting(row)
        if not event.usage.strip():
            self._say(replace(row, collected=now), "No usage to collect", now)
            return self._waiting(row)
        try:
            usage = read_usage_file(event.usage)
            report = report_of(usage)
        except MessageError as error:
            self._say(row, f"The usage cannot be read: {error.reason}", now, failed=True)
            return ()
        return self._taken(row, report, usage.authorization_requests, now)

    def failed(self, event: DeviceFailed, now: Instant) -> None:
        """Say what went wrong on the row; what was not handed over waits for the next time."""
        self._under_way.discard(event.address)
        self._handed_over(event.delivered, now)
        row = self._records.pulled(event.address)
        if row is not None:
            self._say(row, event.reason, now, failed=True)

    def acknowledged(self, udi: Udi) -> tuple[DeviceCall, ...]:
        """An ACK has come: give it to the product instance at once, if it is one of ours."""
        rows = [row for row in self._records.all_pulled() if row.udi == udi]
        return tuple(call for row in rows[:1] for call in self._waiting(row))

    # --- parts of them --------------------------------------------------------------------------

    def _taken(
        self,
        row: PulledInstance,
        report: UsageReport,
        codes: tuple[AuthorizationRequest, ...],
        now: Instant,
    ) -> tuple[DeviceCall | CssmCall, ...]:
        udi = report.sender.udi
        known = self._records.instance(udi)
        if known is None:
            known = ProductInstance(udi, "", "", "", first_contact=now, last_contact=now)
        sender = report.sender
        self._records.save_instance(
            replace(
                known,
                hostname=sender.hostname or known.hostname,
                software_tag=sender.software_tag or known.software_tag,
                product_instance_identifier=sender.product_instance_identifier
                or known.product_instance_identifier,
                last_contact=now,
            )
        )
        row = replace(row, udi=udi, collected=now)
        self._say(row, "Usage report from product instance", now)
        note(self._records, udi, "Usage report from product instance", now)
        if self._records.parcel_with_nonce(udi, report.nonce) is not None:
            return self._waiting(row)
        parcels = [self._uplink.new_parcel(report, now)]
        if codes:  # another message to CSSM: its nonce is another one too
            asked = CodesWanted(sender, report.timestamp, f"{report.nonce}1", codes)
            parcels.append(self._uplink.new_parcel(asked, now))
        calls = (call for parcel in parcels for call in self._uplink.calls(parcel, now))
        return (*calls, *self._waiting(row))

    def _waiting(self, row: PulledInstance) -> tuple[DeviceCall, ...]:
        """A call with the ACKs that wait for a product instance, where there are any."""
        if row.udi is None or row.address in self._under_way:
            return ()
        call = self._call(row, collect=False)
        if call.files:
            return (call,)
        self._under_way.discard(row.address)
        return ()

    def _call(self, row: PulledInstance, *, collect: bool) -> DeviceCall:
        self._under_way.add(row.address)
        waiting = self._records.undelivered(row.udi) if row.udi is not None else []
        files = tuple((parcel.poll_id, parcel.licence_file) for parcel in waiting)
        return DeviceCall(row, files, collect)

    def _handed_over(self, poll_ids: Iterable[int], now: Instant) -> None:
        for poll_id in poll_ids:
            parcel = self._records.parcel(poll_id)
            if parcel is not None:
                self._records.save_parcel(replace(parcel, delivered=True))
                text = "Acknowledgement handed to product instance"
                note(self._records, parcel.udi, text, now)

    def _say(self, row: PulledInstance, text: str, now: Instant, *, failed: bool = False) -> None:
        self._records.save_pulled(replace(row, status=text, status_time=now, failed=failed))
