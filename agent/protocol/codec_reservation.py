"""The authorization file of a licence reservation: `<specificPLR>`, written and read.

The signature covers the source of `authorizationCode` and, right behind it, the text of `udi`.
Sources: docs/sources.md, entries slr-file, signed-bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol.codec_fields import MessageError, ReturnCode, encoded, signed_section
from agent.protocol.codec_xml import Element, element, scan
from agent.protocol.messages import Section
from agent.protocol.smart_licensing import ReservationCode

_VERSION = "C"
_SPECIFIC, _UNIVERSAL = "A", "U"  # assumed: that the flag tells them apart
MOST_LICENCES = 1000


def write_reservation(code: ReservationCode, now: Instant, sign: Callable[[bytes], str]) -> str:
    """The file a portal hands out for a request code."""
    licences = "".join(
        f"<entitlement>{element('tag', tag)}{element('count', count)}{element('startDate')}"
        f"{element('endDate')}{element('licenseType', 'PERPETUAL')}</entitlement>"
        for tag, count in code.licences
    )
    inner = (
        element("flag", _UNIVERSAL if code.universal else _SPECIFIC)
        + element("version", _VERSION)
        + element("piid", code.request_code)
        + element("exportControl", "A" if code.export_allowed else "N")
        + element("timestamp", now)
        + f"<entitlements>{licences}</entitlements>"
    )
    source = f"<authorizationCode>{inner}</authorizationCode>"
    udi = code.udi.short
    signature = sign(encoded(source + udi, "reservation"))
    end = element("signature", signature) + element("udi", udi)
    return f"<specificPLR>{source}{end}</specificPLR>"


def read_reservation(text: str) -> Section[ReservationCode]:
    """Read a file. Raises MessageError for one that is none."""
    root = scan(text)
    if root.name != "specificPLR":
        raise MessageError(ReturnCode.PARSE, f"<{root.name[:40]}> is no reservation")
    code, udi = root.one("authorizationCode"), root.one("udi").text
    pid, comma, sn = udi.removeprefix("P:").partition(",S:")
    rows = tuple(code.one("entitlements").all("entitlement"))
    if not comma or len(rows) > MOST_LICENCES:
        raise MessageError(ReturnCode.PARSE, "a reservation names no device, or too much")
    data = ReservationCode(
        udi=Udi(pid, sn),
        request_code=code.one("piid").text,
        export_allowed=code.one("exportControl").text == "A",
        licences=tuple((row.one("tag").text, _count(row)) for row in rows),
        universal=code.one("flag").text == _UNIVERSAL,
    )
    return signed_section(data, code.outer + udi, root.one("signature").text)


def _count(row: Element) -> int:
    text = row.one("count").text
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise MessageError(ReturnCode.PARSE, "a reservation's count is no number")
    return int(text)
