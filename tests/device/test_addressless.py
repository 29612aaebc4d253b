"""`no ip address` stands in every interface that routes and has none, and in no other."""

import pytest

from agent.cli.running_config import running_config_interface
from cli_grammar.placeholders import interface_name
from tests.cli.sessions import NOW, session
from tests.device.devices import unbooted

ADDRESS = "ip address 10.0.5.1 255.255.255.0"
NO_ADDRESS = "no ip address"

SWITCH = [
    (["interface Loopback5"], [NO_ADDRESS]),
    (["interface Vlan5"], [NO_ADDRESS]),
    (["interface Tunnel5"], [NO_ADDRESS]),
    (["interface Loopback5", "shutdown"], [NO_ADDRESS, "shutdown"]),
    (["interface Loopback5", ADDRESS], [ADDRESS]),
    (["interface Loopback5", ADDRESS, NO_ADDRESS], [NO_ADDRESS]),
    (["interface Loopback5", ADDRESS, "exit", "default interface Loopback5"], [NO_ADDRESS]),
    (["interface Vlan5", "ip address dhcp"], ["ip address dhcp"]),
    (["interface Vlan5", "ip address dhcp", ADDRESS], [ADDRESS]),
    (["interface Loopback5", "ipv6 enable"], [NO_ADDRESS, "ipv6 enable"]),
    (["interface Port-channel5"], []),
    (["interface Port-channel5", "no switchport"], ["no switchport", NO_ADDRESS]),
    (["interface GigabitEthernet1/0/5", NO_ADDRESS], []),
    (["interface GigabitEthernet1/0/5", "no switchport"], ["no switchport", NO_ADDRESS]),
    (["interface GigabitEthernet1/0/5", "no switchport", ADDRESS], ["no switchport", ADDRESS]),
    (["interface GigabitEthernet1/0/5", "no switchport", "switchport"], []),
    (["default interface GigabitEthernet0/0"], [NO_ADDRESS]),
]
ROUTER = [
    (["interface GigabitEthernet2"], [NO_ADDRESS]),
    (["interface GigabitEthernet2", ADDRESS], [ADDRESS]),
    (["interface Port-channel5"], [NO_ADDRESS]),
    (["interface GigabitEthernet2.5", "encapsulation dot1Q 5"], ["encapsulation dot1Q 5"]),
    (
        ["interface Loopback5", "exit", "no interface Loopback5", "interface Loopback5"],
        [NO_ADDRESS],
    ),
]
CASES = [("C9300-24T", *case) for case in SWITCH] + [("C8000V", *case) for case in ROUTER]


@pytest.mark.parametrize(("model", "typed", "printed"), CASES)
def test_the_line_follows_the_rest_of_the_interface(model, typed, printed):
    on = unbooted(model=model)
    on.boot(NOW)
    opened = session(on=on)
    for line in ("configure terminal", *typed, "end"):
        assert "% " not in opened.feed(line + "\r", NOW)
    name = interface_name(typed[0].split()[-1])
    lines = running_config_interface(on, name).split("\n")
    block = lines[lines.index(f"interface {name}") + 1 : lines.index("end")]
    assert [line.strip() for line in block] == printed
