"""Licence files, which come from a server, and usage files, which a device writes.

A licence file is read section by section: one that cannot be read is named in `unreadable`, the
others stay usable. A usage file holds the reports, the sender's description of itself and, where
a trust code is missing, a signed trust request.
Sources: docs/sources.md, entries licence-file, usage-file, trust-request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.core.clock import Instant
from agent.protocol.codec_authorization import (
    authorization_request_from,
    authorization_requests_text,
)
from agent.protocol.codec_envelope import MESSAGE_VERSION
from agent.protocol.codec_fields import (
    Fields,
    MessageError,
    ReturnCode,
    compact,
    parse,
    parse_object,
    sudi,
)
from agent.protocol.codec_reports import read_report, report_json
from agent.protocol.codec_requests import trust_request_from, trust_requests_text
from agent.protocol.codec_sections import read_account, read_ack, read_policy, read_trust
from agent.protocol.codec_xml import Element, cdata, element, json_cdata, scan
from agent.protocol.messages import (
    AuthorizationRequest,
    HaMember,
    LicenceFile,
    Section,
    Sender,
    SignedReport,
    TrustRequest,
)

FORMAT = "slp-emu/1"
_ROOT = "smartLicense"
_POLICY, _ACCOUNT = "smartLicensePolicy", "smartLicenseAccountInfo"
_REPEATED = (_POLICY, _ACCOUNT)  # they come with each ACK
_AUTHORIZATION = "smartLicenseAuthorization"
_READERS: dict[str, Callable[[Element], Section[Any]]] = {
    "smartLicenseTrust": read_trust,
    _POLICY: read_policy,
    "smartLicenseRumAck": read_ack,
    _ACCOUNT: read_account,
}


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A saved usage file. `sender` is None where the file does not say who wrote it."""

    reports: tuple[SignedReport, ...]
    sender: Sender | None = None
    timestamp: Instant = 0
    nonce: str = ""
    devices: tuple[HaMember, ...] = ()
    trust_requests: tuple[TrustRequest, ...] = ()
    trust_signature: str = ""
    authorization_requests: tuple[AuthorizationRequest, ...] = ()
    trust_text: str = field(default="", compare=False)  # what trust_signature covers, when read


# --- licence files ----------------------------------------------------------


def read_licence_file(text: str) -> LicenceFile:
    """Read an ACK file or a policy file. Raises MessageError when nothing in it can be used."""
    root = scan(text, repeated=_REPEATED)
    if root.name == _POLICY:
        try:
            return LicenceFile(policy=read_policy(root))
        except MessageError:
            return LicenceFile(unreadable=(_POLICY,))
    if root.name != _ROOT:
        raise MessageError(ReturnCode.NOT_SUPPORTED, f"<{root.name}> is not a licence file")
    sections: dict[str, Section[Any]] = {}
    unreadable: dict[str, None] = {}
    for child in root.children:
        if child.name not in _READERS:
            continue
        if child.name in sections and child.name != _POLICY:  # policies may be repeated
            unreadable[child.name] = None
            continue
        try:
            sections[child.name] = _READERS[child.name](child)
        except MessageError:
            unreadable[child.name] = None
    authorizations = tuple(child.outer for child in root.all(_AUTHORIZATION))
    if not (sections or unreadable or authorizations):
        raise MessageError(ReturnCode.INVALID_RESPONSE, "the file holds no licensing data")
    return LicenceFile(
        trust=sections.get("smartLicenseTrust"),
        policy=sections.get(_POLICY),
        ack=sections.get("smartLicenseRumAck"),
        account=sections.get("smartLicenseAccountInfo"),
        authorizations=authorizations,
        correlation_id=next((child.text for child in root.all("correlationID")), ""),
        unreadable=tuple(unreadable),
    )


def write_licence_file(sections: Sequence[str], correlation_id: str) -> str:
    """A licence file from built sections: one line, no declaration, as servers write it."""
    return f"<{_ROOT}>{''.join(sections)}{element('correlationID', correlation_id)}</{_ROOT}>"


# --- usage files ----------------------------------------------------------


def write_usage_file(usage: UsageFile) -> str:
    """The text of a usage file, oldest report first as given."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<{_ROOT}>"]
    lines += [
        f"<RUMReport>{json_cdata(report_json(report))}</RUMReport>" for report in usage.reports
    ]
    if usage.sender is not None:
        info = json_cdata(_system_info(usage, usage.sender))
        lines.append(f"<smartLicenseSystemInfo><data>{info}</data></smartLicenseSystemInfo>")
    if usage.trust_requests:
        data = cdata(trust_requests_text(usage.trust_requests))
        signature = element("signature", usage.trust_signature)
        lines.append(
            f"<smartLicenseTrustRequest><data>{data}</data>{signature}</smartLicenseTrustRequest>"
        )
    if usage.authorization_requests:
        data = cdata(authorization_requests_text(usage.authorization_requests))
        lines.append(f"<smartLicenseAuthRequest><data>{data}</data></smartLicenseAuthRequest>")
    return "\n".join([*lines, f"</{_ROOT}>", ""])


def read_usage_file(text: str) -> UsageFile:
    """Read a usage file. Raises MessageError when one part of it cannot be read."""
    root = scan(text)
    if root.name != _ROOT:
        raise MessageError(ReturnCode.NOT_SUPPORTED, f"<{root.name}> is not a usage file")
    reports = tuple(read_report(child.text) for child in root.all("RUMReport"))
    info, trust = root.optional("smartLicenseSystemInfo"), root.optional("smartLicenseTrustRequest")
    usage = UsageFile(reports) if info is None else _read_system_info(info, reports)
    wanted = root.optional("smartLicenseAuthRequest")
    if wanted is not None:
        listed = parse(wanted.one("data").text, "smartLicenseAuthRequest")
        if not isinstance(listed, list):
            raise MessageError(ReturnCode.PARSE, "smartLicenseAuthRequest is not an array")
        asked = (Fields(entry, "authorization request") for entry in listed)
        usage = replace(usage, authorization_requests=tuple(map(authorization_request_from, asked)))
    if trust is None:
        return usage
    data = trust.one("data").text
    entries = parse(data, "smartLicenseTrustRequest")
    if not isinstance(entries, list):
        raise MessageError(ReturnCode.PARSE, "smartLicenseTrustRequest is not an array")
    requests = tuple(trust_request_from(Fields(entry, "trust request")) for entry in entries)
    signature = trust.one("signature").text
    return replace(usage, trust_requests=requests, trust_signature=signature, trust_text=data)


def _system_info(usage: UsageFile, sender: Sender) -> str:
    return compact(
        {
            "emu_format": FORMAT,
            "timestamp": usage.timestamp,
            "nonce": usage.nonce,
            "hostname": sender.hostname,
            "software_tag_identifier": sender.software_tag,
            "sudi": sudi(sender.udi),
            "product_instance_identifier": sender.product_instance_identifier,
            "message_version": MESSAGE_VERSION,
            "agent_version": sender.agent_version,
            "device_list": [
                {
                    "role": device.role,
                    "sudi": sudi(device.udi),
                    "hostname": sender.hostname,
                    "software_tag_identifier": sender.software_tag,
                }
                for device in usage.devices
            ],
        }
    )


def _read_system_info(element: Element, reports: tuple[SignedReport, ...]) -> UsageFile:
    info = parse_object(element.one("data").text, "smartLicenseSystemInfo")
    form = info.text("emu_format", FORMAT)
    if form != FORMAT:
        raise MessageError(ReturnCode.VERSION_MISMATCH, f"format {form} is not {FORMAT}")
    return UsageFile(
        reports=reports,
        sender=Sender(
            udi=info.udi(),
            software_tag=info.text("software_tag_identifier"),
            hostname=info.text("hostname", ""),
            agent_version=info.text("agent_version", ""),
            product_instance_identifier=info.text("product_instance_identifier", ""),
        ),
        timestamp=info.integer("timestamp"),
        nonce=info.text("nonce"),
        devices=tuple(
            HaMember(device.text("role", ""), device.udi())
            for device in info.objects("device_list", required=False)
        ),
    )
