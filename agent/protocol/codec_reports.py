"""RUM reports: the payload text, its signatures, and the JSON object that carries them.

A payload is compact JSON inside a JSON string. Its text is signed, so it is written once and
relayed byte for byte. Layout 1 is that of releases before 17.9, layout 2 has `version`; the
order of members is that of published reports. Times are Instants here, seconds on the wire.
Sources: docs/sources.md, entries rum-report, rum-signing, rum-custom-id.
"""

from __future__ import annotations

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
    """The payload text of a report, in layout 2 or in layout 1."""
    identification = _identification(content, version_2=version_2)
    identified = compact(identification)
    signature = _asset_signature(identified, content.software_tag)
    measured = {
        "meta": _meta(content, version_2=version_2),
        "measurements": [_line(line, version_2=version_2) for line in content.measurements],
    }
    if version_2:
        rest = compact({"signature": signature, **measured})
        return f'{{"version":"{VERSION_2}","asset_identification":{identified},{rest[1:]}'
    return compact({"asset_identification": {**identification, "signature": signature}, **measured})


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


def _identification(content: ReportContent, *, version_2: bool) -> dict[str, Any]:
    instance: dict[str, Any] = {"sudi": sudi(content.udi)}
    if content.product_instance_identifier:
        instance["product_instance_identifier"] = content.product_instance_identifier
    head: dict[str, Any] = {"report_id": content.report_id} if version_2 else {}
    return {**head, "asset": {"name": content.software_tag}, "instance": instance}


def _asset_signature(identified: str, software_tag: str) -> dict[str, str]:
    value = signing.builtin(software_tag, identified.encode())
    return {"signing_type": BUILTIN, "key": software_tag, "value": value}


def _meta(content: ReportContent, *, version_2: bool) -> dict[str, Any]:
    telemetry = _is_telemetry(content.measurements)
    meta: dict[str, Any] = {} if telemetry else {"entitlement_tag": content.entitlement_tag}
    if version_2:
        meta["utility_enabled"] = content.utility_enabled
    else:
        meta["report_id"] = content.report_id
    if content.software_version:
        meta["software_version"] = content.software_version
    meta["ha_udi"] = [{"role": member.role, "sudi": sudi(member.udi)} for member in content.ha_udi]
    if content.custom_id:
        meta["custom_id"] = content.custom_id
    if content.customer_tags:
        meta["customer_tags"] = dict(content.customer_tags)
    if content.customer_info:
        meta["customer_info"] = dict(content.customer_info)
    return meta


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
