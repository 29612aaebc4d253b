"""`show` commands on interfaces, routes, VRFs, certificates and services: state to views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from agent.cli.reply import Args, Context, Handler, Long, Reply, Result, Wrong
from agent.cli.views import call_home as call_home_view
from agent.cli.views import interfaces, ntp, pki, pki_timers, routes, services, system
from agent.cli.views.call_home_profiles import profiles
from agent.cli.views.hardware import hardware_of
from agent.device import config, config_network
from agent.device.certificates import chains
from agent.device.config_network import Port, Vrf
from agent.device.device import Device
from cli_grammar import VIRTUAL_TYPES
from yang.slices import Slices, joined
from yang.tree import Entry, Path, Rows, Tree, get

# assumed: where CiscoTAC-1 sends when nothing is configured
TAC_ADDRESS = "https://tools.cisco.com/its/service/oddce/services/DDCEService"
_ADDRESS: Path = ("ip", "address", "primary", "address")
_AT_A_TIME = 64  # interfaces in one slice
_TRUSTPOINTS: Path = ("native", "crypto", "pki", "trustpoint")


def shown_ports(device: Device, ports: Iterable[Port]) -> Slices[list[interfaces.Shown]]:
    """Ports with what the box adds; addresses count from its own."""
    base = hardware_of(device.udi).base_mac
    stored = device.stored_root()
    every = {name: at for at, name in enumerate(config_network.names(_root(device)), 1)}
    shown: list[interfaces.Shown] = []
    for port in ports:
        if not (len(shown) + 1) % _AT_A_TIME:
            yield
        mac = interfaces.mac_of(port, every[port.name], base)
        path = ("native", "interface", Entry(port.kind, port.number), *_ADDRESS)
        switched = device.profile.kind == "switch" and port.kind not in VIRTUAL_TYPES
        management = port.kind == "GigabitEthernet" and port.number == "0/0"
        shown.append(interfaces.Shown(port, mac, switched and not management, get(stored, path)))
    return shown


def _root(device: Device) -> Tree:
    return device.datastore.running


def all_ports(device: Device) -> Iterator[Port]:
    """As they are listed: Vlan interfaces first."""
    return config_network.ports(_root(device), "Vlan")


_Render = Callable[[Iterable[interfaces.Shown]], Iterator[str]]


def of_ports(render: _Render) -> Handler:
    """A handler for all interfaces, or for the one that is named."""

    def show(context: Context, args: Args) -> Result:
        device = context.device
        if "if" not in args:
            return Long(rendered(render, device, all_ports(device)))
        found = config_network.port(_root(device), str(args["if"]))
        if found is None:
            return Wrong(args["if"].number.split("/")[-1])
        return Long(rendered(render, device, [found]))

    return show


def rendered(render: _Render, device: Device, ports: Iterable[Port]) -> Slices[str]:
    """The text, made some interfaces at a time: a device may have thousands."""
    shown = yield from shown_ports(device, ports)
    return (yield from joined(render(shown), _AT_A_TIME))


def ip_interface_brief(context: Context, args: Args) -> Result:
    """`show ip interface [X] brief`: the header and the rows."""
    device = context.device
    ports: Iterable[Port] = all_ports(device)
    if "if" in args:
        named = config_network.port(_root(device), str(args["if"]))
        if named is None:
            return Wrong(args["if"].number)
        ports = [named]
    rows = system.interfaces(ports, device.stored_root())
    return Long(joined(system.brief_lines(rows), _AT_A_TIME))


def ip_route(context: Context, args: Args) -> Result:
    """`show ip route [vrf X]`."""
    root, vrf = _root(context.device), str(args.get("vrf", ""))
    if vrf and vrf not in {one.name for one in config_network.vrfs(root)}:
        # source: route-output
        return Reply(f"% IP  routing table {vrf} does not exist")
    return Long(_routed(root, vrf))


def _routed(root: Tree, vrf: str) -> Slices[str]:
    ports, statics = config_network.ports(root), config_network.static_routes(root)
    table = yield from routes.table(ports, statics, vrf)
    return (yield from joined(routes.ip_route(table, vrf)))


_RenderVrfs = Callable[[Iterable[Vrf], routes.Within], Iterator[str]]


def _of_vrfs(render: _RenderVrfs) -> Handler:
    def show(context: Context, args: Args) -> Result:
        root = _root(context.device)
        name = args.get("vrf")
        rows = [one for one in config_network.vrfs(root) if name in (None, one.name)]
        if name and not rows:
            return Reply(f"% No VRF named {name}")
        return Long(_within_vrfs(render, root, rows)) if rows else Reply()

    return show


def _within_vrfs(render: _RenderVrfs, root: Tree, rows: list[Vrf]) -> Slices[str]:
    within = yield from routes.within(config_network.ports(root))
    return (yield from joined(render(rows, within)))


def dns_view(context: Context, args: Args) -> Result:
    return Reply(routes.dns_view(config.resolution(_root(context.device))))


# --- certificates -----------------------------------------------------------------------------


def _certificates(context: Context, name: str | None = None) -> tuple[pki.Shown, ...]:
    device = context.device
    root = _root(device)
    anchor = next(iter(device.agent.state.anchors), "")
    rows: Rows = get(root, _TRUSTPOINTS, Rows())
    labels = {n: str(get(row, ("rsakeypair", "key-label"), "")) for n, row in rows.items()}
    kept = (one for one in chains(root, anchor) if name in (None, one.trustpoint))
    return pki.read(kept, labels)


def _trustpoints(context: Context, name: str | None) -> Rows:
    rows: Rows = get(_root(context.device), _TRUSTPOINTS, Rows())
    return Rows({n: row for n, row in rows.items() if name in (None, n)})


def _missing(context: Context, args: Args) -> Reply | None:
    """The sentence about a trustpoint that is not there."""
    name = args.get("trustpoint")
    if name is None or _trustpoints(context, str(name)):
        return None
    return Reply(f"% CA trustpoint {name} is not defined.")  # assumed: the sentence


def crypto_certificates(context: Context, args: Args) -> Result:
    """`show crypto pki certificates [verbose] [X]`."""
    shown = _certificates(context, args.get("trustpoint"))
    # assumed: a device reads its certificates as it starts; those pasted later show the same time
    device, verbose = context.device, bool(args.get("verbose"))
    text = pki.certificates(shown, device.zone, verbose, device.booted)
    return _missing(context, args) or Reply(text)


def crypto_trustpoints(context: Context, args: Args) -> Result:
    """`show crypto pki trustpoints [X]`."""
    rows = _trustpoints(context, args.get("trustpoint"))
    return _missing(context, args) or Reply(pki.trustpoints(rows, _certificates(context)))


def crypto_trustpoints_status(context: Context, args: Args) -> Result:
    """`show crypto pki trustpoints [X] status`."""
    rows = _trustpoints(context, args.get("trustpoint"))
    return _missing(context, args) or Reply(pki.trustpoints_status(rows, _certificates(context)))


def crypto_timers(context: Context, args: Args) -> Result:
    """`show crypto pki timers [detail]`."""
    device, now = context.device, context.now
    uptime = 0 if device.booted is None else now - device.booted
    known, detail = _certificates(context), bool(args.get("detail"))
    return Reply(pki_timers.timers(known, device.local_time(now), uptime, detail))


def crypto_keys(context: Context, args: Args) -> Result:
    """`show crypto key mypubkey rsa [NAME]`: names alone, for a key here has no numbers."""
    rows: Rows = get(_root(context.device), ("emulator", "crypto", "key", "rsa"), Rows())
    wanted = args.get("label")
    return Reply("\n\n".join(pki.key(name) for name in rows if wanted in (None, name)))


def crypto_trustpool(context: Context, args: Args) -> Result:
    return Reply(pki.trustpool(_certificates(context, "SLA-TrustPoint"), context.device.zone))


# --- services ---------------------------------------------------------------------------------


def ntp_status(context: Context, args: Args) -> Result:
    device = context.device
    uptime = 0 if device.booted is None else context.now - device.booted
    known, local = ntp.clock(device, context.now), device.local_time(context.now)
    return Reply(ntp.status(_root(device), device.zone, uptime, known, local))


def ntp_associations(context: Context, args: Args) -> Result:
    return Reply(ntp.associations(_root(context.device), ntp.clock(context.device, context.now)))


def call_home(context: Context, args: Args) -> Result:
    """`show call-home`."""
    home = context.device.agent.state.config.callhome
    active = home.profile if home.active else ""
    return Reply(call_home_view.settings(_root(context.device), active, home.reporting))


def call_home_detail(context: Context, args: Args) -> Result:
    """`show call-home detail`: the settings, then every profile in full."""
    home = context.device.agent.state.config.callhome
    active = home.profile if home.active else ""
    root = _root(context.device)
    head, _, _ = call_home_view.settings(root, active, home.reporting).partition("\nProfiles:")
    return Reply(f"{head}\nProfiles: \n\n{profiles(root, 'all', TAC_ADDRESS)}")


def call_home_profiles(context: Context, args: Args) -> Result:
    """`show call-home profile {all | NAME}`."""
    name = str(args["profile"])
    text = profiles(_root(context.device), name, TAC_ADDRESS)
    return Reply(text or f"Profile {name} does not exist.")  # assumed: the sentence


def call_home_licensing(context: Context, args: Args) -> Result:
    home = context.device.agent.state.config.callhome
    address = home.url or TAC_ADDRESS
    return Reply(services.call_home_licensing(home, address))


def _of_root(render: Callable[[Tree], str]) -> Handler:
    return lambda context, args: Reply(render(_root(context.device)))


def snmp(context: Context, args: Args) -> Result:
    device = context.device
    return Reply(services.snmp(_root(device), device.udi.sn))


def snmp_chassis(context: Context, args: Args) -> Result:
    """`show snmp chassis`: the serial number, agent or not."""
    return Reply(context.device.udi.sn)


def http_server(context: Context, args: Args) -> Result:
    """`show ip http server all|status`, or one part of all of it; args: part."""
    device = context.device
    own = f"TP-self-signed-{config.self_signed_number(device.udi.sn)}"
    if "part" in args:
        return Reply(services.http_server_part(_root(device), _PARTS[args["part"]], own))
    return Reply(services.http_server(_root(device), bool(args.get("all")), own))


# the titles of the parts of `show ip http server all`
_PARTS = {
    "connection": "current connections",
    "history": "history",
    "modules": "application session modules",
    "secure": "secure",
    "statistics": "statistics",
}

HANDLERS: dict[str, Handler] = {
    "show.interfaces": of_ports(interfaces.interfaces),
    "show.interfaces_description": of_ports(interfaces.description),
    "show.interfaces_status": of_ports(interfaces.status),
    "show.ip_interface": of_ports(interfaces.ip_interfaces),
    "show.ip_interface_brief": ip_interface_brief,
    "show.ip_interface_brief_of": ip_interface_brief,
    "show.ip_route": ip_route,
    "show.vrf": _of_vrfs(routes.vrfs),
    "show.vrf_detail": _of_vrfs(routes.vrf_detail),
    "show.ip_dns_view": dns_view,
    "show.crypto_certificates": crypto_certificates,
    "show.crypto_trustpoints": crypto_trustpoints,
    "show.crypto_trustpoints_status": crypto_trustpoints_status,
    "show.crypto_keys": crypto_keys,
    "show.crypto_timers": crypto_timers,
    "show.crypto_trustpool": crypto_trustpool,
    "show.ntp_status": ntp_status,
    "show.ntp_associations": ntp_associations,
    "show.call_home": call_home,
    "show.call_home_alert_groups": _of_root(call_home_view.alert_groups),
    "show.call_home_detail": call_home_detail,
    "show.call_home_licensing": call_home_licensing,
    "show.call_home_profiles": call_home_profiles,
    "show.snmp": snmp,
    "show.snmp_chassis": snmp_chassis,
    "show.snmp_communities": _of_root(services.snmp_communities),
    "show.snmp_contact": _of_root(services.snmp_contact),
    "show.snmp_location": _of_root(services.snmp_location),
    "show.http_server": http_server,
    "show.ip_ssh": _of_root(services.ip_ssh),
    "show.netconf_status": _of_root(services.netconf_status),
}
