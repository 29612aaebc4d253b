"""`show` commands on a box beside licensing: load, lines, packages, addresses, VLANs, one route.

Each collects what it prints and leaves the words to agent/cli/views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from agent.cli.handlers.files import confirms
from agent.cli.handlers.show_network import all_ports, of_ports, shown_ports
from agent.cli.reply import Args, Ask, Context, Handler, Long, Reply, Result
from agent.cli.views import addresses, load, routes, switching
from agent.cli.views.hardware import hardware_of
from agent.cli.views.interfaces import Shown
from agent.cli.views.platform import by_number
from agent.core.dates import config_date
from agent.device import config_network
from agent.device.device import Device
from cli_grammar import Matched, match
from yang.slices import Slices, joined
from yang.tree import Rows, get

_TECH = (  # assumed: the commands of `show tech-support license`, and their order
    "show clock",
    "show version",
    "show license all",
    "show license tech support",
    "show license eventlog",
    "show license history message",
    "show platform software sl-infra all",
)


def processes_cpu(context: Context, args: Args) -> Result:
    device = context.device
    return Reply(load.processes_cpu(context.now - (device.booted or context.now)))


def memory_statistics(context: Context, args: Args) -> Result:
    device = context.device
    return Reply(load.memory_statistics(device.profile.texts_of(device.model)["memory"]))


def line(context: Context, args: Args) -> Result:
    """`show line`: as many virtual terminals as `line vty` has made."""
    rows: Rows = get(context.device.datastore.running, ("native", "line", "vty"), Rows())
    vtys = max((int(row.get("last", first)) + 1 for first, row in rows.items()), default=0)
    sessions = [session.line for session in context.session.neighbours()]
    return Reply(load.lines(vtys, [0 if x.is_console else x.number + 1 for x in sessions]))


def install(context: Context, args: Args) -> Result:
    """`show install active|committed|summary`; args: state."""
    device = context.device
    units = by_number(device.agent.state.members)
    numbers = " ".join(str(member.number) for member in units)
    stacked = device.profile.kind == "switch" and device.profile.processors == 1
    place = f"Switch {numbers}" if stacked else " ".join(f"R{at}" for at in range(len(units)))
    return Reply(load.install(device.release, place, str(args["state"])))


def call_home_version(context: Context, args: Args) -> Result:
    # assumed: the versions of its parts, on all releases
    parts = "Component Version:\ncall-home: (rel5)1.0.15\neem-call-home: (rel5)1.0.5"
    return Reply(f"Call-Home Version 3.0\n{parts}")


def calendar(context: Context, args: Args) -> Result:
    """`show calendar`: `18:56:04 UTC Mon Oct 17 2016`."""
    device = context.device
    return Reply(config_date(device.local_time(context.now), device.zone))


def tech_license(context: Context, args: Args) -> Result:
    """`show tech-support license`: one command after the other."""
    return Long(_one_after_the_other(context))


def _one_after_the_other(context: Context) -> Slices[str]:
    from agent.cli.handlers import HANDLERS as ALL  # which is made of this module too

    parts = []
    for command in _TECH:
        found = match(context.session.grammar, "exec", command)
        if not isinstance(found, Matched):
            continue  # not a command of this release
        result = ALL[found.target.handler](context, found.args)
        text = result.text if isinstance(result, Reply) else ""
        if isinstance(result, Long):
            text = result.head + (yield from result.slices)
        parts.append(f"\n------------------ {command} ------------------\n\n\n{text}")
        yield
    return "\n".join(parts)


# --- VLANs --------------------------------------------------------------------------------------


def _vlans(device: Device) -> Slices[tuple[switching.Vlan, ...]]:
    return switching.vlans((yield from shown_ports(device, all_ports(device))))


def vlan(context: Context, args: Args) -> Result:
    """`show vlan [brief | summary]`; args: form."""
    return Long(_told(context.device, str(args.get("form", ""))))


def _told(device: Device, form: str) -> Slices[str]:
    known = yield from _vlans(device)
    if form == "summary":
        return switching.summary(known)
    return (yield from joined(switching.brief(known) if form else switching.full(known)))


def vtp_status(context: Context, args: Args) -> Result:
    return Long(_vtp(context.device))


def _vtp(device: Device) -> Slices[str]:
    known = yield from _vlans(device)
    base = hardware_of(device.udi).base_mac
    return switching.vtp_status(device.datastore.running, base, len(known))


# --- addresses and routes -----------------------------------------------------------------------


def arp(context: Context, args: Args) -> Result:
    """`show arp`, `show ip arp [vrf X]`."""
    vrf = str(args.get("vrf", ""))

    def render(rows: Iterable[Shown]) -> Iterator[str]:
        return addresses.arp(rows, vrf)

    return of_ports(render)(context, {})


def _with_table(context: Context, render: Callable[[tuple[routes.Route, ...]], str]) -> Result:
    root = context.device.datastore.running

    def told() -> Slices[str]:
        known = config_network.ports(root), config_network.static_routes(root)
        return render((yield from routes.table(*known, "")))

    return Long(told())


def ip_route_of(context: Context, args: Args) -> Result:
    """`show ip route connected|static`: the table with these routes alone; args: code."""
    codes = str(args["code"])

    def render(table: tuple[routes.Route, ...]) -> str:
        return "\n".join(routes.ip_route(tuple(r for r in table if r.code in codes)))

    return _with_table(context, render)


def ip_route_entry(context: Context, args: Args) -> Result:
    """`show ip route A.B.C.D`."""
    wanted = str(args["network"])
    exact = wanted == "0.0.0.0"
    return _with_table(context, lambda table: addresses.route_entry(table, wanted, exact=exact))


def ip_route_summary(context: Context, args: Args) -> Result:
    return _with_table(context, lambda table: addresses.route_summary(table, ""))


# --- what is cleared ----------------------------------------------------------------------------


def cleared(context: Context, args: Args) -> Result:
    """What there is none of is cleared in silence."""
    return Reply()


def clear_counters(context: Context, args: Args) -> Result:
    """`clear counters [X]`: they are zero already; the question is the device's."""
    where = f"on interface {args['if']}" if "if" in args else "on all interfaces"
    asked = "on this interface" if "if" in args else where
    question = f'Clear "show interface" counters {asked} [confirm]'
    by = context.session.line.configured_by

    def answered(key: str) -> Result:
        if confirms(key):
            fields = {"where": where, "by": by}
            context.device.syslog("COUNTERS", fields, context.now)
        return Reply()

    return Ask(question, answered, one_key=True)


HANDLERS: dict[str, Handler] = {
    "show.arp": arp,
    "show.calendar": calendar,
    "show.call_home_version": call_home_version,
    "show.install": install,
    "show.ip_route_entry": ip_route_entry,
    "show.ip_route_of": ip_route_of,
    "show.ip_route_summary": ip_route_summary,
    "show.ipv6_brief": of_ports(addresses.ipv6_brief),
    "show.ipv6_interface": of_ports(addresses.ipv6_interfaces),
    "show.line": line,
    "show.memory_statistics": memory_statistics,
    "show.processes_cpu": processes_cpu,
    "show.protocols": of_ports(addresses.protocols),
    "show.tech_license": tech_license,
    "show.vlan": vlan,
    "show.vtp_status": vtp_status,
    "system.clear_counters": clear_counters,
    "system.cleared": cleared,
}
