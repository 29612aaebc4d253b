"""`ping`, on one line or asked for word by word, and `traceroute`. Nothing is sent; the lab says
who answers.

Which addresses answer is the rule of agent/adapters/transfer.py.
Sources: docs/sources.md, entries ping-form, ping-dialogue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.cli.reply import Args, Ask, Context, Handler, LabCall, Pinged, Reply, Result
from agent.device.config import resolution
from cli_grammar import InterfaceName, interface_name
from cli_grammar.placeholders import is_ipv4
from yang.tree import Entry, Rows, Tree, get

NAME_ASKED = 'Translating "{}"...domain server {}\n\n'
# source: ping-form # assumed: the last two
NO_ADDRESS = "% Unrecognized host or address, or protocol not running."
NO_VRF = "% VRF {} does not exist"
NO_SOURCE = "% Invalid source address- IP address not on any of our up interfaces"
BAD_HOST = "% Bad IP address"
MARKS_IN_LINE = 70
HOPS = 30
MOST = 10_000  # chosen: so many marks at most, whatever was asked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to send, and to whom; `source` is the name of an interface or an address."""

    host: str = ""
    repeat: int = 5
    size: int = 100
    timeout: int = 2
    source: str = ""
    vrf: str = ""
    traced: bool = False


def traceroute(context: Context, args: Args) -> Result:
    """`traceroute [vrf V] [ip] HOST [source X]`."""
    source, vrf = str(args.get("source", "")), str(args.get("vrf", ""))
    return _send(context, Wanted(str(args["host"]), source=source, vrf=vrf, traced=True))


def ping(context: Context, args: Args) -> Result:
    """`ping [vrf V] [ip] HOST [repeat N] [size N] [source X] [timeout N]`."""
    return _send(
        context,
        Wanted(
            str(args["host"]),
            int(args.get("repeat", 5)),
            int(args.get("size", 100)),
            int(args.get("timeout", 2)),
            str(args.get("source", "")),
            str(args.get("vrf", "")),
        ),
    )


def _send(context: Context, wanted: Wanted) -> Result:
    device, host = context.device, wanted.host
    root = device.datastore.running
    if wanted.vrf and get(root, ("native", "vrf", Entry("definition", wanted.vrf))) is None:
        return Reply(NO_VRF.format(wanted.vrf))
    addresses = _own(root)
    source = addresses.get(wanted.source, wanted.source)
    if wanted.source and source not in addresses.values():
        return Reply(NO_SOURCE)
    names = resolution(root)
    servers = " ".join(f"({server})" for server in names.servers or ("255.255.255.255",))
    known = is_ipv4(host) or host.lower() in names.hosts

    def came(answer: Pinged) -> Result:
        if answer.address is None:
            return Reply(NO_ADDRESS)
        told = _traced if wanted.traced else _told
        return Reply(told(wanted, answer.address, source, answer.reached))

    arguments = {"host": host, "names": names, "own": frozenset(addresses.values())}
    return LabCall("ping", arguments, "" if known else NAME_ASKED.format(host, servers), came)


def _told(wanted: Wanted, address: str, source: str, reached: bool) -> str:
    count = min(wanted.repeat, MOST)
    marks = ("!" if reached else ".") * count
    rows = [marks[at : at + MARKS_IN_LINE] for at in range(0, count, MARKS_IN_LINE)]
    seconds = f"{wanted.timeout} second{'' if wanted.timeout == 1 else 's'}"
    rate = f"{100 if reached else 0} percent ({count if reached else 0}/{count})"
    return "\n".join(
        [
            "Type escape sequence to abort.",
            f"Sending {count}, {wanted.size}-byte ICMP Echos to {address}, timeout is {seconds}:",
            *([f"Packet sent with a source address of {source} "] if source else []),
            *rows,
            f"Success rate is {rate}" + (", round-trip min/avg/max = 1/1/2 ms" if reached else ""),
        ]
    )


def _traced(wanted: Wanted, address: str, source: str, reached: bool) -> str:
    """One hop to who answers, else as many as are tried. # assumed: no router is in between"""
    name = address if wanted.host == address else f"{wanted.host} ({address})"
    hops = (
        [f"  1 {name} 1 msec 1 msec 1 msec"]
        if reached
        else [f"{hop:3d}  *  *  * " for hop in range(1, HOPS + 1)]
    )
    head = "VRF info: (vrf in name/id, vrf out name/id)"
    return "\n".join(
        ["Type escape sequence to abort.", f"Tracing the route to {name}", head, *hops]
    )


def _own(root: Tree) -> dict[str, str]:
    """The addresses of the device's interfaces by their names."""
    interfaces: Tree = get(root, ("native", "interface"), Tree())
    return {
        str(InterfaceName(kind, number)): str(address)
        for kind, rows in interfaces.items()
        for number, row in (rows.items() if isinstance(rows, Rows) else ())
        if (address := get(row, ("ip", "address", "primary", "address")))
    }


# --- asked for word by word -------------------------------------------------------------------


def dialogue(context: Context, args: Args) -> Result:
    """Bare `ping`: every part is asked for, Enter takes what stands in brackets."""

    def protocol(given: str) -> Result:
        if given.strip().lower() not in ("", "ip"):
            return Reply("% Unknown protocol")  # assumed: the sentence
        return Ask("Target IP address: ", target)

    def target(given: str) -> Result:
        host = given.strip()
        if not host:
            return Reply(BAD_HOST)
        return _number("Repeat count [5]: ", 5, lambda n: sized(Wanted(host, repeat=n)))

    def sized(wanted: Wanted) -> Result:
        question = "Datagram size [100]: "
        return _number(question, 100, lambda n: timed(replace(wanted, size=n)))

    def timed(wanted: Wanted) -> Result:
        question = "Timeout in seconds [2]: "
        return _number(question, 2, lambda n: extended(replace(wanted, timeout=n)))

    def extended(wanted: Wanted) -> Result:
        def answered(given: str) -> Result:
            if not given.strip().lower().startswith("y"):
                return swept(wanted)
            return Ask("Source address or interface: ", lambda text: sourced(wanted, text))

        return Ask("Extended commands [n]: ", answered)

    def sourced(wanted: Wanted, given: str) -> Result:
        return swept(replace(wanted, source=_spelled(given.strip())))

    def swept(wanted: Wanted) -> Result:
        # sweeping changes nothing here: no packet is sent
        return Ask("Sweep range of sizes [n]: ", lambda _: _send(context, wanted))

    return Ask("Protocol [ip]: ", protocol)


def _spelled(source: str) -> str:
    return str(interface_name(source) or source)


def _number(question: str, usual: int, then: Callable[[int], Result]) -> Result:
    def answered(given: str) -> Result:
        word = given.strip()
        if not word:
            return then(usual)
        if not (word.isascii() and word.isdigit() and 0 < int(word[:10]) < 2**31):
            return Reply("% A decimal number between 1 and 2147483647.")
        return then(int(word[:10]))

    return Ask(question, answered)


HANDLERS: dict[str, Handler] = {
    "ping.dialogue": dialogue,
    "ping.send": ping,
    "ping.trace": traceroute,
}
