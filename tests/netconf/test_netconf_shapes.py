"""Settings whose published shape differs from their command line, in both directions.

Input: lines of a configuration and the XML a client reads or writes in their place. Output: the
lines show as this XML; written to another device it prints these lines; deleted, they are gone.
"""

from __future__ import annotations

import pytest
from lxml import etree

from agent.cli.running_config import running_config
from agent.device.throughput import hsec_request
from agent.netconf.server import NetconfServer
from tests.netconf.client import BASE, NATIVE, NOW, Client, device, edit_config, error_of
from tests.netconf.test_netconf_native import _client, printed

NS = "http://cisco.com/ns/yang/Cisco-IOS-XE-"


def group(number: int, name: str) -> str:
    return f"<group{number}><group>{name}</group></group{number}>"


def algorithm(kind: str, leaf: str, *names: str) -> str:
    listed = "".join(f"<{leaf}>{name}</{leaf}>" for name in names)
    return f"<ip><ssh><server><algorithm><{kind}>{listed}</{kind}></algorithm></server></ssh></ip>"


def accounting(inner: str) -> str:
    return f'<aaa><accounting xmlns="{NS}aaa">{inner}</accounting></aaa>'


def profile(inner: str) -> str:
    return (
        f'<call-home><user-profile xmlns="{NS}call-home"><profile><profile-name>Own</profile-name>'
        f"<subscribe-to-alert-group>{inner}</subscribe-to-alert-group></profile></user-profile>"
        "</call-home>"
    )


def subscribed(*lines: str) -> str:
    inside = "".join(f"\n  subscribe-to-alert-group {line}" for line in lines)
    return f'call-home\n profile "Own"{inside}'


SHAPES = {
    "commands": (
        "aaa accounting commands 15 default start-stop group tacacs+ group radius",
        accounting(
            "<commands><level>15</level><list-name>default</list-name><commands-config>"
            "<action-type>start-stop</action-type><group-config>"
            f"{group(1, 'tacacs+')}{group(2, 'radius')}</group-config></commands-config></commands>"
        ),
        "commands",
    ),
    "commands-none": (
        "aaa accounting commands 1 CON none",
        accounting(
            "<commands><level>1</level><list-name>CON</list-name>"
            "<commands-config><none/></commands-config></commands>"
        ),
        "commands",
    ),
    "exec": (
        "aaa accounting exec default start-stop group tacacs+",
        accounting(
            f"<exec><name>default</name><start-stop>{group(1, 'tacacs+')}</start-stop></exec>"
        ),
        "exec",
    ),
    "exec-stop": (
        "aaa accounting exec OTHER stop-only group A group B",
        accounting(
            f"<exec><name>OTHER</name><stop-only>{group(1, 'A')}{group(2, 'B')}</stop-only></exec>"
        ),
        "stop-only",
    ),
    "ciphers": (
        "ip ssh server algorithm encryption aes256-gcm aes256-ctr",
        algorithm("encryption", "encrypt-options", "aes256-gcm", "aes256-ctr"),
        "encrypt-options",
    ),
    "macs": (
        "ip ssh server algorithm mac hmac-sha2-512 hmac-sha2-256",
        algorithm("mac", "mac-options", "hmac-sha2-512", "hmac-sha2-256"),
        "mac",
    ),
    "kex": (
        "ip ssh server algorithm kex ecdh-sha2-nistp521 ecdh-sha2-nistp384",
        algorithm("kex", "kex-options", "ecdh-sha2-nistp521", "ecdh-sha2-nistp384"),
        "algorithm",
    ),
    "hostkey": (
        "ip ssh server algorithm hostkey rsa-sha2-512",
        algorithm("hostkey", "hostkey-options", "rsa-sha2-512"),
        "hostkey",
    ),
    "raguard": (
        "ipv6 nd raguard policy HOST_POLICY\n device-role host",
        f'<ipv6><nd xmlns="{NS}nd"><raguard><policy>'
        "<raguard-policy-name>HOST_POLICY</raguard-policy-name><device-role><device-role-choice>"
        "<role-choice>host</role-choice></device-role-choice></device-role></policy></raguard></nd>"
        "</ipv6>",
        "policy",
    ),
    "pad": (
        "no service pad",
        "<service><pad-conf><pad>false</pad></pad-conf></service>",
        "pad",
    ),
    "timestamps": (
        "service timestamps debug datetime msec localtime show-timezone",
        "<service><timestamps><debug-config><datetime><msec/><localtime/><show-timezone/></datetime>"
        "</debug-config></timestamps></service>",
        "debug-config",
    ),
    "summer": (
        "clock summer-time CEST recurring last Sun Mar 2:00 last Sun Oct 3:00",
        "<clock><summer-time><zone>CEST</zone><recurring/><recurring-start>last</recurring-start>"
        "<recurring-start-day>Sun</recurring-start-day>"
        "<recurring-start-month>Mar</recurring-start-month>"
        "<recurring-start-time>2:00</recurring-start-time><recurring-end>last</recurring-end>"
        "<recurring-end-day>Sun</recurring-end-day><recurring-end-month>Oct</recurring-end-month>"
        "<recurring-end-time>3:00</recurring-end-time></summer-time></clock>",
        "summer-time",
    ),
    "summer-usual": (
        "clock summer-time PDT recurring",
        "<clock><summer-time><zone>PDT</zone><recurring/></summer-time></clock>",
        "summer-time",
    ),
    "summer-once": (
        "clock summer-time CEST date Mar 29 2026 2:00 Oct 25 2026 3:00 30",
        "<clock><summer-time><zone>CEST</zone><date/><start-day>29</start-day>"
        "<start-month>Mar</start-month><start-year>2026</start-year><start-time>2:00</start-time>"
        "<date-end-day>25</date-end-day><date-end-month>Oct</date-end-month>"
        "<date-end-year>2026</date-end-year><date-end-time>3:00</date-end-time>"
        "<offset>30</offset></summer-time></clock>",
        "summer-time",
    ),
    "resolver": (
        "ip domain lookup source-interface Loopback7",
        "<ip><domain><lookup-settings><lookup><source-interface><Loopback>7</Loopback>"
        "</source-interface></lookup></lookup-settings></domain></ip>",
        "source-interface",
    ),
    "http-client": (
        "ip http client connection idle timeout 40\nip http client connection retry 3\n"
        "ip http client connection timeout 20\nip http client response timeout 25\n"
        "ip http client secure-ciphersuite rsa-aes-gcm-sha2",
        f'<ip><http xmlns="{NS}http"><client><secure-ciphersuite><rsa-aes-gcm-sha2/>'
        "</secure-ciphersuite><connection><timeout>20</timeout><retry>3</retry>"
        "<idle><timeout>40</timeout></idle></connection>"
        "<response><timeout>25</timeout></response></client></http></ip>",
        "client",
    ),
    "internal": ("service internal", "<service><internal/></service>", "internal"),
    "ifindex": (
        "snmp-server ifindex persist",
        f'<snmp-server><ifindex xmlns="{NS}snmp"><persist/></ifindex></snmp-server>',
        "persist",
    ),
    "fingerprint": (
        "crypto pki trustpoint ONE\n fingerprint 0123ABCD",
        f'<crypto><pki xmlns="{NS}crypto"><trustpoint><id>ONE</id>'
        "<fingerprint>0123ABCD</fingerprint></trustpoint></pki></crypto>",
        "fingerprint",
    ),
    "subscribed": (
        subscribed("configuration", "diagnostic severity minor", "environment"),
        profile(
            "<configuration><configuration/></configuration><diagnostic><severity>minor</severity>"
            "</diagnostic><environment/>"
        ),
        "subscribe-to-alert-group",
    ),
    "daily": (
        subscribed("configuration periodic daily 09:15"),
        profile(
            "<configuration-periodically><configuration><periodic><daily>"
            "<begin-time>9:15</begin-time></daily></periodic></configuration>"
            "</configuration-periodically>"
        ),
        "daily",
    ),
    "weekly": (
        subscribed("inventory periodic weekly monday 23:05"),
        profile(
            "<inventory-periodically><inventory><periodic><weekly><day>Monday</day>"
            "<begin-time>23:05</begin-time></weekly></periodic></inventory>"
            "</inventory-periodically>"
        ),
        "periodic",
    ),
    "syslog": (
        subscribed('syslog severity major pattern "APF-.*"', 'syslog severity normal pattern ".*"'),
        profile(
            "<syslog><pattern>APF-.*</pattern><severity>major</severity></syslog>"
            "<syslog><pattern>.*</pattern><severity>normal</severity></syslog>"
        ),
        "syslog",
    ),
    "alert-group": (
        "call-home\n no alert-group inventory",
        f'<call-home><alert-group xmlns="{NS}call-home"><inventory>false</inventory></alert-group>'
        "</call-home>",
        "inventory",
    ),
    "suites": (
        "ip http secure-ciphersuite rsa-aes-gcm-sha2 tls13-aes256-gcm-sha384",
        f'<ip><http xmlns="{NS}http"><secure-ciphersuite><rsa-aes-gcm-sha2/>'
        "<tls13-aes256-gcm-sha384/></secure-ciphersuite></http></ip>",
        "secure-ciphersuite",
    ),
    "https-port": (
        "ip http secure-port 8443",
        f'<ip><http xmlns="{NS}http"><secure-port>8443</secure-port></http></ip>',
        "secure-port",
    ),
    "https-access": (
        "ip http access-class ipv4 CLIENTS",
        f'<ip><http xmlns="{NS}http"><access-class-group><ipv4><word>CLIENTS</word></ipv4>'
        "</access-class-group></http></ip>",
        "word",
    ),
    "line": (
        "line con 0\n accounting commands 15 LIST\n accounting exec LIST",
        "<line><console><first>0</first><accounting><commands><enable-level>15</enable-level>"
        "<acc-name>LIST</acc-name></commands><exec><accounting-name>LIST</accounting-name></exec>"
        "</accounting></console></line>",
        "accounting",
    ),
    "logging": ("no logging on", "<logging><on>false</on></logging>", "on"),
    "buffered": (
        "no logging buffered",
        "<logging><buffered-config><buffered>false</buffered></buffered-config></logging>",
        "buffered",
    ),
    "console": (
        "no logging console",
        "<logging><console-config><console>false</console></console-config></logging>",
        "console",
    ),
    "console-severity": (
        "logging console warnings",
        "<logging><console-config><common-config><console><severity>warnings</severity></console>"
        "</common-config></console-config></logging>",
        "severity",
    ),
}
KEYS = ("level", "list-name", "name", "pattern", "enable-level", "raguard-policy-name")
EACH = pytest.mark.parametrize(("lines", "shape", "gone"), SHAPES.values(), ids=SHAPES)


def _running(client: Client) -> str:
    return "\n" + printed(client.server.device.datastore.running)


def _native(client: Client) -> etree._Element:
    body = "<get-config><source><running/></source><filter><native/></filter></get-config>"
    return client.rpc(body)[0][0]


def _within(wanted: etree._Element, found: etree._Element) -> bool:
    """Is each node of `wanted` in `found`, at its place and with its text?"""
    return (wanted.tag, (wanted.text or "").strip()) == (
        found.tag,
        (found.text or "").strip(),
    ) and (all(any(_within(child, other) for other in found) for child in wanted))


def _element(shape: str) -> etree._Element:
    return etree.fromstring(f'<native xmlns="{NATIVE}">{shape}</native>')


@EACH
def test_lines_show_as_published(lines, shape, gone):
    assert _within(_element(shape), _native(_client(lines)))


@EACH
def test_what_is_written_prints_as_lines(lines, shape, gone):
    client, typed = _client(), _client(lines)
    client.edit(f"<native>{shape}</native>")
    assert _running(client) == _running(typed)
    assert set(lines.splitlines()) <= set(_running(client).splitlines())
    assert etree.tostring(_native(client)) == etree.tostring(_native(typed))


@EACH
def test_what_is_deleted_is_gone(lines, shape, gone):
    client = _client(lines)
    root = _element(shape)
    for node in list(root.iter(f"{{*}}{gone}")):
        node.set(f"{{{BASE}}}operation", "delete")
        for child in list(node):
            if etree.QName(child).localname not in KEYS:
                node.remove(child)
    client.ok(edit_config(etree.tostring(root).decode()))
    last = lines.splitlines()[-1]
    assert last in _running(_client(lines)).splitlines()
    assert last not in _running(client).splitlines()
    assert not _within(_element(shape), _native(client))


def test_a_second_algorithm_joins_and_the_order_is_the_clients():
    client = _client("ip ssh server algorithm mac hmac-sha2-256")
    client.edit(
        "<native><ip><ssh><server><algorithm><mac>"
        '<mac-options xmlns:yang="urn:ietf:params:xml:ns:yang:1" yang:insert="first">hmac-sha2-512'
        "</mac-options></mac></algorithm></server></ssh></ip></native>"
    )
    assert "\nip ssh server algorithm mac hmac-sha2-512 hmac-sha2-256\n" in _running(client)


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [
        (algorithm("kex", "kex-options", "group1"), "kex-options"),
        (SHAPES["fingerprint"][1].replace("0123ABCD", "none"), "fingerprint"),
        (SHAPES["daily"][1].replace("9:15", "24:15"), "begin-time"),
        (SHAPES["raguard"][1].replace(">host<", ">hub<"), "role-choice"),
    ],
)
def test_values_the_model_does_not_know_are_refused(shape, wrong):
    client = _client()
    error = error_of(client.rpc(edit_config(f"<native>{shape}</native>")))
    assert (error["tag"], error["bad-element"]) == ("invalid-value", wrong)


def test_a_time_of_day_alone_is_no_command():
    """A month's report without its day: the device's parser has no such line."""
    client = _client()
    shape = profile(
        "<inventory-periodically><inventory><periodic><monthly><begin-time>9:15</begin-time>"
        "</monthly></periodic></inventory></inventory-periodically>"
    )
    error = error_of(client.rpc(edit_config(f"<native>{shape}</native>")))
    assert error["message"] == "inconsistent value: Device refused one or more commands"


def test_one_way_of_logging_puts_the_other_out():
    client = _client("logging console warnings", "logging buffered 20000")
    client.edit(f"<native>{SHAPES['console'][1]}</native>")
    client.edit(f"<native>{SHAPES['buffered'][1]}</native>")
    assert "\nno logging buffered\nno logging console\n" in _running(client)
    client.edit(f"<native>{SHAPES['console-severity'][1]}</native>")
    client.edit(
        "<native><logging><buffered><size-value>20000</size-value></buffered></logging></native>"
    )
    assert "\nlogging buffered 20000\nlogging console warnings\n" in _running(client)


def test_a_port_that_becomes_a_routed_one_is_no_switch_port():
    lines = "interface GigabitEthernet1/0/1\n switchport trunk allowed vlan 5"
    client = _client(lines)
    port = "<GigabitEthernet><name>1/0/1</name>{}</GigabitEthernet>"
    off = "<switchport-conf><switchport>false</switchport></switchport-conf>"
    client.edit(f"<native><interface>{port.format(off)}</interface></native>")
    assert "allowed" not in client.config("<native><interface/></native>")
    typed = _client(f"{lines}\n no switchport")
    assert _running(client) == _running(typed)
    assert "allowed" not in typed.config("<native><interface/></native>")


def test_half_a_rule_of_summer_time_is_none():
    client = _client()
    summer = "<zone>CEST</zone><recurring-start>last</recurring-start>"
    body = f"<native><clock><summer-time>{summer}</summer-time></clock></native>"
    error = error_of(client.rpc(edit_config(body)))
    assert error["message"] == "inconsistent value: Device refused one or more commands"


@pytest.mark.parametrize("model", ["C8300-1N1S-6T", "ISR4451-X/K9"])  # one says no of itself
def test_a_licensed_feature_is_configured_by_its_name(model):
    made = device("netconf-yang", release="17.12.4", model=model)
    client = Client(NetconfServer(made, NOW))
    wanted = "<native><license><feature><name>{}</name></feature></license></native>"
    client.edit(wanted.format("hseck9"))
    assert "\nlicense feature hseck9\n" in running_config(made)
    assert [request.feature for request in hsec_request(made, made.datastore.running)] == ["hseck9"]
    error = error_of(client.rpc(edit_config(wanted.format("other"))))
    assert error["message"] == "inconsistent value: Device refused one or more commands"
