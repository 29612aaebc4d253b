"""`slp up` as a real process: ready file, control, ports in use, a clean stop and what is kept."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from agent.adapters.control import ask
from agent.core.clock import DAY
from agent.core.errors import InputError
from tests.wire.laboratory import knock

pytestmark = pytest.mark.wire

SLP = [sys.executable, "-m", "agent"]
LAB = """\
lab: up
clock: {start: 2026-10-06T12:00:00Z}
counterparts:
  - {name: cssm, kind: cssm, listen: 0}
  - {name: cslu, kind: cslu, listen: 0}
devices:
  - {name: sw, platform: C9300-24T, release: 17.12.4, ssh: 0, count: 2, config: "hostname UP"}
"""


@contextmanager
def up(folder, text=LAB, signal_number=signal.SIGTERM):
    """A lab in a process of its own, ready; afterwards it has stopped cleanly."""
    (folder / "lab.yaml").write_text(text)
    ready = folder / "ready.json"
    words = ["up", "lab.yaml", "--state", "state", "--ready-file", "ready.json"]
    process = subprocess.Popen(
        [*SLP, *words], cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        stop = time.monotonic() + 30
        while not ready.exists():
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < stop
            time.sleep(0.02)
        yield json.loads(ready.read_text())
        process.send_signal(signal_number)
        _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (0, b"")
        assert not ready.exists()
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


async def run(entry, command):
    async with knock(
        entry["ssh"]["host"],
        entry["ssh"]["port"],
        username=entry["username"],
        password=entry["password"],
    ) as connection:
        key = connection.get_server_host_key().get_fingerprint()
        return (await connection.run(command)).stdout, key


async def test_a_lab_from_start_to_start_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with up(tmp_path) as ready:
        assert [d["name"] for d in ready["devices"]] == ["sw-1", "sw-2"]
        first = ready["devices"][0]
        assert (first["platform"], first["release"]) == ("C9300-24T", "17.12.4")
        assert first["udi"]["pid"] == "C9300-24T"
        assert {c["kind"]: c["url"].rpartition(":")[0] for c in ready["counterparts"]} == {
            "cssm": "http://127.0.0.1",
            "cslu": "http://127.0.0.1",
        }
        assert ready["counterparts"][1]["url"].endswith("/cslu/v1/pi")
        socket_file = os.stat(tmp_path / ready["control"])
        assert stat.S_ISSOCK(socket_file.st_mode)
        assert stat.S_IMODE(socket_file.st_mode) == 0o600
        assert stat.S_IMODE(os.stat(tmp_path / "state").st_mode) == 0o700
        control = tmp_path / ready["control"]
        moved = ask(control, {"do": "clock.advance", "ms": DAY})
        assert moved["date"].endswith("Oct 7 2026")
        status = ask(control, {"do": "status"})
        assert [d["trust"] for d in status["devices"]] == [True, True]
        with pytest.raises(InputError, match=r"allowed: clock\.advance"):
            ask(control, {"do": "nonsense"})
        with pytest.raises(InputError, match="cannot be used; allowed: 0 to"):
            ask(control, {"do": "clock.advance", "ms": -1})
        before, key = await run(first, "show license status | include Trust Code|ACK received")
        assert "Trust Code Installed: Oct 06 12:" in before
        second = subprocess.run(
            [*SLP, "up", "lab.yaml", "--state", "state"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert second.returncode == 2
        assert "in use by another slp" in second.stderr
    with up(tmp_path, signal_number=signal.SIGINT) as ready:
        entry = ready["devices"][0]
        after, same_key = await run(entry, "show license status | include Trust Code|ACK received")
        assert (after, same_key) == (before, key)
        assert "Oct 7 2026" in (await run(entry, "show clock"))[0]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (("release: 17.12.4", "release: 1"), 2, "lab.yaml:7: devices[0].release: '1' is not"),
        (("hostname UP", "hstname UP"), 2, "does not take the line 'hstname UP'"),
    ],
)
def test_a_bad_lab_is_one_line(tmp_path, change, status, said):
    (tmp_path / "lab.yaml").write_text(LAB.replace(*change))
    done = subprocess.run(
        [*SLP, "up", "lab.yaml"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == status
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("who", ["cslu", "ssh of sw"])
def test_a_port_in_use_is_named(tmp_path, who):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        text = LAB.replace("count: 2, ", "")
        old, new = (
            ("cslu, listen: 0", "cslu, listen: {}") if who == "cslu" else ("ssh: 0", "ssh: {}")
        )
        (tmp_path / "lab.yaml").write_text(text.replace(old, new.format(port)))
        done = subprocess.run(
            [*SLP, "up", "lab.yaml"], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"slp: {who}: port {port}")
    assert "in use" in done.stderr


def test_no_lab_runs(tmp_path):
    done = subprocess.run(
        [*SLP, "clock", "advance", "1d", "--state", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "no lab is running here" in done.stderr
