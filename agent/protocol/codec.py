"""The bytes of the licensing protocol: one place to import its readers and writers from.

`codec_reports` knows RUM reports, `codec_envelope` and `codec_requests` what goes up and comes
back, `codec_files` licence and usage files, `codec_sections` what a licence file holds. Whatever
comes in, a reader returns a value or raises MessageError with the device's return code.
"""

from __future__ import annotations

from agent.protocol.codec_envelope import (
    ReceivedRequest,
    correlation_of,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
)
from agent.protocol.codec_fields import MAX_BODY, MessageError, ReturnCode
from agent.protocol.codec_files import (
    UsageFile,
    read_licence_file,
    read_usage_file,
    write_licence_file,
    write_usage_file,
)
from agent.protocol.codec_reports import (
    asset_signature_fits,
    payload_content,
    read_report,
    report_json,
    report_payload,
    report_signature_fits,
    sign_report,
)
from agent.protocol.codec_requests import trust_requests_text
from agent.protocol.codec_sections import (
    account_section,
    ack_section,
    policy_section,
    trust_section,
)

__all__ = [
    "MAX_BODY",
    "MessageError",
    "ReceivedRequest",
    "ReturnCode",
    "UsageFile",
    "account_section",
    "ack_section",
    "asset_signature_fits",
    "correlation_of",
    "decode_reply",
    "decode_request",
    "encode_reply",
    "encode_request",
    "payload_content",
    "policy_section",
    "read_licence_file",
    "read_report",
    "read_usage_file",
    "report_json",
    "report_payload",
    "report_signature_fits",
    "sign_report",
    "trust_requests_text",
    "trust_section",
    "write_licence_file",
    "write_usage_file",
]
