"""lab.yaml: what it means, and what is said about a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.adapters.labfile import parse_plan, read_plan
from agent.adapters.plan import Listen
from agent.core.errors import InputError

LABS = sorted((Path(__file__).parents[2] / "labs").glob("*.yaml"))

GOOD = """\
lab: small
clock: {start: 2026-10-06T12:00:00Z, rate: 60}
network:
  hosts: {cslu-local: "127.0.0.1:18182"}
counterparts:
  - {name: cssm, kind: cssm, listen: 8443}
  - {name: cslu, kind: cslu, listen: 8182}
devices:
  - name: sw
    platform: C9300-24T
    release: 17.12.4
    ssh: 2222
    count: 3
    config: |
      hostname LAB
"""


@pytest.mark.parametrize("file", LABS, ids=lambda file: file.name)
def test_every_lab_of_the_project_is_read(file):
    assert read_plan(file).devices


def test_values():
    plan = parse_plan(GOOD, "lab.yaml")
    assert (plan.name, plan.start, plan.rate) == ("small", 1_791_288_000_000, 60)
    assert dict(plan.network.hosts) == {"cslu-local": "127.0.0.1:18182"}
    assert [c.forward for c in plan.counterparts] == [None, "cssm"]
    assert [d.name for d in plan.devices] == ["sw-1", "sw-2", "sw-3"]
    assert [d.ssh for d in plan.devices] == [Listen("127.0.0.1", 2222 + n) for n in range(3)]
    assert len({d.serial for d in plan.devices}) == 3
    assert plan.devices[0].config == ("hostname LAB",)


def test_a_listener_binds_to_loopback_unless_told_otherwise():
    plan = parse_plan(GOOD.replace("ssh: 2222", "ssh: 0.0.0.0:2300"), "lab.yaml")
    assert plan.devices[0].ssh == Listen("0.0.0.0", 2300)
    assert {c.listen.address for c in plan.counterparts} == {"127.0.0.1"}


BAD = [
    ("platform: C9300-24T", "platform: C9999", 10, "devices[0].platform", "C9300-24T"),
    ("release: 17.12.4", "release: 17.99.1", 11, "devices[0].release", "17.12.4"),
    ("release: 17.12.4", "release: latest", 11, "devices[0].release", "such as 17.12.4"),
    ("kind: cslu", "kind: clsu", 7, "counterparts[1].kind", "'cslu' or 'cssm'"),
    ("devices:", "device:", 8, "device", "did you mean 'devices'?"),
    ("    count: 3", "    cuont: 3", 13, "devices[0].cuont", "did you mean 'count'?"),
    ("count: 3", "count: 0", 13, "devices[0].count", "greater than or equal to 1"),
    ("count: 3", "count: many", 13, "devices[0].count", "many"),
    ("ssh: 2222", "ssh: 70000", 12, "devices[0].ssh", "65535"),
    ("ssh: 2222", "ssh: 65534", 12, "devices[0].ssh", "1 to 65535"),
    ("ssh: 2222", "ssh: port", 12, "devices[0].ssh", "port or address:port"),
    ("listen: 8182", "listen: 8443", 7, "counterparts[1].listen", "taken by cssm"),
    ("name: cslu,", "name: cssm,", 7, "counterparts[1].name", "twice"),
    ("name: sw", "name: 9 x", 9, "devices[0].name", "letters"),
    ("    release: 17.12.4\n", "", 9, "devices[0]", "'release' is missing"),
    ("rate: 60", "rate: -1", 2, "clock.rate", "-1"),
    ("start: 2026-10-06T12:00:00Z", "start: soon", 2, "clock.start", "such as 2026-10-06"),
    ("lab: small", "lab: [small", 2, "not YAML", ""),
]


@pytest.mark.parametrize(("good", "bad", "line", "key", "hint"), BAD, ids=[b[1] for b in BAD])
def test_a_fault_is_named_with_line_key_and_what_is_allowed(good, bad, line, key, hint):
    with pytest.raises(InputError) as caught:
        parse_plan(GOOD.replace(good, bad), "lab.yaml")
    text = str(caught.value)
    assert text.startswith(f"lab.yaml:{line}: ")
    assert key in text
    assert hint in text


@pytest.mark.parametrize("text", ["", "# nothing\n", "just text", "- a list", "devices: []"])
def test_files_that_hold_no_lab_are_refused(text):
    with pytest.raises(InputError, match=r"^lab\.yaml"):
        parse_plan(text, "lab.yaml")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_plan(tmp_path / "lab.yaml")


def test_yaml_tags_make_nothing(tmp_path):
    with pytest.raises(InputError, match="is not YAML"):
        parse_plan("lab: !!python/object/apply:os.getcwd []", "lab.yaml")
