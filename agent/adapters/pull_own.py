"""The emulator's own module as a pull client uses it, where files cannot be copied.

NETCONF and RESTCONF carry the same names; what was read of them becomes the same usage file here.
Source: docs/deviations.md, section on pull (no device has this module).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from agent.adapters.pull import PullFault
from agent.netconf.rum_reports import MODULE, NAMESPACE, TOP
from agent.protocol.codec import MessageError, read_usage_file, write_usage_file
from agent.protocol.codec_reports import read_report

__all__ = ["IMPORT", "LIST", "MODULE", "NAMESPACE", "READ", "TOP", "joined"]
READ, IMPORT, LIST = "read-saved-usage", "import-text", "rum-reports-closed"


def joined(rest: str, keys: Iterable[str], texts: Mapping[str, str]) -> str:
    """The usage file that was saved: `rest` of it, and the reports of these keys in this order.

    Raises PullFault for what is no usage file or no report.
    """
    try:
        usage = read_usage_file(rest)
        reports = tuple(read_report(texts.get(key, "")) for key in keys)
    except MessageError as error:
        raise PullFault(f"The product instance answered badly: {error.reason}") from None
    return write_usage_file(replace(usage, reports=reports))
