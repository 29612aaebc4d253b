"""continue-on-error: what is wrong in an edit is left out, and nothing else."""

from __future__ import annotations

import pytest

from agent.cli.running_config import running_config
from tests.netconf.client import BASE, edit_config, text, typed

ON = {"error_option": "continue-on-error"}
LOOPBACK = "<Loopback><name>{}</name><description>{}</description></Loopback>"


def tags(reply) -> list[str]:
    return [e.findtext(f"{{{BASE}}}error-tag") for e in reply]


def test_siblings_of_what_fails_are_set(switch, client):
    gone = '<Loopback nc:operation="delete"><name>9</name></Loopback>'
    inner = f"{LOOPBACK.format(1, 'one')}{gone}{LOOPBACK.format(2, 'two')}"
    body = f"<native><hostname>there</hostname><interface>{inner}</interface></native>"
    assert tags(client.rpc(edit_config(body, **ON))) == ["data-missing"]
    lines = running_config(switch).splitlines()
    assert {"hostname there", " description one", " description two"} <= set(lines)


def test_every_error_is_told_and_keys_go_with_what_is_in_a_row(switch, client):
    row = "<Loopback><name>7</name><bogus/><description>kept</description><shutdown>x</shutdown>"
    body = f"<native><interface>{row}</Loopback></interface><hostname>b c</hostname></native>"
    reply = client.rpc(edit_config(body, **ON))
    assert tags(reply) == ["unknown-element", "invalid-value", "invalid-value"], text(reply)
    assert "\ninterface Loopback7\n description kept\n" in running_config(switch)
    assert "Loopback[ios:name='7']" in text(reply)


@pytest.mark.parametrize("operation", ["replace", "create"])
def test_what_is_made_as_a_whole_is_one_thing(switch, client, operation):
    typed(switch, "interface Loopback3", "description old")
    row = f'<Loopback nc:operation="{operation}"><name>3</name><shutdown/><bogus/></Loopback>'
    body = f"<native><interface>{row}</interface><hostname>set</hostname></native>"
    assert len(client.rpc(edit_config(body, **ON))) == 1
    assert "\ninterface Loopback3\n description old\n" in running_config(switch)
    assert "hostname set" in running_config(switch)


def test_a_replacing_default_takes_nothing_apart(switch, client):
    body = "<native><hostname>one</hostname><bogus/></native>"
    client.rpc(edit_config(body, default_operation="replace", **ON))
    assert "hostname one" not in running_config(switch)


def test_thousands_of_faults_are_no_work_for_hours(switch, client):
    inner = "".join(LOOPBACK.format(n, "x" * 300) for n in range(2000))
    reply = client.rpc(edit_config(f"<native><interface>{inner}</interface></native>", **ON))
    assert 0 < len(reply) <= 500
