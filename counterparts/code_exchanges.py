"""Authorization codes by connection, at CSSM: requests, confirmations and returns of devices.

A device that reaches CSSM itself is answered at once; what a CSLU passes on is an upload whose
result is fetched by a poll. Called inside a transaction of the records.
Sources: docs/sources.md, entries authorization-codes, cloud-api.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.protocol.codec import MessageError
from agent.protocol.messages import (
    AuthorizationRequest,
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
    Reply,
    Sender,
    UsageReport,
)
from counterparts import authorizations
from counterparts.replies import failed, good
from counterparts.repository import Upload

if TYPE_CHECKING:
    from counterparts.cssm import Cssm

NOT_CONFIRMED = "the confirmation code is not that of the code in force"


def take_wanted(cssm: Cssm, asked: CodesWanted, now: Instant) -> Reply:
    """Issue the codes."""
    return _answer(cssm, asked, now)


def take_confirmed(cssm: Cssm, asked: CodesConfirmed, now: Instant) -> Reply:
    """Note that the codes are installed."""
    if all(authorizations.confirm(cssm, unit) for unit in asked.units):
        return good(asked, now)
    return failed(asked, NOT_CONFIRMED, now)


def take_returned(cssm: Cssm, asked: CodesReturned, now: Instant) -> Reply:
    """Take the codes back."""
    return _answer(cssm, asked, now)


def take_passed_on(
    cssm: Cssm, sender: Sender, units: Sequence[AuthorizationRequest], nonce: str, now: Instant
) -> Upload:
    """What a CSLU brought of a device. Raises MessageError where CSSM does not want it."""
    confirmed = [unit for unit in units if unit.confirm_code]
    if not all(authorizations.confirm(cssm, unit) for unit in confirmed):
        raise MessageError(authorizations.REFUSED, NOT_CONFIRMED)
    others = [unit for unit in units if not unit.confirm_code]
    sections = authorizations.sections_for(cssm, others, now)
    return cssm.take_upload(UsageReport(sender, now, nonce), now, sections)


def _answer(cssm: Cssm, asked: CodesWanted | CodesReturned, now: Instant) -> Reply:
    try:
        upload = take_passed_on(cssm, asked.sender, asked.units, asked.nonce, now)
    except MessageError as error:
        return failed(asked, error.reason, now)
    return good(asked, now, licence_files=(upload.licence_file,))
