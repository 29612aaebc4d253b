"""`standing: FILE`: a device of a lab begins where an output of the user's own device stands."""

import pytest

from agent.adapters.birth import born, shown_by
from agent.adapters.labfile import read_plan
from agent.adapters.plan import DevicePlan
from agent.cli.session import CliSession, Line
from agent.core.clock import HOUR
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.device.timekeeping import ALONE
from tests.device.devices import NOON

LAB = """\
devices:
  - {name: sw, platform: C9300-24T, release: 17.12.4, serial: FOC1, standing: STANDING}
"""
OWN = """\
sw-7#show license all
Account Information:
  Smart Account: Some Company As of Oct 05 08:00:00 2026 UTC
  Virtual Account: Shelf 7

Transport:
  Type: Transport Off

Trust Code Installed:
  Active: PID:C9300-24U,SN:FOC7
    INSTALLED on Oct 04 08:00:00 2026 UTC
  Standby: PID:C9300-48U,SN:FOC8
    INSTALLED on Oct 04 08:00:05 2026 UTC
"""


def status(device):
    session = CliSession(device, Line("console", privilege=15), width=0, length=0)
    session.start(NOON)
    return session.feed("show license status\r", NOON)


def test_a_lab_names_it_beside_itself(tmp_path):
    (tmp_path / "lab.yaml").write_text(LAB.replace("STANDING", "own.txt"), "utf-8")
    (tmp_path / "own.txt").write_text(OWN, "utf-8")
    (plan,) = read_plan(tmp_path / "lab.yaml").devices
    assert plan.standing == tmp_path / "own.txt"


def test_a_file_that_is_not_there_is_told_at_its_key(tmp_path):
    (tmp_path / "lab.yaml").write_text(LAB.replace("STANDING", "none.txt"), "utf-8")
    with pytest.raises(InputError, match=r"devices.*standing.*there is no .*none\.txt"):
        read_plan(tmp_path / "lab.yaml")


def test_units_and_time_are_those_of_the_output(tmp_path):
    (tmp_path / "own.txt").write_text(OWN, "utf-8")
    plan, when = shown_by(DevicePlan("sw", "C9300-24T", "17.12.4", "FOC1"), tmp_path / "own.txt")
    assert (plan.platform, plan.serial, plan.members) == (
        "C9300-24U",
        "FOC7",
        (Udi("C9300-48U", "FOC8"),),
    )
    assert when == NOON - 28 * HOUR
    device = born(plan, "1", (), ALONE, NOON)
    shown = status(device)
    assert "Smart Account: Some Company As of Oct 05 08:00:00 2026 UTC" in shown
    assert "Type: Transport Off" in shown
    assert "INSTALLED on Oct 04 08:00:05 2026 UTC" in shown


def test_the_release_is_that_of_the_agent_where_it_is_asked_for(tmp_path):
    (tmp_path / "own.txt").write_text(f"{OWN}Smart Agent for Licensing: 5.10.3_rel/9\n", "utf-8")
    plan = DevicePlan("sw", "C9300-24T", "17.12.4", "FOC1")
    assert shown_by(plan, tmp_path / "own.txt")[0].release == "17.12.4"
    assert shown_by(plan, tmp_path / "own.txt", release=True)[0].release == "17.13.1"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (OWN.encode(), "P:C9300-24U,S:FOC7 is no unit of sw"),
        (OWN.replace("Off", "Of").encode(), "is no transport"),
        (b"\xff\xfe", "not UTF-8"),
    ],
)
def test_what_the_device_cannot_hold_is_told_with_the_file(tmp_path, content, what):
    path = tmp_path / "own.txt"
    path.write_bytes(content)
    plan = DevicePlan("sw", "C9300-24T", "17.12.4", "FOC1", standing=path)
    with pytest.raises(InputError, match=what) as told:
        born(plan, "1", (), ALONE, NOON)
    assert told.value.where == str(path)
