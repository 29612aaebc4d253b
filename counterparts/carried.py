"""What a CSLU exports for CSSM and imports from it where a person carries it.

All that waits goes into one archive, a file for each product instance; the ACK that comes back
for a file is the ACK of all that was in it. It is handed out as one from the network would be: at
the next contact of a device that pushes, at the next collection from one that is pulled.
Called inside a transaction of the records. Sources: docs/sources.md, entry usage-bundle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.protocol.codec import MessageError
from agent.protocol.codec_files import UsageFile, read_licence_file, write_usage_file
from counterparts import cloud
from counterparts.bundle import UsageBundle, pack_usage, unpack_acks
from counterparts.repository import CsluRecords, Parcel, ParcelState
from counterparts.uplink import Uplink, note

MAKER = "slp-emulator-cslu"  # in place of the id of an installed CSLU


def export(records: CsluRecords, uplink: Uplink, now: Instant) -> bytes:
    """All that waits for CSSM; what was exported before and has no ACK yet goes along again.

    Raises InputError while there is a network to CSSM, or where nothing waits.
    """
    if uplink.connected:
        raise InputError("Cisco is available: all of it goes by the network")
    waiting: dict[Udi, list[Parcel]] = {}
    for state in (ParcelState.EXPORTED, ParcelState.TO_FORWARD):
        for parcel in records.parcels_in(state):
            waiting.setdefault(parcel.udi, []).append(parcel)
    if not waiting:
        raise InputError("there is nothing to export")
    files: dict[str, str] = {}
    for udi, parcels in waiting.items():
        number = records.take_number("file", 1)
        files[str(number)] = write_usage_file(_usage_file(parcels))
        for parcel in parcels:
            kept = replace(parcel, state=ParcelState.EXPORTED, cssm_poll_id=number, due=None)
            records.save_parcel(kept)
        note(records, udi, "Usage report exported for CSSM", now)
    account = uplink.account
    bundle = UsageBundle(MAKER, account.smart_account, account.virtual_account, files)
    return pack_usage(bundle, (account.smart_account_id, account.virtual_account_id), now)


def take_archive(records: CsluRecords, data: bytes, now: Instant) -> tuple[Udi, ...]:
    """Keep the ACKs of an archive for their devices.

    Raises InputError, and keeps nothing, where one of them is of nothing that was exported.
    """
    acks = unpack_acks(data)
    exported: dict[str, list[Parcel]] = {}
    for parcel in records.parcels_in(ParcelState.EXPORTED):
        exported.setdefault(str(parcel.cssm_poll_id), []).append(parcel)
    unknown = sorted(set(acks) - set(exported))
    if unknown:
        allowed = ", ".join(sorted(exported)) or "nothing waits for an ACK"
        raise InputError(f"file {unknown[0]} was not exported by this CSLU", allowed=allowed)
    _check(acks)
    for number, text in acks.items():
        _keep(records, exported[number], text, now)
    return tuple(exported[number][0].udi for number in acks)


def _check(acks: Mapping[str, str]) -> None:
    for number, text in acks.items():
        try:
            read_licence_file(text)
        except MessageError as error:
            raise InputError(f"the ACK of file {number} cannot be read: {error.reason}") from None


def _keep(records: CsluRecords, parcels: Iterable[Parcel], text: str, now: Instant) -> None:
    """One ACK for all parcels of a file; it goes along with the last that wants one."""
    for parcel in parcels:
        done = replace(parcel, state=ParcelState.DONE, licence_file=text, body="", due=None)
        records.save_parcel(replace(done, delivered=True))
    wanted = [parcel for parcel in parcels if not parcel.delivered]
    if wanted:
        last = replace(wanted[-1], state=ParcelState.DONE, licence_file=text, body="", due=None)
        records.save_parcel(last)
        note(records, last.udi, "Acknowledgement received from CSSM", now)


def _usage_file(parcels: Iterable[Parcel]) -> UsageFile:
    """What the parcels of one device hold, as a file the device itself could have saved."""
    whole = UsageFile(())
    for parcel in parcels:
        body = parcel.body.encode()
        if cloud.path_of(parcel.body) == cloud.AUTHORIZATION_PATH:
            nonce, sender, units = cloud.read_authorization(body)
            asked = tuple(unit for unit in units if not unit.confirm_code)  # nothing comes of one
            asked = (*whole.authorization_requests, *asked)
            whole = replace(
                whole,
                sender=sender,
                timestamp=parcel.received,
                nonce=nonce,
                authorization_requests=asked,
            )
            continue
        _, entries = cloud.read_usage(body)
        for entry in entries:
            known = {report.payload for report in whole.reports}
            new = tuple(report for report in entry.usage if report.payload not in known)
            whole = replace(
                whole,
                reports=(*whole.reports, *new),
                sender=entry.sender,
                timestamp=entry.timestamp,
                nonce=entry.nonce,
            )
            if entry.trust_requests:
                whole = replace(
                    whole,
                    trust_requests=entry.trust_requests,
                    trust_signature=entry.trust_signature,
                )
    return whole
