"""Fixtures that every area may use: the captures of real devices, and free ports on loopback."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right. A run of a
# person searches anew; a build machine judges the change before it, by the same cases each time.
settings.register_profile(
    "project",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("project")

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def golden() -> Path:
    """The folder of real device outputs beside the project; skips where there is none."""
    folder = PROJECT.parent / "shared" / "golden"
    if not folder.is_dir():
        pytest.skip("no captures")
    return folder


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A function that names a TCP port of loopback which nothing holds, another at each call."""
    given: set[int] = set()

    def find() -> int:
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = int(probe.getsockname()[1])
            if port not in given:
                given.add(port)
                return port

    return find
