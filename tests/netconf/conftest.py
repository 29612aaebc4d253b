"""A device and a client of it, for every test of the NETCONF server."""

from __future__ import annotations

import pytest

from agent.device.device import Device
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device


@pytest.fixture
def switch() -> Device:
    return device("netconf-yang")


@pytest.fixture
def server(switch: Device) -> NetconfServer:
    made = NetconfServer(switch, NOW)
    made.watch()
    return made


@pytest.fixture
def client(server: NetconfServer) -> Client:
    return Client(server)


@pytest.fixture
def two_stage() -> Client:
    """A client of a device with the candidate datastore."""
    made = device("netconf-yang", "netconf-yang feature candidate-datastore")
    server = NetconfServer(made, NOW)
    server.watch()
    return Client(server)
