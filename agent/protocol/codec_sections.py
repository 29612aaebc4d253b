"""The sections of a licence file: a builder and a reader for each, side by side.

A section is its data and a signature over an exact text: the CDATA text of `data` for trust codes
and RUM ACKs, the raw source of `policyCode` and `customerInfo` for the others. A builder gets
`sign`, a function from the signed bytes to the signature's text; a reader keeps the signed text
and judges nothing: whoever applies a section verifies it.
Sources: docs/sources.md, entries licence-file, signed-bytes, policy-groups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from agent.core.identity import Udi
from agent.protocol.codec_fields import (
    LARGEST,
    Fields,
    MessageError,
    ReturnCode,
    compact,
    encoded,
    parse,
    signed_section,
    sudi,
)
from agent.protocol.codec_xml import Element, cdata, element
from agent.protocol.messages import (
    AccountData,
    AckData,
    AckedReport,
    AckStatus,
    LicenseClass,
    PolicyData,
    RuleCells,
    Section,
    TrustData,
)

Signer = Callable[[bytes], str]

_GROUPS = (  # in the order of a policyCode
    LicenseClass.SUBSCRIPTION,
    LicenseClass.PERPETUAL,
    LicenseClass.ENFORCED,
    LicenseClass.EXPORT,
)
_CELLS = (
    ("firstTimeReport", "first_report"),
    ("onGoingReporting", "frequency"),
    ("reportOnMACD", "on_change"),
)
_MAX_DAYS = 36_500
_STATUS = {status.value: status for status in AckStatus}


# --- trust codes ----------------------------------------------------------


def trust_section(codes: Sequence[TrustData], sign: Signer) -> str:
    """`<smartLicenseTrust>` with one entry per UDI."""
    return _data_section("smartLicenseTrust", [_trust_entry(code) for code in codes], sign)


def read_trust(section: Element) -> Section[tuple[TrustData, ...]]:
    entries, text, signature = _read_data_section(section)
    return signed_section(tuple(map(_read_trust_entry, entries)), text, signature)


def _trust_entry(code: TrustData) -> dict[str, Any]:
    return {
        "sudi": sudi(code.udi),
        "software_tag_identifier": code.software_tag,
        "product_instance_identifier": code.product_instance_identifier,
        "trust_id": code.trust_id,
        "trust_code_type": code.trust_code_type,
        "attributes": list(code.attributes),
        "request_nonce": code.request_nonce,
        "valid_from": code.valid_from,
        "valid_to": code.valid_to,
        "id_cert": code.id_cert,
        "signing_chain": list(code.signing_chain),
    }


def _read_trust_entry(entry: Fields) -> TrustData:
    return TrustData(
        udi=entry.udi(),
        software_tag=entry.text("software_tag_identifier"),
        product_instance_identifier=entry.text("product_instance_identifier"),
        trust_id=entry.integer("trust_id"),
        request_nonce=entry.text("request_nonce"),
        valid_from=entry.integer("valid_from"),
        valid_to=entry.integer("valid_to", 0),
        id_cert=entry.text("id_cert"),
        signing_chain=entry.texts("signing_chain"),
        trust_code_type=entry.text("trust_code_type", "CSSM"),
        attributes=entry.texts("attributes", required=False),
    )


# --- policy ----------------------------------------------------------


def policy_section(policy: PolicyData, sign: Signer) -> str:
    """`<smartLicensePolicy>`; a cell that is None is left out of its group."""
    return _raw_section("smartLicensePolicy", policy_code(policy), sign)


def policy_code(policy: PolicyData) -> str:
    """The `<policyCode>` element, the text under the signature."""
    head = (
        element("name", policy.name)
        + element("version", policy.version)
        + element("flag")
        + element("datestamp", policy.datestamp)
        + element("ackRequired", "yes" if policy.ack_required else "no")
    )
    groups = "".join(_group(group, policy.classes.get(group, RuleCells())) for group in _GROUPS)
    return f"<policyCode>{head}{groups}<generic></generic></policyCode>"


@lru_cache(maxsize=64)
def read_policy(section: Element) -> Section[PolicyData]:
    code = section.one("policyCode")
    data = PolicyData(
        name=code.one("name").text,
        version=_number(code.one("version"), 1 << 31),
        datestamp=code.one("datestamp").text,
        ack_required=_yes_or_no(code.one("ackRequired")),
        classes={
            group: _read_group(found)
            for group in _GROUPS
            if (found := code.optional(group.value)) is not None
        },
    )
    return signed_section(data, code.outer, section.one("signature").text)


def _group(group: LicenseClass, cells: RuleCells) -> str:
    days = ((name, getattr(cells, cell)) for name, cell in _CELLS)
    inner = "".join(element(name, value) for name, value in days if value is not None)
    return f"<{group.value}>{inner}</{group.value}>"


def _read_group(group: Element) -> RuleCells:
    cells = {
        cell: _number(found, _MAX_DAYS)
        for name, cell in _CELLS
        if (found := group.optional(name)) is not None and found.text
    }
    return RuleCells(**cells)


# --- acknowledgements ----------------------------------------------------------


def ack_section(acks: Sequence[AckData], sign: Signer) -> str:
    """`<smartLicenseRumAck>` with one entry per UDI."""
    return _data_section("smartLicenseRumAck", [_ack_entry(ack) for ack in acks], sign)


def read_ack(section: Element) -> Section[tuple[AckData, ...]]:
    """A sound section is read at once; one that is not, member by member, to say what is wrong."""
    try:
        text, signature = section.one("data").text, section.one("signature").text
        acks = tuple([_ack(found) for found in _SOUND_ACKS.decode(text)])
    except (MessageError, ValueError, RecursionError):
        entries, text, signature = _read_data_section(section)
        acks = tuple(map(_read_ack_entry, entries))
    return signed_section(acks, text, signature)


_Integer = Annotated[int, msgspec.Meta(ge=-LARGEST, le=LARGEST)]


class _SoundSudi(msgspec.Struct, gc=False):
    udi_pid: str
    udi_serial_number: str


class _SoundReport(msgspec.Struct, gc=False):
    report_id: _Integer
    payload_sha256: str
    status: AckStatus
    reason: str | None = None


class _SoundAck(msgspec.Struct, gc=False):
    """An acknowledgement as it stands in a section."""

    sudi: _SoundSudi
    software_tag_identifier: str
    ack_time: _Integer
    reports: list[_SoundReport]
    product_instance_identifier: str | None = None
    request_nonce: str | None = None


_SOUND_ACKS = msgspec.json.Decoder(list[_SoundAck])


def _ack(found: _SoundAck) -> AckData:
    return AckData(
        udi=Udi(found.sudi.udi_pid, found.sudi.udi_serial_number),
        software_tag=found.software_tag_identifier,
        product_instance_identifier=found.product_instance_identifier or "",
        ack_time=found.ack_time,
        request_nonce=found.request_nonce or "",
        reports=tuple(
            [
                AckedReport(r.report_id, r.payload_sha256, r.status, r.reason or None)
                for r in found.reports
            ]
        ),
    )


def _ack_entry(ack: AckData) -> dict[str, Any]:
    return {
        "sudi": sudi(ack.udi),
        "software_tag_identifier": ack.software_tag,
        "product_instance_identifier": ack.product_instance_identifier,
        "ack_time": ack.ack_time,
        "request_nonce": ack.request_nonce,
        "reports": [
            {
                "report_id": report.report_id,
                "payload_sha256": report.payload_sha256,
                "status": report.status.value,
                "reason": report.reason,
            }
            for report in ack.reports
        ],
    }


def _read_ack_entry(entry: Fields) -> AckData:
    return AckData(
        udi=entry.udi(),
        software_tag=entry.text("software_tag_identifier"),
        product_instance_identifier=entry.text("product_instance_identifier", ""),
        ack_time=entry.integer("ack_time"),
        request_nonce=entry.text("request_nonce", ""),
        reports=tuple(map(_read_acked_report, entry.objects("reports"))),
    )


def _read_acked_report(report: Fields) -> AckedReport:
    status = _STATUS.get(report.text("status"))
    if status is None:
        raise MessageError(ReturnCode.INVALID_RESPONSE, "an unknown status of a report")
    reason = report.text("reason", "")
    return AckedReport(
        report.integer("report_id"), report.text("payload_sha256"), status, reason or None
    )


# --- account information ----------------------------------------------------------


def account_section(account: AccountData, sign: Signer) -> str:
    """`<smartLicenseAccountInfo>`."""
    inner = (
        element("timestamp", account.timestamp)
        + element("smartAccount", account.smart_account)
        + element("virtualAccount", account.virtual_account)
        + element("smartAccountId", account.smart_account_id)
        + element("virtualAccountId", account.virtual_account_id)
        + element("smartAccountDomain", account.domain)
    )
    return _raw_section("smartLicenseAccountInfo", f"<customerInfo>{inner}</customerInfo>", sign)


@lru_cache(maxsize=64)
def read_account(section: Element) -> Section[AccountData]:
    info = section.one("customerInfo")
    data = AccountData(
        timestamp=_number(info.one("timestamp")),
        smart_account=info.one("smartAccount").text,
        virtual_account=info.one("virtualAccount").text,
        smart_account_id=_number(info.one("smartAccountId")),
        virtual_account_id=_number(info.one("virtualAccountId")),
        domain=info.one("smartAccountDomain").text,
    )
    return signed_section(data, info.outer, section.one("signature").text)


# --- forms of sections ----------------------------------------------------------


def _data_section(name: str, entries: Iterable[dict[str, Any]], sign: Signer) -> str:
    text = compact(list(entries))
    signature = sign(encoded(text, name))
    return f"<{name}><data>{cdata(text)}</data>{element('signature', signature)}</{name}>"


def _raw_section(name: str, raw: str, sign: Signer) -> str:
    return f"<{name}>{raw}{element('signature', sign(encoded(raw, name)))}</{name}>"


def _read_data_section(section: Element) -> tuple[list[Fields], str, str]:
    text = section.one("data").text
    entries = parse(text, f"{section.name}/data")
    if not isinstance(entries, list):
        raise MessageError(ReturnCode.PARSE, f"{section.name}/data is not an array")
    where = section.name
    return [Fields(entry, where) for entry in entries], text, section.one("signature").text


def _number(found: Element, below: int = 1 << 63) -> int:
    text = found.text
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) < below:
        return int(text)
    raise MessageError(ReturnCode.PARSE, f"{found.name} is not a number below {below}")


def _yes_or_no(found: Element) -> bool:
    if found.text not in ("yes", "no"):
        raise MessageError(ReturnCode.PARSE, f"{found.name} is not yes or no")
    return found.text == "yes"
