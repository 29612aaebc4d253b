"""The throughput level of a physical router: one setting for the command line and the model."""

from __future__ import annotations

from agent.core.release import Release
from agent.device.device import new_device
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, typed

PLATFORM = "http://cisco.com/ns/yang/Cisco-IOS-XE-platform"
READ = "<get-config><source><running/></source></get-config>"


def client(model: str, *lines: str) -> Client:
    made = new_device("x", model, Release.parse("17.12.4"), "FOC0000EMU1")
    made.boot(NOW)
    typed(made, "netconf-yang", *lines)
    return Client(NetconfServer(made, NOW))


def level(one: Client) -> str | None:
    found = one.rpc(READ).findall(f".//{{{PLATFORM}}}kbps")
    return found[0].text if found else None


def edit(kbps: str, operation: str = "merge") -> str:
    return (
        f'<native><platform><hardware xmlns="{PLATFORM}"><throughput><level>'
        f'<kbps nc:operation="{operation}">{kbps}</kbps>'
        "</level></throughput></hardware></platform></native>"
    )


def running(one: Client) -> str:
    return str(one.server.device.datastore.running.get("emulator"))


def test_what_is_typed_is_read_and_what_is_written_is_stored():
    one = client("ISR4451-X/K9", "platform hardware throughput level 2000000")
    assert level(one) == "2000000"
    one.edit("<native><hostname>other</hostname></native>")
    assert level(one) == "2000000"  # an edit of something else leaves it
    one.edit(edit("1000000"))
    assert level(one) == "1000000"
    assert "1000000" in running(one)
    one.edit(edit("1000000", "delete"))
    assert level(one) is None
    assert "1000000" not in running(one)


def test_a_level_the_device_has_not_is_refused():
    for model in ("ISR4451-X/K9", "C9300-24T", "C8000V"):
        one = client(model)
        before = one.server.device.datastore.running
        body = f"<edit-config><target><running/></target><config>{edit('200000')}</config>"
        assert one.error(f"{body}</edit-config>")["tag"]
        assert one.server.device.datastore.running == before
