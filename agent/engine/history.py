"""What is remembered of exchanges and imported files: a few of each kind, oldest first.

The view of `show license history message` reads it. Sections that arrive in a reply belong to the
message, those of a file that was imported to their own import history.
Source: docs/sources.md, entry message-history.
"""

from __future__ import annotations

from agent.engine.acks import Outcome
from agent.engine.past_messages import PastMessages
from agent.engine.records import ImportKind, PastImport, PastMessage, Pending
from agent.engine.statistics import statistics_of
from agent.engine.timings import TIMINGS
from agent.engine.turn import Turn

_KINDS = {kind.value: kind for kind in ImportKind}
_OF_ELEMENTS = {  # a section that cannot be read is known by its element alone
    "smartLicensePolicy": ImportKind.POLICY,
    "smartLicenseTrust": ImportKind.TRUST_CODE,
    "smartLicenseRumAck": ImportKind.RUM_ACK,
    "smartLicenseAccountInfo": ImportKind.ACCOUNT_INFO,
}


def exchanged(turn: Turn, pending: Pending) -> None:
    """An exchange is over; its outcome stands in the statistics already."""
    found = statistics_of(turn.state, pending.exchange)
    nonce = pending.message.nonce
    row = PastMessage(pending.sent, nonce, turn.now, found.last_response, found.failure_reason)
    messages = turn.state.history.messages
    past = messages.get(pending.exchange)
    if past is None:
        past = messages[pending.exchange.value] = PastMessages()
    past.add(row, TIMINGS.limits.history)


def imported(turn: Turn, outcome: Outcome) -> None:
    """A file was imported: each section has its own line of history."""
    for name in outcome.installed:
        _remember(turn, _KINDS[name], PastImport(turn.now))
    for fault in outcome.faults:
        kind = _KINDS.get(fault.section) or _OF_ELEMENTS.get(fault.section)
        if kind is not None:
            _remember(turn, kind, PastImport(turn.now, fault.code, fault.reason))


def _remember(turn: Turn, kind: ImportKind, row: PastImport) -> None:
    history = turn.state.history
    rows = (*history.imports.get(kind.value, ()), row)[-TIMINGS.limits.history :]
    history.imports = {**history.imports, kind.value: rows}
