"""ietf-interfaces and ietf-ip are a view of the one configuration, and tell its state.

Input: edits of the view, of native and of the command line. Output: all three say the same; what a
device cannot have is refused with the tag of the rule that is broken, and changes nothing.
"""

from __future__ import annotations

import re

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device, edit_config, text, typed

IF, IP = "urn:ietf:params:xml:ns:yang:ietf-interfaces", "urn:ietf:params:xml:ns:yang:ietf-ip"
IANA = "urn:ietf:params:xml:ns:yang:iana-if-type"
OPER = "http://cisco.com/ns/yang/Cisco-IOS-XE-interfaces-oper"
LOOPBACK = f'<type xmlns:ianaift="{IANA}">\n  ianaift:softwareLoopback\n</type>'


@pytest.fixture
def router() -> Client:
    lines = ("interface GigabitEthernet1", "ip address 10.0.0.1 255.255.255.0")
    server = NetconfServer(device("netconf-yang", *lines, model="C8000V"), NOW)
    server.watch()
    return Client(server)


def row(name: str, inside: str = "", operation: str = "merge") -> str:
    opening = f'<interface nc:operation="{operation}">'
    return f'<interfaces xmlns="{IF}">{opening}<name>{name}</name>{inside}</interface></interfaces>'


def ipv4(*addresses: tuple[str, str], leaf: str = "netmask", operation: str = "merge") -> str:
    rows = "".join(
        f"<address><ip>{ip}</ip><{leaf}>{size}</{leaf}></address>" for ip, size in addresses
    )
    return f'<ipv4 xmlns="{IP}" nc:operation="{operation}">{rows}</ipv4>'


def shown(client: Client, name: str, top: str = "interfaces") -> str:
    wanted = f'<{top} xmlns="{IF}"><interface><name>{name}</name></interface></{top}>'
    return client.data(f"<get><filter>{wanted}</filter></get>")


def printed(client: Client, name: str) -> list[str]:
    """The lines of an interface in the running configuration."""
    lines = running_config(client.server.device).splitlines()
    if f"interface {name}" not in lines:
        return []
    block = lines[lines.index(f"interface {name}") + 1 :]
    return [line.strip() for line in block[: block.index("!")]]


def test_an_interface_made_by_the_view_is_one_of_the_command_line_and_of_native(router):
    address = ipv4(("10.10.10.1", "255.255.255.255"))
    body = f"<description>made</description>{LOOPBACK}<enabled>false</enabled>{address}"
    router.edit(row("Loopback10", body))
    assert printed(router, "Loopback10") == [
        "description made",
        "ip address 10.10.10.1 255.255.255.255",
        "shutdown",
    ]
    native = router.config("<native><interface><Loopback/></interface></native>")
    assert "<name>10</name><description>made</description><shutdown/>" in native


def test_what_the_command_line_and_native_set_shows_in_the_view(router):
    typed(router.server.device, "interface Loopback3", "ip address 10.3.0.1 255.255.0.0")
    router.edit(
        "<native><interface><Loopback><name>3</name><description>three</description><shutdown/>"
        "</Loopback></interface></native>"
    )
    assert shown(router, "Loopback3") == (
        "<interfaces><interface><name>Loopback3</name><description>three</description>"
        "<type>ianaift:softwareLoopback</type><enabled>false</enabled><ipv4><address>"
        "<ip>10.3.0.1</ip><netmask>255.255.0.0</netmask></address></ipv4><ipv6/>"
        "</interface></interfaces>"
    )


def test_a_port_without_an_address_shows_both_protocols(router):
    assert shown(router, "GigabitEthernet2") == (
        "<interfaces><interface><name>GigabitEthernet2</name><type>ianaift:ethernetCsmacd</type>"
        "<enabled>true</enabled><ipv4/><ipv6/></interface></interfaces>"
    )


@pytest.mark.parametrize(
    ("model", "lines", "name", "kind"),
    [
        ("C9300-24T", ("interface Vlan5",), "Vlan5", "l3ipvlan"),
        ("C9300-24T", ("interface Port-channel2",), "Port-channel2", "propVirtual"),
        ("C8000V", ("interface Tunnel0",), "Tunnel0", "tunnel"),
        ("C8000V", ("interface GigabitEthernet1.7",), "GigabitEthernet1.7", "l2vlan"),
    ],
)
def test_the_type_follows_from_the_name(model, lines, name, kind):
    client = Client(NetconfServer(device("netconf-yang", *lines, model=model), NOW))
    assert f"<type>ianaift:{kind}</type>" in shown(client, name)
    wanted = f'<type xmlns:x="{IANA}">x:{kind}</type><description>d</description>'
    client.edit(row(name, wanted))
    assert "description d" in printed(client, name)


def test_replace_keeps_what_the_view_cannot_name(router):
    typed(router.server.device, "interface GigabitEthernet2", "description old", "mtu 9000")
    kind = f'<type xmlns:x="{IANA}">x:ethernetCsmacd</type>'
    router.edit(row("GigabitEthernet2", kind, "replace"))
    assert printed(router, "GigabitEthernet2") == ["no ip address", "mtu 9000"]


def test_deleting_takes_a_loopback_away_and_sets_a_port_back(router):
    router.edit(row("Loopback10", LOOPBACK))
    router.edit(row("Loopback10", operation="delete"))
    assert shown(router, "Loopback10") == ""
    router.edit(row("GigabitEthernet1", operation="delete"))
    assert "<ipv4/>" in shown(router, "GigabitEthernet1")
    router.edit(row("Loopback10", operation="remove"))


def test_one_leaf_alone_is_enough_for_what_is_there(router):
    router.edit(row("GigabitEthernet1", "<enabled>false</enabled>"))
    assert printed(router, "GigabitEthernet1") == ["ip address 10.0.0.1 255.255.255.0", "shutdown"]
    router.edit(row("GigabitEthernet1", '<enabled nc:operation="delete"/>'))
    assert printed(router, "GigabitEthernet1") == ["ip address 10.0.0.1 255.255.255.0"]


def test_traps_of_an_interface(router):
    told = "<link-up-down-trap-enable>{}</link-up-down-trap-enable>"
    assert "trap" not in shown(router, "GigabitEthernet2")
    router.edit(row("GigabitEthernet2", told.format("disabled")))
    assert printed(router, "GigabitEthernet2") == ["no ip address", "no snmp trap link-status"]
    assert told.format("disabled") in shown(router, "GigabitEthernet2")
    typed(router.server.device, "interface GigabitEthernet2", "snmp trap link-status")
    assert told.format("enabled") in shown(router, "GigabitEthernet2")
    assert printed(router, "GigabitEthernet2") == ["no ip address"]


ADDRESSES = [  # what an edit says, and the addresses then
    (ipv4(("10.0.0.2", "255.255.255.0")), ["10.0.0.1", "10.0.0.2 secondary"]),
    (ipv4(("10.0.0.2", "24"), leaf="prefix-length", operation="replace"), ["10.0.0.2"]),
    (ipv4(("10.0.0.1", "24"), leaf="prefix-length"), ["10.0.0.1"]),
    (ipv4(operation="remove"), []),
]


@pytest.mark.parametrize(("edit", "addresses"), ADDRESSES)
def test_addresses(router, edit, addresses):
    router.edit(row("GigabitEthernet1", edit))
    wanted = []
    for address in addresses:
        ip, _, second = address.partition(" ")
        wanted.append(f"ip address {ip} 255.255.255.0 {second}".strip())
    assert printed(router, "GigabitEthernet1") == (wanted or ["no ip address"])


def test_the_next_address_takes_the_place_of_the_first(router):
    router.edit(row("GigabitEthernet1", ipv4(("10.5.0.1", "255.255.0.0"))))
    first = f'<ipv4 xmlns="{IP}"><address nc:operation="delete"><ip>10.0.0.1</ip></address></ipv4>'
    router.edit(row("GigabitEthernet1", first))
    assert printed(router, "GigabitEthernet1") == ["ip address 10.5.0.1 255.255.0.0"]


def test_ipv6_addresses_in_all_three(router):
    typed(router.server.device, "interface GigabitEthernet2", "ipv6 address 2001:db8:0::1/64")
    assert (
        "<ipv6><address><ip>2001:db8::1</ip><prefix-length>64</prefix-length></address></ipv6>"
    ) in shown(router, "GigabitEthernet2")
    more = "<address><ip>2001:DB8:1::A</ip><prefix-length>48</prefix-length></address>"
    router.edit(row("GigabitEthernet2", f'<ipv6 xmlns="{IP}">{more}</ipv6>'))
    router.edit(
        "<native><interface><GigabitEthernet><name>2</name><ipv6><address><prefix-list>"
        "<prefix>2001:db8:2::b/56</prefix></prefix-list></address><enable/></ipv6>"
        "</GigabitEthernet></interface></native>"
    )
    assert printed(router, "GigabitEthernet2") == [
        "no ip address",
        "ipv6 address 2001:DB8::1/64",
        "ipv6 address 2001:DB8:1::A/48",
        "ipv6 address 2001:DB8:2::B/56",
        "ipv6 enable",
    ]
    gone = "<address nc:operation='delete'><ip>2001:db8:1::a</ip></address>"
    router.edit(row("GigabitEthernet2", f'<ipv6 xmlns="{IP}">{gone}</ipv6>'))
    router.edit(row("GigabitEthernet2", f'<ipv6 xmlns="{IP}" nc:operation="remove"/>'))
    assert printed(router, "GigabitEthernet2") == ["no ip address", "ipv6 enable"]


def test_an_interface_that_has_no_address_says_so_whoever_made_it(router):
    loopback = "<native><interface><Loopback><name>8</name>{}</Loopback></interface></native>"
    told = "<ip><no-address><address>false</address></no-address></ip>"
    router.edit(row("Loopback7", LOOPBACK))
    router.edit(loopback.format(""))
    for name in ("Loopback7", "Loopback8"):
        assert printed(router, name) == ["no ip address"]
    assert told in router.config(loopback.format(""))
    primary = "<address>10.8.0.1</address><mask>255.255.0.0</mask>"
    address = f"<ip><address{{}}><primary>{primary}</primary></address></ip>"
    router.edit(loopback.format(address.format("")))
    assert printed(router, "Loopback8") == ["ip address 10.8.0.1 255.255.0.0"]
    assert told not in router.config(loopback.format(""))
    router.edit(loopback.format(address.format(' nc:operation="delete"')))
    assert printed(router, "Loopback8") == ["no ip address"]


REFUSED = [
    (row("Loopback7"), "data-missing", "/if:type"),
    (row("Loopback7", f'<type xmlns:x="{IANA}">x:tunnel</type>'), "invalid-value", "/if:type"),
    (row("Loopback7", f'<type xmlns:x="{IANA}">x:none</type>'), "invalid-value", "/if:type"),
    (row("Loopback7", '<type xmlns:x="urn:x">x:tunnel</type>'), "invalid-value", "/if:type"),
    (row("Loopback7", "<type>x:softwareLoopback</type>"), "invalid-value", "/if:type"),
    (row("lo7", LOOPBACK), "invalid-value", "/if:name"),
    (row("Nowhere7", LOOPBACK), "invalid-value", "/if:name"),
    (row("Loopback7", operation="delete"), "data-missing", "[if:name='Loopback7']"),
    (row("GigabitEthernet1", operation="create"), "data-exists", "[if:name='GigabitEthernet1']"),
    (row("GigabitEthernet1", "<mtu>1500</mtu>"), "unknown-element", "GigabitEthernet1']"),
    (
        row("GigabitEthernet2", f'<ipv4 xmlns="{IP}"><address><ip>10.1.0.1</ip></address></ipv4>'),
        "data-missing",
        "/ip:address[ip:ip='10.1.0.1']",
    ),
    (row("GigabitEthernet2", ipv4(("10.1.0", "255.0.0.0"))), "invalid-value", "/ip:ip"),
]


@pytest.mark.parametrize(("edit", "tag", "path"), REFUSED)
def test_what_is_refused(router, edit, tag, path):
    before = running_config(router.server.device)
    error = router.error(edit_config(edit))
    assert (error["tag"], error["path"].endswith(path)) == (tag, True), error
    assert running_config(router.server.device) == before


COMMANDS = [
    (row("GigabitEthernet9", f'<type xmlns:x="{IANA}">x:ethernetCsmacd</type>'), "% Invalid inter"),
    (row("GigabitEthernet2", ipv4(("10.0.0.2", "255.255.255.0"))), "overlaps with Gigabit"),
    (row("GigabitEthernet2", ipv4(("10.1.0.1", "255.0.255.0"))), "Bad mask"),
]


@pytest.mark.parametrize(("edit", "said"), COMMANDS)
def test_what_the_parser_refuses(router, edit, said):
    error = router.error(edit_config(edit))
    assert error["tag"] == "invalid-value" and said in error["parser-response"]
    assert error["message"] == "inconsistent value: Device refused one or more commands"


def test_state_is_that_of_the_live_device(router):
    router.now += 60_000
    router.edit(row("GigabitEthernet1", "<enabled>false</enabled>"))
    state = shown(router, "GigabitEthernet1", "interfaces-state")
    assert "<admin-status>down</admin-status><oper-status>down</oper-status>" in state
    assert "<last-change>2026-10-06T12:01:00+00:00</last-change><if-index>1</if-index>" in state
    assert re.search(r"<phys-address>00:b6:70(:[0-9a-f]{2}){3}</phys-address>", state)
    assert "<speed>1000000000</speed><statistics><discontinuity-time>2026-10-06T12:00:00" in state
    other = shown(router, "GigabitEthernet2", "interfaces-state")
    assert "<admin-status>up</admin-status><oper-status>lower-layer-down</oper-status>" in other
    oper = "<interface><name>GigabitEthernet1</name></interface>"
    told = router.data(
        f'<get><filter><interfaces xmlns="{OPER}">{oper}</interfaces></filter></get>'
    )
    assert "<oper-status>if-oper-state-no-pass</oper-status>" in told
    assert "<last-change>2026-10-06T12:01:00+00:00</last-change>" in told


def test_two_top_nodes_of_one_name_are_two(router):
    def asked(namespace: str) -> list[str]:
        attribute = f' xmlns="{namespace}"' if namespace else ' xmlns=""'
        reply = router.rpc(f"<get><filter><interfaces{attribute}/></filter></get>")
        return [etree.QName(top).namespace for top in reply[0]]

    assert asked(IF) == [IF] and asked(OPER) == [OPER]
    assert sorted(asked("")) == sorted([IF, OPER])
    for path, spaces in (("/if:interfaces", [IF]), ("/ietf-interfaces:interfaces", [IF])):
        reply = router.rpc(f'<get><filter type="xpath" select="{path}/interface"/></get>')
        assert [etree.QName(top).namespace for top in reply[0]] == spaces


UNSERVED = [
    '<filter><interfaces xmlns="http://openconfig.net/yang/interfaces"/></filter>',
    '<filter type="xpath" select="/openconfig-interfaces:interfaces"/>',
    '<filter type="xpath" select="/Cisco-IOS-XE-cdp-oper:cdp-neighbor-details"/>',
    '<filter type="xpath" select="/process-cpu-ios-xe-oper:cpu-usage/cpu-utilization"/>',
]


@pytest.mark.parametrize("wanted", UNSERVED)
def test_a_module_that_devices_announce_without_data_here_is_empty(router, wanted):
    assert router.data(f"<get>{wanted}</get>") == ""


def test_an_edit_in_no_namespace_means_the_configuration(router):
    body = row("GigabitEthernet2", "<description>plain</description>").replace(IF, "")
    router.edit(body)
    assert printed(router, "GigabitEthernet2") == ["description plain", "no ip address"]


def test_a_filter_by_type_and_the_configuration_of_the_candidate(two_stage):
    two_stage.edit(row("Loopback4", LOOPBACK), target="candidate")
    wanted = (
        f'<interfaces xmlns="{IF}"><interface><name/><type xmlns:ianaift="{IANA}">'
        "ianaift:softwareLoopback</type></interface></interfaces>"
    )
    found = "<interfaces><interface><name>Loopback4</name>"
    assert two_stage.config(wanted, "candidate").startswith(found)
    assert two_stage.config(wanted) == ""
    two_stage.ok("<commit/>")
    assert two_stage.config(wanted).startswith(found)


def test_a_whole_configuration_may_say_the_interfaces_once(router):
    """What native says of the interfaces counts where the view is not named."""
    native = router.rpc(
        "<get-config><source><running/></source><filter><native/></filter></get-config>"
    )[0][0]
    before = printed(router, "GigabitEthernet1")
    config = etree.tostring(native).decode()
    router.ok(
        "<copy-config><target><running/></target><source>"
        f"<config>{config}</config></source></copy-config>"
    )
    assert printed(router, "GigabitEthernet1") == before


def test_what_was_read_whole_can_be_written_whole(router):
    router.edit(row("Loopback10", LOOPBACK + ipv4(("10.9.0.1", "255.255.0.0"))))
    held = router.rpc("<get-config><source><running/></source></get-config>")[0]
    before = running_config(router.server.device)
    router.edit(row("Loopback10", operation="delete"))
    config = "".join(etree.tostring(top).decode() for top in held)
    router.ok(
        "<copy-config><target><running/></target><source>"
        f"<config>{config}</config></source></copy-config>"
    )
    assert running_config(router.server.device) == before


def test_a_partial_lock_of_the_view_holds_against_native(router):
    other = Client(router.server)
    select = (
        f'<select xmlns:if="{IF}">/if:interfaces/if:interface[if:name="GigabitEthernet1"]</select>'
    )
    namespace = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0"
    reply = router.rpc(f'<partial-lock xmlns="{namespace}">{select}</partial-lock>')
    assert "/if:interfaces/if:interface[if:name='GigabitEthernet1']" in text(reply)
    native = (
        "<native><interface><GigabitEthernet><name>{}</name><description>x</description>"
        "</GigabitEthernet></interface></native>"
    )
    assert other.error(edit_config(native.format(1)))["tag"] == "in-use"
    other.edit(native.format(2))


def test_an_edit_is_told_in_the_names_of_the_view(router):
    router.ok('<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>')
    other = Client(router.server)
    other.edit(row("Loopback10", LOOPBACK))
    log = router.server.logs["NETCONF"]
    change = log.event(log.next - 1).content
    assert b"/if:interfaces/if:interface[if:name='Loopback10']" in change
    assert f'xmlns:if="{IF}"'.encode() in change
