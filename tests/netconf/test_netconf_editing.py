"""edit-config and its kin on a device: one state with the CLI, whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli.running_config import running_config
from agent.core.clock import DAY
from agent.device.config import user
from agent.engine.config import Transport
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device, edit_config, typed

REFUSED = "inconsistent value: Device refused one or more commands"
CSLU = (
    "<licensing><config><transport><transport-cslu><url-cslu>http://192.0.2.40:8182/cslu/v1/pi"
    "</url-cslu></transport-cslu></transport></config></licensing>"
)
SMART = "<native><license><smart>{}</smart></license></native>"


def lines(on) -> list[str]:
    return [line.strip() for line in running_config(on).splitlines()]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("<native><hostname>R1</hostname></native>", "hostname R1"),
        (CSLU, "license smart url cslu http://192.0.2.40:8182/cslu/v1/pi"),
        (SMART.format("<transport-type>Off</transport-type>"), "license smart transport off"),
        (SMART.format("<usage><interval>30</interval></usage>"), "license smart usage interval 30"),
        (SMART.format("<privacy><hostname/></privacy>"), "license smart privacy hostname"),
        (
            "<licensing><config><privacy><version>true</version></privacy></config></licensing>",
            "license smart privacy version",
        ),
        (
            "<licensing><config><usage><customer-tags><tag1>a b</tag1></customer-tags></usage>"
            "</config></licensing>",
            "license smart usage customer-tags tag1 a b",
        ),
        (
            "<native><license><boot><level><network-essentials><addon>dna-essentials</addon>"
            "</network-essentials></level></boot></license></native>",
            "license boot level network-essentials addon dna-essentials",
        ),
        (
            "<native><interface><GigabitEthernet><name>1/0/1</name><description>up link"
            "</description></GigabitEthernet></interface></native>",
            "description up link",
        ),
        (
            "<native><ip><name-server><no-vrf-ordered>10.0.0.1</no-vrf-ordered></name-server></ip></native>",
            "ip name-server 10.0.0.1",
        ),
        (
            "<native><ip><domain><name>example.net</name></domain></ip></native>",
            "ip domain name example.net",
        ),
    ],
)
def test_edit_is_a_line_of_the_running_config_and_goes_again(switch, client, body, line):
    before = lines(switch)
    root = switch.datastore.running
    client.edit(body)
    assert line in lines(switch) and line not in before
    typed(switch, "ip routing")
    assert line in lines(switch)
    changed = switch.datastore.running
    client.edit(body.replace("<native>", '<native nc:operation="merge">'))
    assert switch.datastore.running is changed is not root


@pytest.mark.parametrize("kind", ["callhome", "smart", "cslu", "off", "automatic"])
def test_transport_is_one_state_in_three_views(switch, client, kind):
    client.edit(
        f"<licensing><config><transport><transport-type>transport-type-{kind}</transport-type>"
        "</transport></config></licensing>"
    )
    native = "Off" if kind == "off" else kind
    assert f"<transport-type>{native}<" in client.config("<native><license/></native>")
    assert switch.agent.state.config.transport is Transport(kind)
    typed(
        switch, "license smart transport cslu" if kind != "cslu" else "license smart transport off"
    )
    other = "off" if kind == "cslu" else "cslu"
    assert f"transport-type-{other}<" in client.config("<licensing/>")


def test_default_url_is_written_out_as_the_command_does(switch, client):
    client.edit(SMART.format("<transport-type>smart</transport-type><url><default/></url>"))
    assert "license smart url https://smartreceiver.cisco.com/licservice/license" in lines(switch)
    assert "<url-registration>https://smartreceiver" in client.config("<licensing/>")


def test_change_of_transport_keeps_urls_that_are_only_out_of_sight(switch, client):
    client.edit(
        SMART.format("<transport-type>smart</transport-type><url><name>http://a/</name></url>")
    )
    client.edit(
        "<licensing><config><transport><transport-type>transport-type-cslu</transport-type>"
        "</transport></config></licensing>"
    )
    assert "transport-smart" not in client.config("<licensing/>")
    assert "license smart url http://a/" in lines(switch)


def test_enable_is_taken_and_ignored(client):
    client.edit("<licensing><config><enable>false</enable></config></licensing>")
    assert client.config("<licensing/>") == ""


def test_plain_secret_of_a_user_is_stored_as_a_hash(switch, client):
    draws = switch.chance.draws
    client.edit(
        "<native><username><name>eve</name><privilege>15</privilege><secret><encryption>0"
        "</encryption><secret>open sesame</secret></secret></username></native>"
    )
    assert user(switch.datastore.running, "eve").accepts("open sesame")
    assert "open sesame" not in client.config("<native><username/></native>")
    assert switch.chance.draws == draws  # a replay of the journal draws the same ever after


@pytest.mark.parametrize(
    ("body", "command"),
    [
        (
            "<native><ip><domain><name>two words</name></domain></ip></native>",
            "ip domain name two words",
        ),
        ("<native><ip><domain><name>a&#10;username x</name></domain></ip></native>", None),
        (
            "<native><interface><GigabitEthernet><name>9/9/9</name></GigabitEthernet></interface>"
            "</native>",
            "interface GigabitEthernet9/9/9",
        ),
        (
            "<native><license><boot><level><ipbase/></level></boot></license></native>",
            "license boot level ipbase",
        ),
        (
            "<native><interface><Loopback><name>1</name><description>a&#10;shutdown</description>"
            "</Loopback></interface></native>",
            None,
        ),
    ],
)
def test_what_the_parser_of_the_device_refuses(switch, client, body, command):
    before = switch.datastore.running
    error = client.error(edit_config(body))
    assert (error["tag"], error["message"]) == ("invalid-value", REFUSED)
    assert (error["severity"], error["parser-response"][:9]) == ("error_cli", "% Invalid")
    if command:
        assert error["bad-command"] == command
    assert switch.datastore.running is before


@pytest.mark.parametrize("name", ["1", "two words", "a&#10;b", "x" * 247, ""])
def test_host_names_the_model_does_not_have(client, name):
    error = client.error(edit_config(f"<native><hostname>{name}</hostname></native>"))
    assert (error["tag"], error["bad-element"]) == ("invalid-value", "hostname")
    assert error["path"].endswith("/ios:native/ios:hostname")


def test_physical_interface_is_set_back_instead_of_deleted(switch, client):
    typed(switch, "interface GigabitEthernet1/0/1", "description x")
    client.edit(
        '<native><interface><GigabitEthernet nc:operation="delete"><name>1/0/1</name>'
        "</GigabitEthernet></interface></native>"
    )
    assert "interface GigabitEthernet1/0/1" in lines(switch)
    assert "description x" not in lines(switch)


def test_what_netconf_does_not_model_survives_a_replacement(switch, client):
    typed(switch, "file prompt quiet", "hostname gone")
    client.edit('<native nc:operation="replace"><hostname>new</hostname></native>')
    kept = lines(switch)
    assert "file prompt quiet" in kept and "hostname new" in kept and "netconf-yang" in kept


def test_error_leaves_nothing_behind(switch, client):
    before = switch.datastore.running
    body = (
        "<native><hostname>a</hostname><license><smart><usage><interval>0</interval></usage>"
        "</smart></license></native>"
    )
    for option in ("stop-on-error", "rollback-on-error"):
        error = client.error(edit_config(body, error_option=option))
        assert error["tag"] == "invalid-value"
        assert error["path"].endswith("/ios:license/ios:smart/ios:usage/ios:interval")
        assert error["message"] == '"0" is not a valid value.'
    assert switch.datastore.running is before


def test_continue_on_error_applies_the_rest(switch, client):
    body = "<native><hostname>a</hostname></native><licensing><bogus/></licensing>"
    error = client.error(edit_config(body, error_option="continue-on-error"))
    assert error["bad-element"] == "bogus"
    assert "hostname a" in lines(switch)


def test_test_only_changes_nothing(switch, client):
    before = switch.datastore.running
    client.edit("<native><hostname>a</hostname></native>", test_option="test-only")
    assert switch.datastore.running is before
    error = client.error(edit_config("<native><bogus/></native>", test_option="test-only"))
    assert error["tag"] == "unknown-element"


@pytest.mark.parametrize(
    "options",
    [{"default_operation": "create"}, {"test_option": "x"}, {"error_option": ""}],
)
def test_options_with_other_words(client, options):
    assert client.error(edit_config("<native/>", **options))["tag"] == "invalid-value"


def test_default_operation_replace_replaces_what_is_named(switch, client):
    typed(switch, "license smart usage interval 30", "license smart privacy hostname")
    client.edit(
        "<licensing><config><usage><interval>60</interval></usage></config></licensing>",
        default_operation="replace",
    )
    found = lines(switch)
    assert "license smart usage interval 60" in found
    assert "license smart privacy hostname" not in found
    assert "hostname Switch" in found


def test_edit_says_who_and_wakes_the_agent(switch, client):
    client.edit(SMART.format("<usage><interval>20</interval></usage>"))
    assert switch.datastore.changed.by == "admin"
    assert switch.agent.state.config.usage_interval_days == 20
    assert "by admin" in running_config(switch)
    assert switch.next_deadline() <= NOW + 30 * DAY


def test_save_config_makes_it_the_startup(switch, client):
    client.edit("<native><hostname>kept</hostname></native>")
    reply = client.rpc('<save-config xmlns="http://cisco.com/yang/cisco-ia"/>')
    assert reply[0].text == "Save running-config successful"
    switch.reload(NOW)
    assert "hostname kept" in lines(switch)


# --- candidate ------------------------------------------------------------------------------------


def test_candidate_is_committed_or_discarded(two_stage):
    two_stage.edit("<native><hostname>a</hostname></native>", "candidate")
    assert "<hostname>Switch<" in two_stage.config("<native><hostname/></native>")
    assert "<hostname>a<" in two_stage.config("<native><hostname/></native>", "candidate")
    two_stage.ok("<discard-changes/>")
    assert "<hostname>Switch<" in two_stage.config("<native><hostname/></native>", "candidate")
    two_stage.edit("<native><hostname>b</hostname></native>", "candidate")
    two_stage.ok("<validate><source><candidate/></source></validate>")
    two_stage.ok("<commit/>")
    two_stage.ok("<commit/>")
    assert "<hostname>b<" in two_stage.config("<native><hostname/></native>")


def test_commit_keeps_what_the_cli_did_meanwhile(two_stage):
    switch = two_stage.server.device
    two_stage.edit("<native><hostname>a</hostname></native>", "candidate")
    typed(switch, "license smart usage interval 40")
    two_stage.ok("<commit/>")
    assert {"hostname a", "license smart usage interval 40"} <= set(lines(switch))


def test_locks_of_the_candidate(two_stage):
    lock = "<lock><target><candidate/></target></lock>"
    other = Client(two_stage.server)
    two_stage.edit("<native><hostname>a</hostname></native>", "candidate")
    assert two_stage.error(lock)["session-id"] == "0"
    two_stage.ok("<discard-changes/>")
    two_stage.ok(lock)
    assert other.error("<commit/>")["tag"] == "in-use"
    assert other.error("<discard-changes/>")["tag"] == "in-use"
    two_stage.edit("<native><hostname>a</hostname></native>", "candidate")
    two_stage.session.end(NOW)
    assert "<hostname>Switch<" in other.config("<native><hostname/></native>", "candidate")


def test_copy_config_between_datastores(two_stage):
    two_stage.edit("<native><hostname>a</hostname></native>", "candidate")
    copy = "<copy-config><target><{}/></target><source><{}/></source></copy-config>"
    two_stage.ok(copy.format("running", "candidate"))
    assert "<hostname>a<" in two_stage.config("<native><hostname/></native>")
    assert two_stage.error(copy.format("running", "running"))["tag"] == "invalid-value"
    two_stage.edit("<native><hostname>b</hostname></native>", "candidate")
    two_stage.ok(copy.format("candidate", "running"))
    assert "<hostname>a<" in two_stage.config("<native><hostname/></native>", "candidate")


def test_copy_of_a_whole_configuration_drops_what_is_not_in_it(switch, client):
    typed(switch, "license smart usage interval 30", "file prompt quiet")
    client.ok(
        "<copy-config><target><running/></target><source><config><native><hostname>only</hostname>"
        "</native></config></source></copy-config>"
    )
    found = lines(switch)
    assert "hostname only" in found and "file prompt quiet" in found
    assert "license smart usage interval 30" not in found


def test_validate_of_a_configuration_given(client):
    body = "<validate><source><config>{}</config></source></validate>"
    client.ok(body.format("<native><hostname>x</hostname></native>"))
    assert client.error(body.format("<native><bogus/></native>"))["tag"] == "unknown-element"


# --- both ways, with generated lines --------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(
        (
            "hostname other",
            "no license smart privacy hostname",
            "license smart privacy all",
            "license smart transport smart",
            "license smart transport off",
            "license smart url cslu http://10.0.0.9/cslu/v1/pi",
            "license smart url default",
            "license smart url smart https://10.0.0.8/x",
            "no license smart url default",
            "license smart usage customer-tags tag2 two",
            "license smart usage interval 90",
            "license boot level network-essentials",
            "ip host a 10.0.0.1 10.0.0.2",
            "ip name-server 10.0.0.3 10.0.0.4",
            "no ip domain lookup",
            "username a privilege 7 password 0 pw",
            "enable secret e",
            "ip route 0.0.0.0 0.0.0.0 10.0.0.1",
            "vrf definition red",
            "interface Loopback7\nip address 10.1.1.1 255.255.255.0\nexit",
            "no service timestamps log",
            "line vty 0 4\nexec-timeout 3 4\nlogin local\nexit",
            "banner motd ^Chello\nthere^C",
            "clock timezone CET 1 0",
        )
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None)
@given(LINES, LINES)
def test_a_configuration_read_by_netconf_restores_itself(first, second):
    made = device("netconf-yang", "netconf-yang feature candidate-datastore", *first)
    client = Client(NetconfServer(made, NOW))
    before = made.datastore.running
    saved = client.rpc("<get-config><source><running/></source></get-config>")
    body = "".join(_whole(child) for child in saved[0])
    typed(made, *second)
    client.ok(
        f"<copy-config><target><running/></target><source><config>{body}</config></source>"
        "</copy-config>"
    )
    kept = {**made.datastore.running, "emulator": None}
    assert kept == {**before, "emulator": None}


def _whole(element) -> str:
    from lxml import etree

    return etree.tostring(element).decode()


def test_edit_is_logged_with_its_transaction(switch, client):
    client.edit("<native><hostname>logged</hostname></native>")
    last = switch.log.lines[-1].text
    assert last.endswith(
        "%DMI-5-CONFIG_I: Switch 1 R0/0: dmiauthd: Configured from NETCONF/RESTCONF by admin, "
        "transaction-id 1"
    )
