"""A device and a client of its RESTCONF."""

from __future__ import annotations

import pytest

from tests.netconf.client import device
from tests.restconf.asker import Asker


@pytest.fixture
def asker() -> Asker:
    return Asker(device("restconf"))
