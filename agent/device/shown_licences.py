"""What `show license ...` says of licences in use and of their reports. See shown.py.

Licences come as handles (tech support), as blocks (usage, all) or as rows (summary); the platform's
profile knows their tags. Reports come as a list, in detail, or as the counts of
`Usage Report Summary:`, for which as many are made: those sent first, the open ones last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.device.printed import Printed, word_of
from agent.engine.records import LicenceUse, RumReport, RumState, StorageState, changed
from agent.engine.rum import CURRENT_USAGE_REQUESTED
from agent.engine.state import AgentState, Counters
from agent.engine.timings import TIMINGS
from agent.profiles.profile import Entitlement, Profile
from agent.protocol.messages import TELEMETRY, AuthorizedLicence

_ROW = re.compile(
    r"^ *(\S.*?) +\(([^()]*|.*?)\) +(\d+) (?:NOT )?(?:IN USE|AUTHORIZED)", re.MULTILINE
)
_BLOCK = re.compile(r"^(\S.*?) \((.+)\):\n +Description: .*\n +Count: (\d+)$", re.MULTILINE)
_LISTED = re.compile(r"^(\d{1,10}) +([A-Z]+) +(\w) +(\S+)$", re.MULTILINE)


# why a report was closed, where that is not the word itself
_REASONS = {"REPORTING": CURRENT_USAGE_REQUESTED, "ACKED": "", "None": ""}


@dataclass(frozen=True)
class Licences:
    usage: tuple[LicenceUse, ...]
    reports: tuple[RumReport, ...]
    counters: Counters
    telemetry: tuple[RumReport, ...] | None = None  # None: the text lists no reports
    allowed: tuple[AuthorizedLicence, ...] = ()  # listed though nothing uses them: a code is there


def read(printed: Printed, profile: Profile, state: AgentState, now: Instant) -> Licences:
    """Licences, reports and counts of a text; of what it does not name, the state's."""
    known = _Known(profile, tuple(member.udi.pid for member in state.members))
    handles = tuple(_handles(printed, known))
    allowed: tuple[AuthorizedLicence, ...] = ()
    if handles:
        usage = tuple(handle.use for handle in handles)
    elif re.search(r"No licenses in use|^License Usage", printed.text, re.MULTILINE) or (
        _BLOCK.search(printed.text)
    ):
        usage, allowed = _uses(printed, known, now)
    else:
        usage = tuple(state.usage.values())
    listed = (*_listed(printed, known), *_detailed(printed))
    counts = printed.part("Usage Report Summary:", r"\n *\n")
    counted = state.counters if counts is None else _counters(counts)
    if listed:
        telemetry = tuple(report for report in listed if not report.entitlement_tag)
        reports = tuple(report for report in listed if report.entitlement_tag)
        return Licences(usage, reports, counted, telemetry, allowed)
    if counts is None:
        return Licences(usage, tuple(state.reports.values()), counted, None, allowed)
    made = tuple(_counted(counts, handles, usage, state, now))
    given_up = _given_up(printed, known, now)
    # those given up take the place of as many that are done with
    return Licences(usage, (*given_up, *made[len(given_up) :]), counted, None, allowed)


class _Known:
    """The licences of a platform, those of the set's own models first."""

    def __init__(self, profile: Profile, pids: tuple[str, ...]) -> None:
        own = [profile.models[pid].licences for pid in pids if pid in profile.models]
        order = sorted(profile.entitlements, key=lambda name: name not in own)
        self.profile = profile
        self.rows = [one for name in order for one in profile.entitlements[name]]
        self.enforced = [row.entitlement for row in profile.enforced]

    def by_tag(self, tag: str) -> Entitlement:
        """Raises InputError for a licence the platform does not know."""
        return self._known(self.profile.entitlement(tag), tag)

    def by_display(self, name: str, display: str) -> Entitlement:
        """The licence of this text in brackets, which a row of `summary` cuts short."""
        start = display.removesuffix("...")
        rows = [one for one in (*self.rows, *self.enforced) if one.display.startswith(start)]
        if start == display:
            rows = [one for one in rows if one.display == display]
        named = next((one for one in rows if name in (one.feature, one.description)), None)
        return self._known(named or next(iter(rows), None), display)

    def by_feature(self, feature: str) -> Entitlement:
        rows = (*self.rows, *self.enforced)
        return self._known(next((one for one in rows if one.feature == feature), None), feature)

    def _known(self, found: Entitlement | None, what: str) -> Entitlement:
        if found is None:
            raise InputError(f"{self.profile.family} has no licence {what}")
        return found


# --- licences -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Handle:
    use: LicenceUse
    current: int  # the number of its open report
    previous: int


def _handles(printed: Printed, known: _Known) -> Iterator[_Handle]:
    for text in re.split(r"^Handle: ", printed.text, flags=re.MULTILINE)[1:]:
        number, _, rest = text.partition("\n")
        said = replace(printed, text=rest.partition("Soft Enforced")[0])
        licence = known.by_tag(said.value("Entitlement Tag") or "")
        requested = said.value("Request Time") or "None"
        yield _Handle(
            LicenceUse(
                handle=int(number),
                feature=licence.feature,
                entitlement_tag=licence.tag,
                count=said.number("Count"),
                status_time=said.when("Status time") or 0,
                request_time=None if requested == "None" else said.instant(requested),
                licence_class=licence.licence_class,
                endpoint=requested == "None",
            ),
            said.number("Current Report"),
            said.number("Previous"),
        )


def _uses(
    printed: Printed, known: _Known, now: Instant
) -> tuple[tuple[LicenceUse, ...], tuple[AuthorizedLicence, ...]]:
    """From blocks, or from rows; apart those that a code allows and nothing uses."""
    rows = _BLOCK.findall(printed.text) or _ROW.findall(printed.text)
    found = [(known.by_display(name, display), int(count)) for name, display, count in rows]
    enforced = {one.tag for one in known.enforced}
    uses = [(one, count) for one, count in found if count or one.tag not in enforced]
    held = [one for one, count in found if not count and one.tag in enforced]
    return (
        tuple(
            LicenceUse(handle, one.feature, one.tag, count, now, now, one.licence_class)
            for handle, (one, count) in enumerate(uses, 1)
        ),
        tuple(AuthorizedLicence(one.tag, 1, "PERPETUAL", one.display) for one in held),
    )


# --- reports --------------------------------------------------------------------------------


def _listed(printed: Printed, known: _Known) -> Iterator[RumReport]:
    """The rows of `show license rum id all`."""
    if "Report Id,          State" not in printed.text:
        return
    for number, word, flag, feature in _LISTED.findall(printed.text):
        gone = word == StorageState.DELETED.value
        state = RumState.CLOSED if gone else word_of(RumState, word)
        acked = state is RumState.ACK
        yield RumReport(
            int(number),
            "" if feature == TELEMETRY else known.by_feature(feature).tag,
            feature,
            state,
            opened=0,
            count=1,
            measured_since=0,
            sent=1 if acked else None,
            acked=1 if acked else None,
            flag=flag,
            storage=StorageState.DELETED if gone or acked else StorageState.EXIST,
        )


def _detailed(printed: Printed) -> Iterator[RumReport]:
    """The reports of `show license rum id ... detail`."""
    if "Usage Report Detail:" not in printed.text:
        return
    for text in re.split(r"^Report Id: ", printed.text, flags=re.MULTILINE)[1:]:
        number, _, rest = text.partition("\n")
        said = replace(printed, text=rest)
        chain = re.search(r"Previous Report Id: (\d+), +Next Report Id: (\d+)", rest)
        change = re.search(r"State: (\w+), +[\w ]*Reason: (.*)", rest)
        times = re.search(r"Start Time: (.*?), +End Time: (.*)", rest)
        if chain is None or change is None or times is None:
            raise InputError(f"report {number} is not whole")
        word, reason = change.groups()
        storage = word_of(StorageState, said.value("Storage State") or "EXIST")
        state = RumState.CLOSED if word == StorageState.DELETED.value else word_of(RumState, word)
        ended = None if times[2].startswith("<none>") else said.instant(times[2])
        about_none = said.value("Metric Name") == TELEMETRY
        yield RumReport(
            int(number),
            "" if about_none else said.value("Metric Value") or "",
            TELEMETRY if about_none else said.value("Feature Name") or "",
            state,
            opened=said.instant(times[1]),
            count=1,
            measured_since=said.instant(times[1]),
            closed=ended,
            close_reason=_REASONS.get(reason, reason),
            sent=ended if state in (RumState.ACK, RumState.UNACK) else None,
            acked=ended if state is RumState.ACK else None,
            previous_id=int(chain[1]),
            next_id=int(chain[2]),
            storage=storage,
        )


def _counters(counts: Printed) -> Counters:
    return Counters(
        total=counts.number("Total"),
        purged=counts.number("Purged"),
        acknowledged=counts.number("Total Acknowledged Received"),
        missing=counts.number("MIA"),
    )


def _counted(
    counts: Printed,
    handles: tuple[_Handle, ...],
    usage: tuple[LicenceUse, ...],
    state: AgentState,
    now: Instant,
) -> Iterator[RumReport]:
    """So many reports as are counted; licences take turns. Handles tell the newest of each.

    `Maximum Display` counts those that are done with too, `In Storage` those of them still there.
    """
    waiting, available = counts.number("Waiting for Ack"), counts.number("Available to Report")
    collecting = counts.number("Collecting Data")
    newest = sorted((h for h in handles if h.current), key=lambda handle: handle.current)
    every = usage or tuple(state.usage.values())
    uses = tuple(use for use in every if use.count) or every
    if not uses:
        return
    older = max(0, waiting + available - len(newest))
    done = max(0, counts.number("Maximum Display") - waiting - available)
    stored = max(0, counts.number("In Storage") - waiting - available)
    size = done + older
    first = (newest[0].current if newest else state.next_report_id + size) - size
    for place in range(size):
        use, number, left = uses[place % len(uses)], first + place, size - place
        if place < done:
            kept = StorageState.EXIST if done - place <= stored else StorageState.DELETED
            made = _made(number, use, RumState.ACK, now, now)
            yield changed(made, acked=now, storage=kept)
        elif place < done + waiting:
            yield _made(number, use, RumState.UNACK, now, now)
        else:
            still_open = left <= collecting - len(newest)
            state_of_it = RumState.OPEN if still_open else RumState.CLOSED
            yield _made(number, use, state_of_it, None, now)
    for handle in newest:
        made = _made(handle.current, handle.use, RumState.OPEN, None, now)
        yield changed(made, previous_id=handle.previous)


def _made(
    number: int, use: LicenceUse, state: RumState, sent: Instant | None, now: Instant
) -> RumReport:
    """An open one begins now; another one has lasted for a measurement. # assumed"""
    is_open = state is RumState.OPEN
    began = now if is_open else now - TIMINGS.jobs.measurement
    return RumReport(
        number,
        use.entitlement_tag,
        use.feature,
        state,
        opened=began,
        count=use.count,
        measured_since=began,
        closed=None if is_open else now,
        sent=sent,
    )


def _given_up(printed: Printed, known: _Known, now: Instant) -> tuple[RumReport, ...]:
    """A finished report of each licence below `Last Reporting Not Required:`."""
    part = printed.part("Last Reporting Not Required:", r"\n *Usage Report Summary")
    tags = re.findall(r"Entitlement Tag: (\S+)", part.text) if part else []
    uses = [
        LicenceUse(0, one.feature, one.tag, 0, now, None, one.licence_class)
        for one in map(known.by_tag, tags)
    ]
    made = (_made(number, use, RumState.ACK, now, now) for number, use in enumerate(uses, 1))
    gone = StorageState.DELETED
    return tuple(changed(report, acked=now, storage=gone) for report in made)
