"""What a CSLU keeps of product instances it collects from, and the rules of collecting."""

from __future__ import annotations

import sqlite3

import pytest

from agent.core.errors import InputError
from agent.core.identity import Udi
from counterparts.cslu import CollectAsked, Cslu
from counterparts.pull import DeviceAnswered, DeviceCall, DeviceFailed
from counterparts.records import IN_MEMORY, SqlCsluRecords
from counterparts.repository import PulledInstance
from counterparts.uplink import CsluSettings

NOW = 1_791_288_000_000
ROW = PulledInstance("r1", "192.0.2.7", 443, "rest", "admin", "secret")


@pytest.fixture
def cslu():
    records = SqlCsluRecords(IN_MEMORY)
    yield Cslu(records, CsluSettings())
    records.close()


def test_rows_are_there_after_a_restart(tmp_path):
    url = f"sqlite:///{tmp_path / 'cslu.sqlite'}"
    records = SqlCsluRecords(url)
    kept = Cslu(records, CsluSettings()).add_pulled(ROW, NOW)
    records.close()
    again = SqlCsluRecords(url)
    assert Cslu(again, CsluSettings()).all_pulled() == [kept]
    again.close()


def test_records_of_an_older_cslu_get_the_table(tmp_path):
    file = tmp_path / "cslu.sqlite"
    SqlCsluRecords(f"sqlite:///{file}").close()
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE pulled_instance")
    connection.close()
    records = SqlCsluRecords(f"sqlite:///{file}")
    assert Cslu(records, CsluSettings()).add_pulled(ROW, NOW).status == "Not collected yet"
    records.close()


def test_one_visit_at_a_time(cslu):
    cslu.add_pulled(ROW, NOW)
    (call,) = cslu.handle(CollectAsked("r1"), NOW)
    assert isinstance(call, DeviceCall) and call.collect and not call.files
    assert cslu.handle(CollectAsked("r1"), NOW) == ()
    cslu.handle(DeviceFailed("r1", "no answer"), NOW)
    assert cslu.all_pulled()[0].failed
    assert len(cslu.handle(CollectAsked("r1"), NOW)) == 1


def test_usage_that_cannot_be_read(cslu):
    cslu.add_pulled(ROW, NOW)
    cslu.handle(CollectAsked("r1"), NOW)
    assert cslu.handle(DeviceAnswered("r1", usage="<smartLicense>"), NOW) == ()
    (row,) = cslu.all_pulled()
    assert row.failed and row.status.startswith("The usage cannot be read")


def test_nothing_to_collect(cslu):
    cslu.add_pulled(ROW, NOW)
    cslu.handle(CollectAsked("r1"), NOW)
    assert cslu.handle(DeviceAnswered("r1", usage=""), NOW + 5) == ()
    (row,) = cslu.all_pulled()
    assert (row.status, row.failed, row.collected) == ("No usage to collect", False, NOW + 5)


def test_a_row_that_was_removed_meanwhile(cslu):
    cslu.add_pulled(ROW, NOW)
    cslu.handle(CollectAsked("r1"), NOW)
    cslu.remove_pulled("r1")
    assert cslu.handle(DeviceAnswered("r1", usage="x"), NOW) == ()
    assert cslu.handle(DeviceFailed("r1", "gone"), NOW) == ()
    with pytest.raises(InputError, match="is not collected from"):
        cslu.handle(CollectAsked("r1"), NOW)


def test_a_device_that_does_not_say_who_it_is():
    from agent.engine.events import ReportsClosed, UsageRead
    from agent.protocol.codec import read_usage_file, write_usage_file
    from agent.protocol.codec_files import UsageFile
    from tests.netconf.client import device

    switch = device("license smart transport off")
    switch.handle(ReportsClosed(), NOW)
    reports = read_usage_file(switch.handle(UsageRead(), NOW)).reports
    records = SqlCsluRecords(IN_MEMORY)
    cslu = Cslu(records, CsluSettings())
    cslu.add_pulled(ROW, NOW)
    cslu.handle(CollectAsked("r1"), NOW)
    bare = write_usage_file(UsageFile(reports))
    (call,) = cslu.handle(DeviceAnswered("r1", usage=bare), NOW)
    assert reports[0].payload.replace('"', '\\"') in call.body.decode()
    assert cslu.all_pulled()[0].udi == Udi("C9300-24T", "FOC0000EMU1")
    # the same reports again are no second upload
    cslu.handle(CollectAsked("r1"), NOW)
    assert cslu.handle(DeviceAnswered("r1", usage=bare), NOW) == ()
    records.close()
