"""A test of your own: a switch, thirty days of its licensing, and netmiko to look at it.

Run it with `pytest labs/example_test.py` where `slp` and netmiko are installed. The lab listens on
free ports; the ready file says which. `tests/strangers` runs it as it stands here.
"""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
from netmiko import ConnectHandler

SLP = os.environ.get("SLP", "slp")
LAB = """
lab: example
clock: {start: 2026-10-06T12:00:00Z, rate: 0}
network:
  hosts: {cslu-local: cslu}
counterparts:
  - {name: cssm, kind: cssm, listen: 0}
  - {name: cslu, kind: cslu, listen: 0, forward: cssm}
devices:
  - {name: sw1, platform: C9300-24T, release: 17.12.4, ssh: 0}
"""


@pytest.fixture
def lab(tmp_path):
    """A running lab; yields its state folder and what its ready file says."""
    (tmp_path / "lab.yaml").write_text(LAB)
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [SLP, "up", tmp_path / "lab.yaml", "--state", tmp_path / "s", "--ready-file", ready]
    )
    while not ready.exists():
        assert process.poll() is None, "the lab did not start"
        time.sleep(0.1)
    yield tmp_path / "s", json.loads(ready.read_text())
    process.terminate()
    process.wait(30)


def advance(state: Path, duration: str) -> None:
    """Let the lab's clock go on; returns once all that fell due is done."""
    subprocess.run([SLP, "clock", "advance", duration, "--state", state], check=True)


def test_the_next_report_is_due_a_month_after_the_first(lab):
    state, ready = lab
    (switch,) = ready["devices"]
    with ConnectHandler(
        device_type="cisco_xe",
        **switch["ssh"],
        username=switch["username"],
        password=switch["password"],
    ) as connection:
        assert "Trust Code Installed: <none>" in connection.send_command("show license status")
        advance(state, "1h")
        status = connection.send_command("show license status")
        assert "Last report push: Oct 06 12:02:49 2026 UTC" in status
        assert "Next report push: Nov 05 12:02:49 2026 UTC" in status
        advance(state, "30d")
        status = connection.send_command("show license status")
        assert "Last report push: Nov 05 12:02:49 2026 UTC" in status
