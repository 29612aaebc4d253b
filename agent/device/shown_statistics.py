"""What `show license ...` says of exchanges, peer, jobs, applications and events.

See shown.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.device.printed import Printed
from agent.device.standing import JOBS
from agent.engine.application_ha import ApplicationHa, ApplicationPeer
from agent.engine.queries import Job
from agent.engine.records import Exchange, ExchangeStatistics, LoggedEvent
from agent.protocol.messages import ConnectInfo

_ATTEMPTS = re.compile(
    r"Total=(\d+), Success=(\d+), Fail=(\d+) +Ongoing Failure: Overall=(\d+) Communication=(\d+)"
)
_OVER = ("Expired", "Not ")
_EVENT = re.compile(
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{3}) \S+ SAEVT_(\S+)(.*)$", re.MULTILINE
)


def statistics(
    printed: Printed, before: Mapping[str, ExchangeStatistics]
) -> Mapping[str, ExchangeStatistics]:
    """`Communication Statistics:`, by Exchange.value."""
    whole = printed.part("Communication Statistics:", r"\n *License Certificates")
    return before if whole is None else dict(_statistics(whole))


def _statistics(whole: Printed) -> Iterator[tuple[str, ExchangeStatistics]]:
    for exchange in Exchange:
        part = whole.part(f"{exchange.value}:", r"\n\S")
        counts = _ATTEMPTS.search(part.text) if part else None
        if part is None or counts is None:
            continue
        response, _, when = (part.value("Last Response") or "").partition(" on ")
        total, success, fail, overall, communication = map(int, counts.groups())
        yield (
            exchange.value,
            ExchangeStatistics(
                total=total,
                success=success,
                fail=fail,
                ongoing_overall=overall,
                ongoing_communication=communication,
                last_response=response or "<none>",
                last_response_time=part.instant(when) if when else None,
                failure_reason=part.value("Failure Reason") or "<none>",
                last_success=part.when("Last Success Time"),
                last_failure=part.when("Last Failure Time"),
            ),
        )


def peer(printed: Printed, before: ConnectInfo | None) -> ConnectInfo | None:
    """What the last server said of itself."""
    name = printed.value("connect_info.name")
    if not name:
        return before if name is None else None
    return ConnectInfo(
        name,
        printed.value("connect_info.version") or "",
        tuple((printed.value("connect_info.capabilities") or "").split(", ")),
        printed.value("connect_info.prod") == "True",
    )


def jobs(printed: Printed, lists: tuple[Job, ...]) -> dict[str, Instant | None]:
    """The jobs of `Upcoming Scheduled Jobs` that a device plans; None for one that is over.

    `lists` are those it lists itself, so one of them that is not there is not planned.
    """
    part = printed.part("Upcoming Scheduled Jobs", r"\n *\n")
    if part is None:
        return {}
    listed = {job.name: part.value(job.name) for job in lists if job.name in JOBS}
    return {
        name: part.instant(said) if said and not said.startswith(_OVER) else None
        for name, said in listed.items()
    }


def high_availability(printed: Printed, before: ApplicationHa | None) -> ApplicationHa | None:
    """The block `Application HA Info:` below a licence; none below licences that are listed."""
    part = printed.part("Application HA Info:", r"\n *\n|\n\S")
    if part is None:
        return None if printed.part("License Usage") else before
    own, _, other = part.text.partition("Peer Info:")
    here, there = replace(part, text=own), replace(part, text=other)
    peer = None
    if other:
        udi = re.search(r"UDI: P:(\S+?),S:(\S+)", other)
        if udi is None:
            raise InputError("the peer of an application has no UDI")
        peer = ApplicationPeer(
            there.value("Application Role") or "",
            there.value("Hostname") or "",
            Udi(udi[1], udi[2]),
            there.value("PIID") or "",
        )
    role, number = here.value("Application Role") or "", here.number("Application Id")
    return ApplicationHa(role, here.value("Application Name") or "", number, peer)


def eventlog(printed: Printed) -> tuple[LoggedEvent, ...] | None:
    """The events of `show license eventlog`; None where the text has none."""
    found = _EVENT.findall(printed.text)
    return tuple(_event(printed, *event) for event in found) if found else None


def _event(printed: Printed, when: str, ms: str, name: str, rest: str) -> LoggedEvent:
    try:
        local = datetime.fromisoformat(when).replace(tzinfo=UTC)
    except ValueError:
        raise InputError(f"there is no {when}") from None
    return LoggedEvent(
        printed.moment(local) + int(ms), name, tuple(re.findall(r' (\w+)="([^"]*)"', rest))
    )
