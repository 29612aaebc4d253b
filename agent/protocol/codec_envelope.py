"""The envelope of an exchange: three levels of JSON, each a string inside the one around it.

A request is `signature` over `request`, whose `request_data` differs by request type, which is
the matter of `codec_requests`. A reply is `signature` (null from a CSLU)
over `response`. The nonce stands at every level and must be the same everywhere.
Sources: docs/sources.md, entries envelope, request-types, connect-info.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from agent.core.identity import Udi
from agent.protocol import signing
from agent.protocol.codec_fields import (
    Fields,
    MessageError,
    ReturnCode,
    compact,
    decoded,
    encoded,
    parse_object,
    sudi,
)
from agent.protocol.codec_requests import KINDS, READERS, WRITERS
from agent.protocol.codec_smart_licensing import read_result, write_result
from agent.protocol.messages import (
    ConnectInfo,
    Hello,
    Poll,
    Reply,
    Request,
    Sender,
    StatusCode,
    TrustEstablishment,
    TrustSync,
)

MESSAGE_VERSION = "1.3"
AGENT_CAPABILITIES = (
    "UTILITY",
    "DLC",
    "AppHA",
    "MULTITIER",
    "EXPORT_2",
    "OK_TRY_AGAIN",
    "POLICY_USAGE",
)
_AGENT_NAME = "C_agent"
_LOCALE = "en_US.UTF-8"
_SIGNING_CERT = "3"
_SIGNED_BUILTIN = "SHA256-BUILTIN"
_SIGNED_ECDSA = "SHA256-ECDSA"
_CORRELATION = re.compile(r"<correlationID>([0-9A-Za-z-]{1,80})</correlationID></smartLicense>")


@dataclass(frozen=True, slots=True)
class ReceivedRequest:
    """A request as a server got it, with what its envelope signature covers."""

    request: Request
    signed_text: str
    signature_type: str
    signature: str

    def signature_fits(self, id_cert: str | None) -> bool:
        """Does the envelope signature fit? `id_cert` is the sender's certificate, if it has one."""
        data = encoded(self.signed_text, "request")
        if self.signature_type == _SIGNED_BUILTIN:
            tag = self.request.sender.software_tag
            return signing.verify_builtin(tag, data, self.signature)
        if self.signature_type == _SIGNED_ECDSA and id_cert is not None:
            return signing.verify(id_cert, data, self.signature)
        return False


# --- requests ----------------------------------------------------------


def encode_request(request: Request, signing_key: str) -> bytes:
    """The body of a request; `signing_key` is the trust code's private key, or empty."""
    kind, sender = KINDS[type(request)], request.sender
    inner = {
        "header": {
            "version": MESSAGE_VERSION,
            "locale": _LOCALE,
            "sudi": _long_sudi(sender.udi),
            "timestamp": request.timestamp,
            "nonce": request.nonce,
            "request_type": kind,
            "agent_actions": None,
            "connect_info": _connect_object(
                ConnectInfo(_AGENT_NAME, sender.agent_version, AGENT_CAPABILITIES)
            ),
            "product_instance_identifier": sender.product_instance_identifier,
            "id_cert_serial_number": sender.trust_id,
            "signing_cert_serial_number": _SIGNING_CERT,
        },
        "nonce": request.nonce,
        "request_data": compact(
            {
                "sudi": sudi(sender.udi),
                "timestamp": request.timestamp,
                "nonce": request.nonce,
                "hostname": sender.hostname,
                "software_tag_identifier": sender.software_tag,
                "product_instance_identifier": sender.product_instance_identifier,
                **WRITERS[kind](request),
            }
        ),
    }
    text = compact(inner)
    if signing_key:
        signature = {"type": _SIGNED_ECDSA, "value": signing.sign(signing_key, text.encode())}
    else:
        value = signing.builtin(sender.software_tag, text.encode())
        signature = {"type": _SIGNED_BUILTIN, "value": value}
    return compact({"signature": signature, "credential": None, "request": text}).encode()


def decode_request(body: bytes) -> ReceivedRequest:
    """Read a request's body. Raises MessageError, and nothing else, whatever the bytes."""
    outer = parse_object(decoded(body, "request body"), "request body")
    text, signature = outer.text("request"), outer.fields("signature")
    inner = parse_object(text, "request")
    header = inner.fields("header")
    data = parse_object(inner.text("request_data"), "request_data")
    nonce = header.text("nonce")
    if inner.text("nonce") != nonce or data.text("nonce") != nonce:
        raise MessageError(ReturnCode.NONCE_MISMATCH, "the nonces of a request differ")
    if header.udi() != data.udi():
        raise MessageError(ReturnCode.INVALID_RESPONSE, "the UDIs of a request differ")
    kind = header.text("request_type")
    if kind not in READERS:
        raise MessageError(ReturnCode.NOT_SUPPORTED, f"request type {kind[:40]} is not known")
    request = READERS[kind](_sender(header, data), data)
    return ReceivedRequest(request, text, signature.text("type"), signature.text("value"))


def request_type(request: Request) -> str:
    """The word of the request's type, e.g. `USAGE`."""
    return KINDS[type(request)]


def _sender(header: Fields, data: Fields) -> Sender:
    connect = header.optional_fields("connect_info")
    return Sender(
        udi=header.udi(),
        software_tag=data.text("software_tag_identifier", ""),
        hostname=data.text("hostname", ""),
        agent_version=connect.text("version", "") if connect else "",
        product_instance_identifier=header.text("product_instance_identifier", ""),
        trust_id=header.text("id_cert_serial_number", ""),
    )


# --- replies ----------------------------------------------------------


def encode_reply(reply: Reply, request: Request, signer: Callable[[bytes], str] | None) -> bytes:
    """The body of a reply to `request`; `signer` signs it, None leaves it unsigned (CSLU)."""
    text = compact(
        {
            "header": {
                "version": MESSAGE_VERSION,
                "locale": _LOCALE,
                "timestamp": reply.server_time,
                "nonce": reply.nonce,
                "request_type": request_type(request),
                "sudi": sudi(request.sender.udi),
                "agent_actions": None,
                "connect_info": _connect_object(reply.connect) if reply.connect else None,
                "signing_cert_serial_number": _SIGNING_CERT,
                "id_cert_serial_number": "",
                "product_instance_identifier": "",
            },
            "status_code": reply.status.value,
            "status_message": reply.message,
            "retry_time_seconds": reply.retry_time_seconds,
            "response_data": compact(_response_data(reply, request)),
        }
    )
    signature = None
    if signer is not None:
        signature = {"type": _SIGNED_ECDSA, "value": signer(text.encode())}
    return compact({"signature": signature, "response": text}).encode()


def decode_reply(body: bytes) -> Reply:
    """Read a reply's body. Raises MessageError, and nothing else, whatever the bytes."""
    outer = parse_object(decoded(body, "reply body"), "reply body")
    text, signature = outer.text("response"), outer.optional_fields("signature")
    inner = parse_object(text, "response")
    header = inner.fields("header")
    data = parse_object(inner.text("response_data", "") or "{}", "response_data")
    connect = header.optional_fields("connect_info")
    result = data.optional_fields("smart_licensing")
    files = [*data.texts("pending", required=False), data.text("smart_license", "")]
    return Reply(
        nonce=header.text("nonce"),
        status=_status(inner.text("status_code")),
        message=inner.text("status_message", ""),
        retry_time_seconds=_seconds(inner),
        poll_id=data.number_text("poll_id") if data.raw.get("poll_id") is not None else "",
        licence_files=tuple(from_base64(text) for text in files if text),
        connect=_connect_info(connect) if connect else None,
        server_time=header.integer("timestamp", 0),
        signature=signature.text("value") if signature else "",
        smart_licensing=read_result(result) if result else None,
        signed_digest=hashlib.sha256(encoded(text, "response")).hexdigest() if signature else "",
    )


def to_base64(licence_file: str) -> str:
    """A licence file as a message carries it."""
    return base64.b64encode(encoded(licence_file, "licence file")).decode("ascii")


def from_base64(text: str) -> str:
    """The licence file in base64 text. Raises MessageError."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise MessageError(ReturnCode.BASE64, "a licence file is not base64 of UTF-8") from None


def correlation_of(licence_file: str) -> str:
    """The correlation id at the end of a licence file, or an empty text."""
    found = _CORRELATION.search(licence_file, max(0, len(licence_file) - 200))
    return found[1] if found else ""


def _response_data(reply: Reply, request: Request) -> dict[str, Any]:
    """The result of a finished request is its smart_license; older files go along as pending."""
    data: dict[str, Any] = {"poll_id": reply.poll_id} if reply.poll_id else {}
    if isinstance(request, Hello):
        data["server_time"] = reply.server_time
    if reply.status is StatusCode.OK_POLL:
        data["poll_interval"] = reply.retry_time_seconds
    if reply.smart_licensing is not None:
        data["smart_licensing"] = write_result(reply.smart_licensing)
    pending = list(reply.licence_files)
    if pending and reply.status is StatusCode.OK and not isinstance(request, Hello):
        result = pending.pop()
        data["type"] = _result_type(request)
        data["correlation_id"] = correlation_of(result)
        data["smart_license"] = to_base64(result)
    if pending:
        data["pending"] = [to_base64(text) for text in pending]
    return data


def _result_type(request: Request) -> str:
    if isinstance(request, TrustEstablishment | TrustSync):
        return "trust"
    return request.action if isinstance(request, Poll) else "acknowledgements"


def _status(word: str) -> StatusCode:
    try:
        return StatusCode(word)
    except ValueError:
        raise MessageError(
            ReturnCode.UNSUPPORTED_RESPONSE, f"status code {word[:40]} is not known"
        ) from None


def _seconds(inner: Fields) -> int:
    seconds = inner.integer("retry_time_seconds", 0)
    if not 0 <= seconds < 1 << 31:
        raise MessageError(ReturnCode.INVALID_RESPONSE, "retry_time_seconds is not a time")
    return seconds


# --- parts of both ----------------------------------------------------------


def _long_sudi(udi: Udi) -> dict[str, str | None]:
    return {
        "suvi": None,
        "uuid": None,
        "host_identifier": None,
        "mac_address": None,
        **sudi(udi),
        "udi_vid": None,
    }


def _connect_object(info: ConnectInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "version": info.version,
        "production": info.production,
        "additional_info": "",
        "capabilities": list(info.capabilities),
    }


def _connect_info(found: Fields) -> ConnectInfo:
    return _known_peer(
        found.text("name", ""),
        found.text("version", ""),
        found.texts("capabilities", required=False),
        found.flag("production", True),
    )


# all devices hear the same of a server, and keep it
_known_peer = lru_cache(maxsize=256)(ConnectInfo)
