"""A usage file as the report of its device. One that does not say who wrote it is known by the
reports in it, as those that tools put together from a device's REST interface are.
Sources: docs/sources.md, entries usage-file, usage-bundle.
"""

from __future__ import annotations

import hashlib

from agent.protocol.codec import MessageError, payload_content
from agent.protocol.codec_files import UsageFile
from agent.protocol.messages import Sender, UsageReport


def report_of(usage: UsageFile) -> UsageReport:
    """What a product instance reports by this file. Raises MessageError where nothing says who."""
    sender, nonce = usage.sender, usage.nonce
    if sender is None:
        if not usage.reports:
            raise MessageError(36, "it does not say which device wrote it")
        content = payload_content(usage.reports[0].payload)
        sender = Sender(content.udi, content.software_tag, "", "")
    if not nonce:
        texts = "".join(report.payload for report in usage.reports)
        nonce = str(int.from_bytes(hashlib.sha256(texts.encode()).digest()[:8], "big"))
    return UsageReport(
        sender=sender,
        timestamp=usage.timestamp,
        nonce=nonce,
        usage=usage.reports,
        trust_requests=usage.trust_requests,
        trust_signature=usage.trust_signature,
    )
