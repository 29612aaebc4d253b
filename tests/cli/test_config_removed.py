"""A factory line that was taken away: what stands in its place, and that a paste keeps it away."""

import pytest

from agent.netconf.server import NetconfServer
from tests.cli.test_show_box import Box
from tests.netconf.client import NOW as NETCONF_NOW
from tests.netconf.client import Client

VTY = ("line vty 0 4",)
REMOVED = [
    ((), "no service timestamps debug", "no service timestamps debug uptime"),
    ((), "no service timestamps log datetime msec", "no service timestamps log uptime"),
    ((), "no service timestamps log uptime", "no service timestamps log uptime"),
    ((), "no service call-home", "no service call-home"),
    ((), "no service pad", "no service pad"),
    ((), "no diagnostic bootup level", "no diagnostic bootup level"),
    ((), "no ip http server", "no ip http server"),
    ((), "no ip http secure-server", "no ip http secure-server"),
    ((), "no login on-success log", "no login on-success log"),
    (
        (),
        "no platform punt-keepalive disable-kernel-core",
        "no platform punt-keepalive disable-kernel-core",
    ),
    (VTY, "no login", " no login"),
]


def running(box):
    return box.says("show running-config").partition("\nversion ")[2].splitlines()[1:]


@pytest.mark.parametrize("model", ["C9300-24T", "C8000V"])
@pytest.mark.parametrize(("around", "typed", "printed"), REMOVED)
def test_the_line_with_no_is_printed_and_pasted(model, around, typed, printed):
    box = Box(model, *around, typed)
    told = running(box)
    assert printed in told
    fresh = Box(model, *(line for line in told if line.strip() and line != "end"))
    assert running(fresh) == told


@pytest.mark.parametrize(
    ("around", "typed", "again", "printed"),
    [
        ((), "no service timestamps log", "service timestamps log datetime msec", ""),
        ((), "no service timestamps debug", "service timestamps debug uptime", ""),
        ((), "no service call-home", "service call-home", ""),
        ((), "no diagnostic bootup level", "diagnostic bootup level minimal", ""),
        (VTY, "no login", "login", ""),
        (VTY, "no login", "login local", ""),
    ],
)
def test_what_is_set_again_is_there_again(around, typed, again, printed):
    box = Box("C9300-24T", *around, typed, again)
    lines = [line.strip() for line in running(box)]
    assert again in lines
    assert not any(line.startswith(f"{typed}") for line in lines)


def test_a_console_says_nothing_of_it():
    box = Box("C9300-24T", "line con 0", "login", "no login")
    assert " no login" not in running(box)


def test_what_a_model_sets_again_is_there_again():
    box = Box("C9300-24T", "netconf-yang", "no service timestamps log", release="17.12.4")
    client = Client(NetconfServer(box.session.device, NETCONF_NOW))
    client.edit(
        "<native><service><timestamps><log-config><datetime><msec/></datetime></log-config></timestamps>"
        "</service></native>"
    )
    told = running(box)
    assert "service timestamps log datetime msec" in told
    assert "no service timestamps log uptime" not in told
