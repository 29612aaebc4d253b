"""The replies CSSM gives to a device that reaches it directly: good, later, failed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.core.clock import Instant
from agent.protocol.messages import ConnectInfo, Reply, Request, StatusCode

if TYPE_CHECKING:
    from counterparts.cssm import Cssm

# source: connect-info
SSM = ConnectInfo(
    name="SSM",
    version="1.3",
    capabilities=(
        "DLC",
        "AppHA",
        "EXPORT_2",
        "POLICY_USAGE",
        "UTILITY",
        "TELEMETRY",
        "TELEMETRY_POLICY",
    ),
)
OLDER = replace(SSM, capabilities=tuple(c for c in SSM.capabilities if c != "POLICY_USAGE"))


def good(asked: Request, now: Instant, **members: Any) -> Reply:
    """OK, with what comes along."""
    return Reply(asked.nonce, StatusCode.OK, connect=SSM, server_time=now, **members)


def later(cssm: Cssm, asked: Request, poll_id: str, now: Instant) -> Reply:
    """OK_POLL: the result is to be asked for."""
    seconds = cssm.settings.poll_interval_seconds
    return Reply(
        asked.nonce,
        StatusCode.OK_POLL,
        retry_time_seconds=seconds,
        poll_id=poll_id,
        connect=SSM,
        server_time=now,
    )


def failed(asked: Request, message: str, now: Instant) -> Reply:
    """FAILED, with CSSM's word for it."""
    return Reply(asked.nonce, StatusCode.FAILED, message, connect=SSM, server_time=now)
