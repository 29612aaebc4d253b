"""The device: Smart Agent, datastore, files, log and journal behind one door.

Whatever happens to a device is a DeviceInput at an instant. `_apply` writes it to the journal and
then carries it out by the table of carry_out.py; the public methods only build the inputs. Nothing
here knows clocks, sockets or files of the host: `link` carries requests out, `journal` keeps
inputs, `changed` tells the lab that the next deadline may be another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.core import sysmsg
from agent.core.chance import Chance
from agent.core.clock import Instant
from agent.core.dates import Zone
from agent.core.identity import Udi
from agent.core.release import Release
from agent.device import config, debugging, images, inputs, planned_reload, revert_timer
from agent.device.addressless import with_consequences
from agent.device.boot import tag_of
from agent.device.carry_out import CARRY_OUT
from agent.device.datastore import Datastore
from agent.device.files import FileFault, VirtualFiles, sizes
from agent.device.inputs import AgentEvent, DeviceInput, Heard, Job
from agent.device.journal import UNRECORDED, Journal, encode_line
from agent.device.link import UNPLUGGED, Link, unheard, unread, unwatched
from agent.device.log import DeviceTime, Log, LogSettings
from agent.device.redundancy import FORCED, NO_HISTORY, Redundancy
from agent.device.timekeeping import ALONE, Timekeeping
from agent.engine import transport
from agent.engine.actions import Action, Answer, Notify, Send, WriteFile
from agent.engine.actions import Log as LogAction
from agent.engine.config import LicenseConfig
from agent.engine.events import POWER_ON, Event, TimeReached
from agent.engine.machine import SmartAgent, new_state
from agent.engine.records import Member, Role
from agent.engine.state import AgentState
from agent.profiles.profile import Profile, profile_for
from yang.tree import Edit, Tree, apply


@dataclass(frozen=True, slots=True)
class Projection:
    """What a configuration root means to the device."""

    licensing: LicenseConfig
    log: LogSettings
    zone: Zone


class Device:
    """One product instance.

    What drives it: commands and management sessions (`handle`, `commit`, `save`, ...), time
    (`next_deadline`, `wake`) and its link's answers (`handle`).
    """

    __slots__ = (
        "__weakref__",
        "_busy",
        "access_points",
        "agent",
        "air_level",
        "announce",
        "ask_time",
        "booted",
        "changed",
        "clock_authoritative",
        "clock_offset_ms",
        "datastore",
        "debugging",
        "files",
        "inputs",
        "jobs",
        "journal",
        "latest",
        "level",
        "link",
        "log",
        "logged",
        "model",
        "name",
        "netconf",
        "notify",
        "planned",
        "profile",
        "redundancy",
        "release",
        "reload_reason",
        "restarted",
        "reverting",
        "throughput",
        "timekeeping",
        "zone",
    )

    def __init__(self, name: str, model: str, release: Release, state: AgentState) -> None:
        """A device that has not started. Raises InputError for a model no profile knows."""
        self.name, self.model, self.release = name, model, release
        self.profile: Profile = profile_for(model)
        self.agent = SmartAgent(self.profile, release, state)
        self.datastore = Datastore(config.factory_root(self.profile, release, model))
        default = "flash" if self.profile.kind == "switch" else "bootflash"
        own = images.software(self.profile, release, model)
        self.files = VirtualFiles(default, sizes(self.profile.texts_of(model)), own)
        self.log = Log()
        self.inputs = 0  # how many were applied: the journal's count
        self.latest: Instant = 0  # the instant of the last one
        self.jobs: tuple[Job, ...] = ()
        self.access_points: dict[Udi, None] = {}
        self.level = self.profile.default_level
        self.air_level = self.profile.default_air_level
        self.throughput = self.profile.default_throughput(model)  # the level in force
        self.booted: Instant | None = None
        self.reload_reason = POWER_ON
        self.debugging: frozenset[str] = frozenset()  # by the names of debugs.toml
        self.planned: inputs.ReloadPlan | None = None
        self.reverting: inputs.RevertPlan | None = None
        self.redundancy: Redundancy = NO_HISTORY
        self.clock_offset_ms, self.clock_authoritative = 0, False
        self.timekeeping: Timekeeping = ALONE
        self.zone = Zone()
        self._busy = False
        self.link: Link = UNPLUGGED
        self.journal: Journal = UNRECORDED
        self.changed: Callable[[Device], None] = unwatched
        self.notify: Callable[[Device, Notify], None] = unheard
        # each system message: mnemonic, text, instant
        self.logged: Callable[[Device, str, str, Instant], None] = unread
        # what its NETCONF sessions share (agent.netconf.server), where somebody serves them
        self.netconf: object | None = None
        # a text for every terminal; and: the device has reloaded by itself
        self.announce: Callable[[Device, str], None] = unheard
        self.restarted: Callable[[Device], None] = unwatched
        # who asks the configured NTP servers, where there is a network
        self.ask_time: Callable[[Device], None] = unwatched

    def __repr__(self) -> str:
        return f"Device({self.name!r}, {self.model}, {self.release})"

    @property
    def chance(self) -> Chance:
        """The device's one source of chance; the Smart Agent draws from it too."""
        return self.agent.state.chance

    def salts(self) -> Chance:
        """Chance for what commands draw outside of the journal: it moves nothing that a replay
        would have to draw again, and every input gives another one."""
        return Chance(f"{self.chance.seed}|salts|{self.inputs}")

    @property
    def udi(self) -> Udi:
        return self.agent.state.udi

    # --- doors ------------------------------------------------------------------------------

    def boot(self, now: Instant) -> None:
        """Power on: startup configuration into running, the Smart Agent starts."""
        self._apply(inputs.Started(), now)

    def handle(self, event: Event, now: Instant) -> str:
        """Hand an event to the Smart Agent; returns the text for the command that caused it."""
        return self._apply(AgentEvent(event), now)

    def wake(self, now: Instant) -> None:
        """Do what is due; nothing when nothing is."""
        deadline = self.next_deadline()
        if deadline is not None and deadline <= now:
            self._apply(AgentEvent(TimeReached()), now)

    def next_deadline(self) -> Instant | None:
        """When `wake` is needed next: the Smart Agent's deadline or the device's own next job."""
        agent = self.agent.next_deadline()
        own = self.jobs[0].due if self.jobs else None
        planned = planned_reload.deadline(self.planned) if self.planned else None
        back = revert_timer.deadline(self.reverting) if self.reverting else None
        return min((at for at in (agent, own, planned, back) if at is not None), default=None)

    def commit(self, edits: tuple[Edit, ...], now: Instant, by: str = "console") -> None:
        """Make the edits the running configuration, whole or not at all.

        Raises InputError or ValueError, with nothing changed, when the result makes no sense.
        """
        grammar = config.grammar_of(self.profile, self.release, self.model)
        edits = with_consequences(self.datastore.running, edits, grammar)
        self.project(apply(self.datastore.running, edits))
        self._apply(inputs.ConfigCommitted(edits, by), now)

    def save(self, now: Instant, by: str = "console") -> None:
        """`copy running-config startup-config`."""
        self._apply(inputs.StartupSaved(by), now)

    def erase_startup(self, now: Instant) -> None:
        """`write erase`; the licensing store is not touched."""
        self._apply(inputs.StartupErased(), now)

    def replace_startup(self, edits: tuple[Edit, ...], now: Instant, by: str) -> None:
        """A file becomes the startup configuration: `edits` make it of the stored root.

        Raises InputError or ValueError, with nothing changed, when the result makes no sense.
        """
        self.project(apply(self.stored_root(), edits))
        self._apply(inputs.StartupReplaced(edits, by), now)

    def plan_reload(self, due: Instant | None, now: Instant, by: str, reason: str = "") -> None:
        """`reload in`, `reload at`; with `due` None `reload cancel`."""
        self._apply(inputs.ReloadPlanned(due, by, reason), now)

    def take(self, given: inputs.Considered, now: Instant) -> None:
        """What has a module of its own, which has looked at it."""
        self._apply(given, now)

    def reload(self, now: Instant, reason: str = "Reload Command") -> None:
        """Lose what is not stored, start again. The licensing store, files and startup survive."""
        self._apply(inputs.Reloaded(reason), now)

    def install(self, release: Release, now: Instant) -> None:
        """Another release is put on; a reload has to follow at once."""
        self._apply(inputs.ReleaseInstalled(str(release)), now)

    def write_file(self, path: str, data: str | None, now: Instant) -> FileFault | None:
        """Write a text file, or make a directory (None); the fault where that cannot be."""
        name = self.files.check(path, data)
        if isinstance(name, FileFault):
            return name
        self._apply(inputs.FileWritten(name, data), now)
        return None

    def delete_file(self, path: str, now: Instant) -> FileFault | None:
        """Delete a file or an empty directory; the fault where that cannot be."""
        name = self.files.removable(path)
        if isinstance(name, FileFault):
            return name
        self._apply(inputs.FileDeleted(name), now)
        return None

    def set_clock(self, calendar: Instant, now: Instant, by: str = "console") -> None:
        """`clock set`: the device's calendar shows `calendar` at `now`. Deadlines stay."""
        self._apply(inputs.ClockSet(calendar - now, by), now)

    def hear_time(self, server: str, heard: Heard | None, now: Instant) -> None:
        """An NTP server that is configured told the time; None: it answers no more."""
        self._apply(inputs.TimeHeard(server, heard), now)

    def use(self, feature: str, count: int, now: Instant) -> bool:
        """Set a feature's count until the next reload; False where there is no such licence."""
        if tag_of(self.profile, self.release, self.model, feature) is None:
            return False
        self._apply(inputs.UsageSet(feature, count), now)
        return True

    def join(self, access_points: tuple[Udi, ...], now: Instant) -> None:
        """Access points join the controller; each uses the licences of the air level in force."""
        self._apply(inputs.AccessPointsChanged(joined=access_points), now)

    def leave(self, access_points: tuple[Udi, ...], now: Instant) -> None:
        """Access points leave the controller."""
        self._apply(inputs.AccessPointsChanged(left=access_points), now)

    def change_members(
        self, units: tuple[Udi, ...], now: Instant, back: Instant | None = None
    ) -> None:
        """These are the units from now on, the active first; `agent.device.units` has the rules."""
        self._apply(inputs.MembersChanged(units, back), now)

    def switch_over(self, now: Instant, reason: str = FORCED) -> None:
        """The standby unit takes over; nothing happens where there is none."""
        self._apply(inputs.SwitchoverForced(reason), now)

    def syslog(self, mnemonic: str, fields: Mapping[str, str], now: Instant) -> None:
        """Write a system message of sysmsg.toml. An unknown one or wrong fields are a bug."""
        sysmsg.message(mnemonic, fields)
        self._apply(inputs.MessageLogged(mnemonic, fields), now)

    def set_debugging(self, flags: frozenset[str], now: Instant) -> None:
        """`debug ...` and `undebug ...`: what is on now."""
        self._apply(inputs.DebuggingSet(tuple(sorted(flags))), now)

    def clear_log(self, now: Instant) -> None:
        """`clear logging`."""
        self._apply(inputs.LogCleared(), now)

    # --- questions ----------------------------------------------------------------------------

    def local_time(self, now: Instant) -> Instant:
        """The device's own calendar, still in UTC; `zone` shifts what is printed."""
        return now + self.clock_offset_ms

    def has_unsaved_changes(self) -> bool:
        """Would a reload lose configuration?"""
        return self.datastore.running != self.stored_root()

    def project(self, root: Tree) -> Projection:
        """What a root means. Raises InputError or ValueError when it makes no sense."""
        return Projection(
            licensing=config.license_config(root, self.profile),
            log=config.log_settings(root),
            zone=config.zone(root),
        )

    def resend(self) -> None:
        """Send every request in flight again, after a restart of the emulator."""
        for send in transport.resend(self.agent.state):
            self.link.send(self, send)

    # --- the one way to change ------------------------------------------------------------------

    def _apply(self, given: DeviceInput, now: Instant) -> str:
        if self._busy:  # the journal would tell another order than the one that happened
            raise RuntimeError(f"{given!r} came while another input was being carried out")
        if self.journal is not UNRECORDED:
            self.journal.append(encode_line(self.inputs + 1, given, now))
        text = self.replay(given, now)
        self.journal.applied(self)
        self.changed(self)
        return text

    def replay(self, given: DeviceInput, now: Instant) -> str:
        """Carry out an input that a journal holds already."""
        self.inputs += 1
        if now > self.latest:
            self.latest = now
        self._busy = True
        try:
            return CARRY_OUT[type(given)](self, given, now)
        finally:
            self._busy = False

    def stored_root(self) -> Tree:
        """The configuration a start begins with: startup, or the factory's where there is none."""
        startup = self.datastore.startup
        return self.factory_root() if startup is None else startup

    def factory_root(self) -> Tree:
        """The configuration of a device from its box."""
        return config.factory_root(self.profile, self.release, self.model)

    def _carry(self, actions: tuple[Action, ...], now: Instant) -> str:
        texts = []
        for action in actions:
            match action:
                case LogAction():
                    self.write_log(action.mnemonic, action.fields, now)
                case Send():
                    self.link.send(self, action)
                case Answer(text):
                    texts.append(text)
                case Notify():
                    self.notify(self, action)
                case WriteFile(path, data):
                    fault = self.files.keep(path, data, self.local_time(now))
                    if fault is not None:
                        texts.append(f"%Error opening {path} ({fault.value})")
        return "\n".join(texts) if texts else ""

    def tell(self, event: Event, now: Instant) -> str:
        """Hand an event to the agent and carry out its actions; part of carrying out an input."""
        flags, agent = self.debugging, self.agent
        actions = debugging.handled(self, event, now) if flags else agent.handle(event, now)
        return self._carry(actions, now) if actions else ""

    def write_log(self, mnemonic: str, fields: Mapping[str, str], now: Instant) -> None:
        """Fill a message of sysmsg.toml and log it; part of carrying out an input."""
        message = sysmsg.message(mnemonic, fields)
        self.log.write(message.severity, message.text, self.time(now))
        self.logged(self, mnemonic, message.text, now)

    def time(self, now: Instant) -> DeviceTime:
        uptime = 0 if self.booted is None else now - self.booted
        return DeviceTime(self.local_time(now), self.zone, self.clock_authoritative, uptime)


def new_device(
    name: str,
    model: str,
    release: Release,
    serial: str,
    *,
    seed: str | None = None,
    others: tuple[Member, ...] = (),
    anchors: tuple[str, ...] = (),
    startup: Tree | None = None,
) -> Device:
    """A device fresh from its box, not yet started.

    `others` are the further units of a stack; `startup` is a day-0 configuration, in force from
    the first start on. `seed` makes its chance; by default its UDI does. `anchors` are base64 DER
    certificates of the roots it trusts. Raises InputError for a model no profile knows.
    """
    profile = profile_for(model)
    members = (Member(Udi(model, serial), Role.ACTIVE), *others)
    state = new_state(profile, release, members, seed or f"{model}:{serial}", anchors)
    device = Device(name, model, release, state)
    device.datastore.startup = startup
    return device
