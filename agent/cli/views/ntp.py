"""`show ntp status` and `show ntp associations`.

Times of polls are counted from the first synchronisation; what a server said of itself is what was
heard last. Facts: docs/sources.md, entries ntp-output, ntp-sync.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.core.clock import Instant
from agent.core.dates import Zone, clock_line
from agent.device.inputs import Heard
from agent.device.timekeeping import OWN_CLOCK, servers
from yang.tree import EMPTY, Tree, get

if TYPE_CHECKING:
    from agent.device.device import Device

NO_NTP = "%NTP is not enabled."
# source: ntp-output
_NTP = """\
Clock is unsynchronized, stratum 16, no reference clock
nominal freq is 250.0000 Hz, actual freq is 250.0000 Hz, precision is 2**10
ntp uptime is {uptime} (1/100 of seconds), resolution is 4000
reference time is 00000000.00000000 (00:00:00.000 {zone} Mon Jan 1 1900)
clock offset is 0.0000 msec, root delay is 0.00 msec
root dispersion is {dispersion:.2f} msec, peer dispersion is 0.00 msec
loopfilter state is 'FSET' (Drift set from file), drift is 0.000000000 s/s
system poll interval is 64, never updated."""
# assumed: of a clock that follows a server one hop away; recalled, no output is known
_SYNCHRONISED = """\
Clock is synchronized, stratum {stratum}, reference is {peer}
nominal freq is 250.0000 Hz, actual freq is 250.0000 Hz, precision is 2**10
ntp uptime is {uptime} (1/100 of seconds), resolution is 4000
reference time is {reference}
clock offset is {offset:.4f} msec, root delay is {delay:.2f} msec
root dispersion is {dispersion:.2f} msec, peer dispersion is {peer_dispersion:.2f} msec
loopfilter state is 'CTRL' (Normal Controlled Loop), drift is 0.000000000 s/s
system poll interval is 64, last update was {ago} sec ago."""
_POLL = 64  # seconds
_NTP_EPOCH = 2_208_988_800  # seconds from 1900 to 1970
_ASSOCIATIONS = "  address         ref clock       st   when   poll reach  delay  offset   disp"
_LEGEND = " * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured"


@dataclass(frozen=True, slots=True)
class Clock:
    """What a device has of its servers: `peer` is the one it follows, for `since_ms` already;
    `off_ms` is how far its calendar is ahead of the lab's time."""

    peer: str
    stratum: int  # its own clock's, where it follows that
    since_ms: Instant
    off_ms: Instant
    heard: tuple[tuple[str, Heard], ...] = ()

    @property
    def polls(self) -> int:
        """How many answers came so far."""
        return self.since_ms // 1000 // _POLL + 1

    @property
    def seconds_ago(self) -> int:
        """When the last answer came."""
        return self.since_ms // 1000 % _POLL

    def of(self, server: str) -> Heard | None:
        """What a server said; one that answers without a network is right, and one hop away."""
        found = dict(self.heard).get(server)
        return Heard(self.off_ms) if found is None and server == self.peer else found


def clock(device: Device, now: Instant) -> Clock:
    """What the device has at `now`."""
    kept = device.timekeeping
    own = get(device.datastore.running, ("native", "ntp", "master"), EMPTY).get("stratum-number", 8)
    since = now - kept.since if kept.peer else 0
    return Clock(kept.peer, own - 1, since, device.clock_offset_ms, kept.heard)


def status(root: Tree, zone: Zone, uptime: Instant, known: Clock, local: Instant = 0) -> str:
    """`show ntp status`; `uptime` in ms, `local` is the calendar."""
    if not get(root, ("native", "ntp"), EMPTY):
        return NO_NTP
    if not known.peer:
        # assumed: an idle clock's dispersion grows by 15 parts in a million
        dispersion = uptime * 15 / 1_000_000
        return _NTP.format(uptime=uptime // 10, zone=zone.name, dispersion=dispersion)
    updated = local - known.seconds_ago * 1000
    seconds, ms = divmod(updated, 1000)
    stamp = f"{seconds + _NTP_EPOCH & 0xFFFFFFFF:08X}.{ms * 2**32 // 1000:08X}"
    own = known.peer == OWN_CLOCK
    heard = Heard(known.off_ms, known.stratum, delay_us=0) if own else known.of(known.peer)
    assert heard is not None
    return _SYNCHRONISED.format(
        stratum=heard.stratum + 1,
        peer=known.peer,
        uptime=uptime // 10,
        reference=f"{stamp} ({clock_line(updated, zone)})",
        offset=float(heard.offset_ms - known.off_ms),
        delay=(heard.delay_us + heard.root_delay_us) / 1000,
        dispersion=2.2 + heard.root_dispersion_us / 1000,
        peer_dispersion=1.2,
        ago=known.seconds_ago,
    )


def associations(root: Tree, known: Clock) -> str:
    """`show ntp associations`."""
    if not get(root, ("native", "ntp"), EMPTY):
        return NO_NTP
    lines = ["", _ASSOCIATIONS]
    if known.peer == OWN_CLOCK:
        lines.append(_row(known, OWN_CLOCK, Heard(known.off_ms, known.stratum)))
    for name, _ in servers(root):
        heard = known.of(name)
        if heard is None:
            lines.append(
                f" ~{name:<15} .INIT.          16      -     64     0  0.000   0.000 15937."
            )
        else:
            lines.append(_row(known, name, heard))
    return "\n".join([*lines, _LEGEND])


def _row(known: Clock, server: str, heard: Heard) -> str:
    """A server that answers: the one that is followed, or a candidate.

    # assumed: it is asked when the one that is followed is
    """
    mark = "*" if server == known.peer else "+" if known.peer else " "
    reach = f"{(1 << min(known.polls, 8)) - 1:o}"
    word = (
        f".{heard.reference}."
        if heard.stratum < 2 or "." not in heard.reference
        else heard.reference
    )
    return (
        f"{mark}~{server:<15} {word:<15}{heard.stratum:>3}{known.seconds_ago:>7}{_POLL:>7}"
        f"{reach:>6}{heard.delay_us / 1000:>7.3f}{heard.offset_ms - known.off_ms:>8.3f}  1.204"
    )
