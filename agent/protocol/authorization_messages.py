"""The three requests about authorization codes: for a code, of its confirmation, of its return.

Each names the units it is about as a usage file does. Sources: docs/sources.md, entries
request-types, authorization-codes.
"""

from __future__ import annotations

import msgspec

from agent.core.clock import Instant
from agent.core.identity import Udi
from agent.protocol.sender import Sender


class AuthorizationRequest(msgspec.Struct, frozen=True, gc=False):
    """What a unit wants to be authorized for, as (tag, count); or the return of its code."""

    udi: Udi
    keys: tuple[tuple[str, int], ...]
    confirm_code: str = ""
    remove_code: str = ""


class CodesWanted(msgspec.Struct, frozen=True, gc=False):
    """Ask for codes: `units` name the licences each shall be authorized for."""

    sender: Sender
    timestamp: Instant
    nonce: str
    units: tuple[AuthorizationRequest, ...] = ()


class CodesConfirmed(msgspec.Struct, frozen=True, gc=False):
    """Say that new codes are installed: `units` carry the confirmation codes."""

    sender: Sender
    timestamp: Instant
    nonce: str
    units: tuple[AuthorizationRequest, ...] = ()


class CodesReturned(msgspec.Struct, frozen=True, gc=False):
    """Give codes back: `units` carry the return codes."""

    sender: Sender
    timestamp: Instant
    nonce: str
    units: tuple[AuthorizationRequest, ...] = ()
