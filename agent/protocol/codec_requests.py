"""What each type of request holds besides its head: a writer and a reader for each.

The tables at the foot name them by type; a later type is one row in each table.
Sources: docs/sources.md, entries request-types, trust-request; members `emu_...` are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from agent.protocol.authorization_messages import (
    AuthorizationRequest,
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
)
from agent.protocol.codec_authorization import (
    authorization_request_from,
    authorization_request_object,
)
from agent.protocol.codec_fields import Fields, MessageError, ReturnCode, compact, sudi
from agent.protocol.codec_reports import report_from, report_object
from agent.protocol.codec_smart_licensing import read_request, write_request
from agent.protocol.messages import (
    HaMember,
    Hello,
    Poll,
    Request,
    Sender,
    TelemetryReport,
    TrustAcknowledgement,
    TrustEstablishment,
    TrustRequest,
    TrustSync,
    UsageReport,
)
from agent.protocol.smart_licensing import SmartLicensingRequest


def _write_hello(request: Hello) -> dict[str, Any]:
    return {"pending_reports": request.pending_reports}


def _read_hello(sender: Sender, data: Fields) -> Hello:
    return Hello(
        sender, data.integer("timestamp"), data.text("nonce"), data.integer("pending_reports", 0)
    )


def _write_usage(request: UsageReport) -> dict[str, Any]:
    members: dict[str, Any] = {
        "usage": [report_object(report) for report in request.usage],
        "trust_requests": [trust_request_object(asked) for asked in request.trust_requests],
    }
    if request.trust_signature:
        members["emu_trust_signature"] = request.trust_signature
    return members


def _read_usage(sender: Sender, data: Fields) -> UsageReport:
    return UsageReport(
        sender,
        data.integer("timestamp"),
        data.text("nonce"),
        usage=tuple(map(report_from, data.objects("usage"))),
        trust_requests=_trust_requests(data),
        trust_signature=data.text("emu_trust_signature", ""),
    )


def _write_telemetry(request: TelemetryReport) -> dict[str, Any]:
    return {"usage": [report_object(report) for report in request.usage]}


def _read_telemetry(sender: Sender, data: Fields) -> TelemetryReport:
    usage = tuple(map(report_from, data.objects("usage")))
    return TelemetryReport(sender, data.integer("timestamp"), data.text("nonce"), usage)


def _write_trust(request: TrustEstablishment) -> dict[str, Any]:
    return {
        "idtoken": request.trust_requests[0].idtoken if request.trust_requests else None,
        "trust_requests": [trust_request_object(asked) for asked in request.trust_requests],
        "emu_trust_signature": request.trust_signature,
    }


def _read_trust(sender: Sender, data: Fields) -> TrustEstablishment:
    return TrustEstablishment(
        sender,
        data.integer("timestamp"),
        data.text("nonce"),
        trust_requests=_trust_requests(data),
        trust_signature=data.text("emu_trust_signature", ""),
    )


def _write_sync(request: TrustSync) -> dict[str, Any]:
    return {
        "device_list": [{"role": d.role, "sudi": sudi(d.udi)} for d in request.devices],
        "trust_ids": list(request.trust_ids),
        "trust_requests": [trust_request_object(asked) for asked in request.trust_requests],
        "emu_trust_signature": request.trust_signature,
    }


def _write_trust_ack(request: TrustAcknowledgement) -> dict[str, Any]:
    return {"trust_ids": list(request.trust_ids)}


def _read_trust_ack(sender: Sender, data: Fields) -> TrustAcknowledgement:
    return TrustAcknowledgement(
        sender, data.integer("timestamp"), data.text("nonce"), trust_ids=_trust_ids(data)
    )


def _trust_ids(data: Fields) -> tuple[int, ...]:
    trust_ids = data.items("trust_ids", required=False)
    if any(not isinstance(item, int) or isinstance(item, bool) for item in trust_ids):
        raise MessageError(ReturnCode.PARSE, "trust_ids is not an array of integers")
    return tuple(trust_ids)


def _read_sync(sender: Sender, data: Fields) -> TrustSync:
    return TrustSync(
        sender,
        data.integer("timestamp"),
        data.text("nonce"),
        devices=tuple(
            HaMember(device.text("role", ""), device.udi())
            for device in data.objects("device_list", required=False)
        ),
        trust_ids=_trust_ids(data),
        trust_requests=_trust_requests(data),
        trust_signature=data.text("emu_trust_signature", ""),
    )


def _trust_requests(data: Fields) -> tuple[TrustRequest, ...]:
    return tuple(map(trust_request_from, data.objects("trust_requests", required=False)))


def _write_codes(request: CodesWanted | CodesConfirmed | CodesReturned) -> dict[str, Any]:
    return {"licenses": [authorization_request_object(unit) for unit in request.units]}


def _units(data: Fields) -> tuple[AuthorizationRequest, ...]:
    return tuple(map(authorization_request_from, data.objects("licenses")))


def _read_wanted(sender: Sender, data: Fields) -> CodesWanted:
    return CodesWanted(sender, data.integer("timestamp"), data.text("nonce"), _units(data))


def _read_confirmed(sender: Sender, data: Fields) -> CodesConfirmed:
    return CodesConfirmed(sender, data.integer("timestamp"), data.text("nonce"), _units(data))


def _read_returned(sender: Sender, data: Fields) -> CodesReturned:
    return CodesReturned(sender, data.integer("timestamp"), data.text("nonce"), _units(data))


def _write_poll(request: Poll) -> dict[str, Any]:
    return {"poll_id": request.poll_id, "action": request.action}


def _read_poll(sender: Sender, data: Fields) -> Poll:
    return Poll(
        sender,
        data.integer("timestamp"),
        data.text("nonce"),
        data.number_text("poll_id"),
        data.text("action", "acknowledgements"),
    )


def trust_request_object(asked: TrustRequest) -> dict[str, Any]:
    """A trust request as messages and files carry it."""
    return {
        "sudi": sudi(asked.udi),
        "software_tag_identifier": asked.software_tag,
        "hostname": asked.hostname,
        "timestamp": asked.timestamp,
        "nonce": asked.nonce,
        "key_algorithm": asked.key_algorithm,
        "csr": asked.csr,
        "idtoken": asked.idtoken,
        "force": asked.force,
    }


def trust_request_from(entry: Fields) -> TrustRequest:
    return TrustRequest(
        udi=entry.udi(),
        software_tag=entry.text("software_tag_identifier"),
        hostname=entry.text("hostname", ""),
        timestamp=entry.integer("timestamp"),
        nonce=entry.text("nonce"),
        csr=entry.text("csr"),
        idtoken=entry.text("idtoken", "") or None,
        force=entry.flag("force", False),
        key_algorithm=entry.text("key_algorithm"),
    )


def trust_requests_text(requests: Sequence[TrustRequest]) -> str:
    """The JSON text a trust signature covers: the array of requests, compact."""
    return compact([trust_request_object(asked) for asked in requests])


KINDS: Mapping[type[Request], str] = {
    Hello: "HELLO",
    UsageReport: "USAGE",
    Poll: "POLL",
    TrustEstablishment: "TRUST_REQUEST",
    TrustSync: "TRUST_SYNC",
    TrustAcknowledgement: "TRUST_ACK",
    CodesWanted: "AUTH_REQUEST",
    CodesConfirmed: "AUTH_CONFIRM",
    CodesReturned: "AUTH_RETURN",
    TelemetryReport: "TELEMETRY",
    SmartLicensingRequest: "SMART_LICENSING",
}
WRITERS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "HELLO": _write_hello,
    "USAGE": _write_usage,
    "POLL": _write_poll,
    "TRUST_REQUEST": _write_trust,
    "TRUST_SYNC": _write_sync,
    "TRUST_ACK": _write_trust_ack,
    "AUTH_REQUEST": _write_codes,
    "AUTH_CONFIRM": _write_codes,
    "AUTH_RETURN": _write_codes,
    "TELEMETRY": _write_telemetry,
    "SMART_LICENSING": write_request,
}
READERS: Mapping[str, Callable[[Sender, Fields], Request]] = {
    "HELLO": _read_hello,
    "USAGE": _read_usage,
    "POLL": _read_poll,
    "TRUST_REQUEST": _read_trust,
    "TRUST_SYNC": _read_sync,
    "TRUST_ACK": _read_trust_ack,
    "AUTH_REQUEST": _read_wanted,
    "AUTH_CONFIRM": _read_confirmed,
    "AUTH_RETURN": _read_returned,
    "TELEMETRY": _read_telemetry,
    "SMART_LICENSING": read_request,
}
