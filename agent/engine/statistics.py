"""`Communication Statistics`: attempts and answers of each exchange.

`Ongoing Failure` counts failures in a row; `Communication` only those of the transport itself.
Source: docs/sources.md, entry communication-statistics.
"""

from __future__ import annotations

from agent.core.clock import Instant
from agent.engine.records import Exchange, ExchangeStatistics, changed
from agent.engine.state import AgentState

NO_REPLY = "NO REPLY"
NO_DATA = "NO DATA TO PROCESS"
INVALID_STATUS = "INVALID STATUS CODE"


_NONE = ExchangeStatistics()


def statistics_of(state: AgentState, exchange: Exchange) -> ExchangeStatistics:
    return state.statistics.get(exchange, _NONE)


def succeeded(state: AgentState, exchange: Exchange, response: str, now: Instant) -> None:
    """An attempt was answered with `OK` or `OK_POLL`."""
    old = statistics_of(state, exchange)
    state.statistics[exchange] = ExchangeStatistics(
        total=old.total + 1,
        success=old.success + 1,
        fail=old.fail,
        last_response=response,
        last_response_time=now,
        last_success=now,
        last_failure=old.last_failure,
    )


def nothing_sent(state: AgentState, exchange: Exchange) -> None:
    """A turn without anything to send counts and has no times.

    # source: communication-statistics
    """
    old = statistics_of(state, exchange)
    state.statistics[exchange] = changed(
        old,
        total=old.total + 1,
        success=old.success + 1,
        last_response=NO_DATA,
        last_response_time=None,
        failure_reason=_NONE.failure_reason,
    )


def failed(
    state: AgentState,
    exchange: Exchange,
    response: str,
    now: Instant,
    *,
    reason: str = "<none>",
    communication: bool = False,
) -> None:
    """An attempt failed; `communication` when no answer of the peer could be used."""
    old = statistics_of(state, exchange)
    state.statistics[exchange] = ExchangeStatistics(
        total=old.total + 1,
        success=old.success,
        fail=old.fail + 1,
        ongoing_overall=old.ongoing_overall + 1,
        ongoing_communication=old.ongoing_communication + 1 if communication else 0,
        last_response=response,
        last_response_time=now,
        failure_reason=reason,
        last_success=old.last_success,
        last_failure=now,
    )
