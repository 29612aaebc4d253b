"""Authorization codes: the section of a licence file, and the request and return of a usage file.

A section's signature covers the text of `udi` and, right behind it, the source of
`authorizationCode`. A request names all licences its unit shall be authorized for; a return has
none, and the code that proves it. A return code is base58 with a checksum, in groups of six.
Sources: docs/sources.md, entries authorization-file, signed-bytes, return-code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from agent.core.identity import Udi
from agent.protocol.codec_fields import (
    Fields,
    MessageError,
    ReturnCode,
    compact,
    encoded,
    signed_section,
    sudi,
)
from agent.protocol.codec_xml import Element, element, scan
from agent.protocol.messages import (
    AuthorizationData,
    AuthorizationRequest,
    AuthorizedLicence,
    Section,
)

AUTHORIZED, RETURNED = "A", "R"
_VERSION = "C"
_RETURN_VERSION = "C"
_RETURN_LETTERS, _RETURN_BYTES = 50, 36
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_GROUP = 6


# --- the section ------------------------------------------------------------------------------


def authorization_section(data: AuthorizationData, sign: Callable[[bytes], str]) -> str:
    """`<smartLicenseAuthorization>` for one unit."""
    udi = data.udi.short
    code = _code(data)
    signature = sign(encoded(udi + code, "authorization"))
    inner = element("udi", udi) + code + element("signature", signature)
    return f"<smartLicenseAuthorization>{inner}</smartLicenseAuthorization>"


def read_authorization(raw: str) -> Section[AuthorizationData]:
    """Read the source of one section. Raises MessageError."""
    root = scan(raw)
    udi, code = root.one("udi").text, root.one("authorizationCode")
    owner = code.one("customerInfo")
    licences = tuple(map(_read_licence, code.one("entitlements").all("entitlement")))
    data = AuthorizationData(
        udi=_udi(udi),
        flag=code.one("flag").text,
        product_instance_identifier=code.one("piid").text,
        date_stamp=code.one("dateStamp").text,
        licences=licences,
        correlation_id=code.one("status").one("correlationID").text,
        smart_account=owner.one("smartAccount").text,
        virtual_account=owner.one("virtualAccount").text,
    )
    return signed_section(data, udi + code.outer, root.one("signature").text)


def _code(data: AuthorizationData) -> str:
    owner = element("smartAccount", data.smart_account) + element(
        "virtualAccount", data.virtual_account
    )
    done = element("success", "true") + element("correlationID", data.correlation_id)
    inner = (
        f"<customerInfo>{owner}</customerInfo>"
        + element("flag", data.flag)
        + element("version", _VERSION)
        + element("piid", data.product_instance_identifier)
        + element("dateStamp", data.date_stamp)
        + f"<entitlements>{''.join(map(_licence, data.licences))}</entitlements>"
        + f"<status>{done}</status>"
    )
    return f"<authorizationCode>{inner}</authorizationCode>"


def _licence(licence: AuthorizedLicence) -> str:
    inner = (
        element("tag", licence.tag)
        + element("count", licence.count)
        + element("startDate")
        + element("endDate")
        + element("licenseType", licence.license_type)
        + element("displayName", licence.display_name)
        + element("tagDescription", licence.description)
        + element("tagType", licence.license_type)
        + f"<status>{element('success', 'true')}</status>"
    )
    return f"<entitlement>{inner}</entitlement>"


def _read_licence(found: Element) -> AuthorizedLicence:
    return AuthorizedLicence(
        tag=found.one("tag").text,
        count=_count(found.one("count").text),
        license_type=found.one("licenseType").text,
        display_name=found.one("displayName").text,
        description=found.one("tagDescription").text,
    )


def _udi(text: str) -> Udi:
    pid, comma, sn = text.removeprefix("P:").partition(",S:")
    if not comma:
        raise MessageError(ReturnCode.PARSE, "an authorization names no device")
    return Udi(pid, sn)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise MessageError(ReturnCode.PARSE, "an entitlement's count is not a number")
    return int(text)


# --- requests and returns ---------------------------------------------------------------------


def authorization_requests_text(requests: Sequence[AuthorizationRequest]) -> str:
    """The JSON array of a usage file's `smartLicenseAuthRequest`."""
    return compact([authorization_request_object(request) for request in requests])


def authorization_request_from(entry: Fields) -> AuthorizationRequest:
    """One entry of that array. Raises MessageError."""
    keys = entry.objects("keys")
    return AuthorizationRequest(
        udi=entry.udi(),
        keys=tuple((key.text("entitlement"), _count(key.number_text("count"))) for key in keys),
        confirm_code=entry.text("confirm_code", ""),
        remove_code=entry.text("remove_code", ""),
    )


def authorization_request_object(request: AuthorizationRequest) -> dict[str, Any]:
    return {
        "sudi": sudi(request.udi),
        "keys": [{"entitlement": tag, "count": str(count)} for tag, count in request.keys],
        "confirm_code": request.confirm_code,
        "remove_code": request.remove_code,
    }


# --- codes for people ------------------------------------------------------------------------


def confirmation_code(before: str, after: str, udi: Udi) -> str:
    """What CSSM wants to hear when a code took the place of another: 8 hex digits."""
    return hashlib.sha256(f"{before}{after}{udi.short}".encode()).hexdigest()[:8]


def return_code(udi: Udi, stamp: str, chance: bytes) -> str:
    """The proof that a unit removed a code; `stamp` names that code, `chance` are 8 bytes that make
    it unique. `C`, then base58, in eight groups of six and one of three. # source: slr-codes

    assumed: what stands in it; a device's can be read by Cisco alone.
    """
    body = _seal(udi, stamp) + chance
    number, letters = int.from_bytes(body + _checksum(body), "big"), ""
    for _ in range(_RETURN_LETTERS):
        number, place = divmod(number, 58)
        letters = _BASE58[place] + letters
    text = _RETURN_VERSION + letters
    return "-".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def return_code_fits(text: str, udi: Udi, stamp: str) -> bool:
    """Is it the return code of this unit's code? Raises MessageError for a text that is none."""
    letters = text.replace("-", "")
    if len(letters) != 1 + _RETURN_LETTERS or letters[0] != _RETURN_VERSION:
        raise MessageError(ReturnCode.BAD_INPUT, "the return code does not validate")
    number = 0
    for letter in letters[1:]:
        place = _BASE58.find(letter)
        if place < 0:
            raise MessageError(ReturnCode.BASE64, "a return code is not base58")
        number = number * 58 + place
    whole = number.to_bytes(_RETURN_BYTES + 1, "big")
    body, checksum = whole[1:-4], whole[-4:]
    if whole[0] or _checksum(body) != checksum:
        raise MessageError(ReturnCode.BAD_INPUT, "the return code does not validate")
    return body.startswith(_seal(udi, stamp))


def _seal(udi: Udi, stamp: str) -> bytes:
    return hashlib.sha256(f"{udi.short}|{stamp}".encode()).digest()[: _RETURN_BYTES - 12]


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
