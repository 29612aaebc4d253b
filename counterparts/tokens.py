"""Does an ID token serve? The same rule for trust codes and for identities."""

from __future__ import annotations

from agent.core.clock import Instant
from counterparts.repository import Token


def refusal(text: str, token: Token | None, uses: int, now: Instant) -> str:
    """Why a token does not serve for so many uses. source: tokens (the wording is recalled)"""
    if token is None:
        return f"The token '{text}' is not valid."
    if now >= token.expires:
        return f"The token '{text}' has expired."
    if token.used + uses > token.max_uses:
        return f"The token '{text}' has no uses left."
    return ""
