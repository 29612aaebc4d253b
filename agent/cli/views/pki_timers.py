"""`show crypto pki timers [detail]`: the next run of each PKI timer, in sections by kind.

A section begins with its first timer once more, without a name. Facts: docs/sources.md, entry
pki-timers.
"""

from __future__ import annotations

from collections.abc import Iterable

from agent.cli.views.pki import Shown
from agent.core.clock import DAY, HOUR, MINUTE, SECOND, Instant
from agent.core.dates import local

CLEANUP = 15 * MINUTE  # half-finished enrollments are forgotten that often
ALERT = 60 * DAY  # a certificate's end is announced that long before
REFRESH = 19 * DAY + 18 * HOUR + 30 * MINUTE  # and the trust pool fetched again before its end

Timer = tuple[Instant, str]  # when it runs, and its name


def timers(shown: Iterable[Shown], now: Instant, uptime: int, detail: bool) -> str:
    """The sections that have a timer; `uptime` in ms, `detail` adds the instant of each."""
    ends = [(one.says.end, one.kept) for one in shown]
    alerts = [
        (end - ALERT, f"{'CA' if kept.kind == 'ca' else 'ID'}({kept.trustpoint})")
        for end, kept in ends
    ]
    pool = [(end - REFRESH, "TRUSTPOOL") for end, kept in ends if kept.kind == "ca"]
    sections: dict[str, list[Timer]] = {
        "PKI Timers": [(now + CLEANUP - uptime % CLEANUP, "SESSION CLEANUP")],
        "Expiry Alert Timers": alerts,
        "Trustpool Timers": sorted(pool)[:1],
    }
    lines: list[str] = []
    for title, rows in sections.items():
        coming = sorted(row for row in rows if row[0] > now)
        if coming:
            first = _row(coming[0][0], now, detail)
            below = (f"  {_row(at, now, detail)} {name}" for at, name in coming)
            lines += [title, first, *below]
    return "\n".join(lines)


def _row(at: Instant, now: Instant, detail: bool) -> str:
    dated = f"  ({local(at):%Y-%m-%dT%H:%M:%SZ})" if detail else ""
    return f"|{_left(at - now):>16}{dated}"


def _left(ms: int) -> str:
    """`985d11:54:30.614`, `5:54:30.889`, `2:44.780`, `57.782`: no unit of zero leads."""
    days, rest = divmod(ms, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    text = f"{rest // SECOND:02d}.{rest % SECOND:03d}"
    if days:
        return f"{days}d{hours:2d}:{minutes:02d}:{text}"
    if hours:
        return f"{hours}:{minutes:02d}:{text}"
    return f"{minutes}:{text}" if minutes else text.removeprefix("0")
