"""RUM reports: the payload text, its signatures, and the JSON object that carries them.

A payload is compact JSON inside a JSON string. Its text is signed, so it is written once and
relayed byte for byte. Layout 1 is that of releases before 17.9, layout 2 has `version`; the
order of members is that of published reports. Times are Instants here, seconds on the wire.
Sources: docs/sources.md, entries rum-report, rum-signing, rum-custom-id.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from agent.core.clock import SECOND
from agent.core.identity import Udi
from agent.protocol import signing
from agent.protocol.codec_fields import (
    Fields,
    MessageError,
    ReturnCode,
    compact,
    encoded,
    parse_object,
    sudi,
)
from agent.protocol.messages import (
    TELEMETRY,
    HaMember,
    Measurement,
    ReportContent,
    SignedReport,
)

VERSION_2 = "2.0"
BUILTIN = "builtin"
TRUST = "trust"


def report_payload(content: ReportContent, *, version_2: bool) -> str:
    """The payload text of a report, in layout 2 or in layout 1.

    What all reports of a device say alike is written once and remembered.
    """
    number = f'"report_id":{content.report_id}'
    owner = _owner(content.software_tag, content.udi, content.product_instance_identifier)
    facts = _facts(
        content.software_version,
        content.ha_udi,
        content.custom_id,
        content.customer_tags,
        content.customer_info,
    )
    tag = "" if _is_telemetry(content.measurements) else _tag(content.entitlement_tag)
    if version_2:
        identification = f"{{{number},{owner}}}"
        signature = _asset_signature(identification, content.software_tag)
        head = f'"version":"{VERSION_2}","asset_identification":{identification},{signature}'
        meta = f"{tag}{_UTILITY[content.utility_enabled]},{facts}"
    else:
        signature = _asset_signature(f"{{{owner}}}", content.software_tag)
        head = f'"asset_identification":{{{owner},{signature}}}'
        meta = f"{tag}{number},{facts}"
    lines = compact([_line(line, version_2=version_2) for line in content.measurements])
    return f'{{{head},"meta":{{{meta}}},"measurements":{lines}}}'


def payload_content(payload: str) -> ReportContent:
    """What a payload of either layout states. Raises MessageError when it is none."""
    top = parse_object(payload, "payload")
    version = top.text("version", "")
    if version not in ("", VERSION_2):
        raise MessageError(ReturnCode.VERSION_MISMATCH, f"report version {version} is not known")
    identification, meta = top.fields("asset_identification"), top.fields("meta")
    instance = identification.fields("instance")
    measurements = tuple(map(_measurement, top.objects("measurements")))
    telemetry = _is_telemetry(measurements)
    tags = meta.optional_fields("customer_tags")
    info = meta.optional_fields("customer_info")
    return ReportContent(
        report_id=(identification if version else meta).integer("report_id"),
        software_tag=identification.fields("asset").text("name"),
        udi=instance.udi(),
        entitlement_tag=meta.text("entitlement_tag", "" if telemetry else None),
        software_version=meta.text("software_version", ""),
        ha_udi=tuple(
            HaMember(member.text("role"), member.udi())
            for member in meta.objects("ha_udi", required=False)
        ),
        measurements=measurements,
        product_instance_identifier=instance.text("product_instance_identifier", ""),
        utility_enabled=meta.flag("utility_enabled", False),
        custom_id=meta.text("custom_id", ""),
        customer_tags=tuple((name, tags.text(name)) for name in tags.raw) if tags else (),
        customer_info=tuple((name, info.text(name)) for name in info.raw) if info else (),
    )


def asset_signature_fits(payload: str) -> bool:
    """Does the signature inside the payload fit its asset identification?"""
    top = parse_object(payload, "payload")
    identification = top.fields("asset_identification")
    holder = top if top.text("version", "") else identification
    signature = holder.fields("signature")
    bare = {name: value for name, value in identification.raw.items() if name != "signature"}
    return signing.verify_builtin(
        signature.text("key"), compact(bare).encode(), signature.text("value")
    )


def sign_report(
    payload: str, udi: Udi, software_tag: str, trust: tuple[int, str] | None
) -> SignedReport:
    """Sign a payload: with the trust code (its id, the private key) or, without one, built in."""
    data = encoded(payload, "payload")
    if trust is None:
        value = signing.builtin(software_tag, data)
        return SignedReport(payload, udi, BUILTIN, software_tag, value)
    trust_id, key = trust
    return SignedReport(payload, udi, TRUST, str(trust_id), signing.sign(key, data))


def report_signature_fits(report: SignedReport, id_cert: str | None) -> bool:
    """Does the report's signature fit? `id_cert` is the certificate its trust id stands for."""
    data = encoded(report.payload, "payload")
    if report.signing_type == BUILTIN:
        return signing.verify_builtin(report.key, data, report.value)
    if report.signing_type == TRUST and id_cert is not None:
        return signing.verify(id_cert, data, report.value)
    return False


def report_object(report: SignedReport) -> dict[str, Any]:
    """The JSON object that carries a report."""
    return {
        "payload": report.payload,
        "header": {"type": "rum"},
        "signature": {
            "sudi": sudi(report.udi),
            "signing_type": report.signing_type,
            "key": report.key,
            "value": report.value,
        },
    }


def report_json(report: SignedReport) -> str:
    """The JSON text that carries a report."""
    return compact(report_object(report))


def report_from(carrier: Fields) -> SignedReport:
    """The report in a carrier object; its `header` may be missing."""
    signature = carrier.fields("signature")
    return SignedReport(
        payload=carrier.text("payload"),
        udi=signature.udi(),
        signing_type=signature.text("signing_type"),
        key=signature.text("key"),
        value=signature.text("value"),
    )


def read_report(text: str) -> SignedReport:
    """Read the JSON text of one report. Raises MessageError."""
    return report_from(parse_object(text, "report"))


# --- parts of a payload ----------------------------------------------------------


def _members(value: dict[str, Any]) -> str:
    """The members of a JSON object without its braces."""
    return compact(value)[1:-1]


@lru_cache(maxsize=256)
def _owner(software_tag: str, udi: Udi, identifier: str) -> str:
    """Whose report it is: what an asset identification has beside the report's id."""
    instance: dict[str, Any] = {"sudi": sudi(udi)}
    if identifier:
        instance["product_instance_identifier"] = identifier
    return _members({"asset": {"name": software_tag}, "instance": instance})


def _asset_signature(identification: str, software_tag: str) -> str:
    """The member `signature` over this text."""
    value = signing.builtin(software_tag, identification.encode())
    return f'"signature":{{{_builtin_by(software_tag)},"value":"{value}"}}'


@lru_cache(maxsize=256)
def _builtin_by(software_tag: str) -> str:
    return _members({"signing_type": BUILTIN, "key": software_tag})


@lru_cache(maxsize=256)
def _tag(entitlement_tag: str) -> str:
    return _members({"entitlement_tag": entitlement_tag}) + ","


_UTILITY = {wanted: _members({"utility_enabled": wanted}) for wanted in (False, True)}


@lru_cache(maxsize=256)
def _facts(
    software_version: str,
    ha_udi: tuple[HaMember, ...],
    custom_id: str,
    customer_tags: tuple[tuple[str, str], ...],
    customer_info: tuple[tuple[str, str], ...],
) -> str:
    """What the `meta` of all of a device's reports ends with."""
    meta: dict[str, Any] = {"software_version": software_version} if software_version else {}
    meta["ha_udi"] = [{"role": member.role, "sudi": sudi(member.udi)} for member in ha_udi]
    if custom_id:
        meta["custom_id"] = custom_id
    if customer_tags:
        meta["customer_tags"] = dict(customer_tags)
    if customer_info:
        meta["customer_info"] = dict(customer_info)
    return _members(meta)


def _is_telemetry(measurements: tuple[Measurement, ...]) -> bool:
    """Telemetry is about no licence, so no entitlement tag is named."""
    return TELEMETRY in [line.metric for line in measurements]


def _line(line: Measurement, *, version_2: bool) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if line.termination_reason:
        meta["termination_reason"] = line.termination_reason
        if version_2:
            meta["close_reason"] = line.termination_reason
    if line.added or line.removed:  # source: rum-layout (the other list is empty)
        meta["added_sudi_list"] = [sudi(udi) for udi in line.added]
        meta["removed_sudi_list"] = [sudi(udi) for udi in line.removed]
    return {
        "log_time": line.log_time // SECOND,
        "metric_name": line.metric,
        "start_time": line.start // SECOND,
        "end_time": line.end // SECOND,
        "sample_interval": (line.end - line.start) // SECOND,
        "num_samples": line.samples,
        "meta": meta,
        "value": {"type": "COUNT", "value": str(line.count)},
    }


def _measurement(line: Fields) -> Measurement:
    meta, count = line.fields("meta"), line.fields("value").text("value")
    if not (count.isascii() and count.isdigit() and len(count) <= 18):
        raise MessageError(ReturnCode.PARSE, "a measurement's value is not a count")
    return Measurement(
        start=_instant(line, "start_time"),
        end=_instant(line, "end_time"),
        count=int(count),
        samples=line.integer("num_samples"),
        log_time=_instant(line, "log_time"),
        metric=line.text("metric_name"),
        termination_reason=meta.text("termination_reason", ""),
        added=_udis(meta, "added_sudi_list"),
        removed=_udis(meta, "removed_sudi_list"),
    )


def _instant(line: Fields, name: str) -> int:
    seconds = line.integer(name)
    if not 0 <= seconds < 1 << 40:
        raise MessageError(ReturnCode.PARSE, f"{name} is not a time")
    return seconds * SECOND


def _udis(meta: Fields, name: str) -> tuple[Udi, ...]:
    return tuple(
        Udi(item.text("udi_pid"), item.text("udi_serial_number"))
        for item in meta.objects(name, required=False)
    )
