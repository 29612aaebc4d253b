"""The records: what they refuse, what a killed process leaves, what a start takes up again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent.core.clock import HOUR, MINUTE
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.protocol import codec
from agent.protocol.messages import StatusCode
from counterparts.cslu import Cslu, RequestArrived
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm, exchange
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.repository import Parcel, ParcelState, ProductInstance
from counterparts.scripts import AckFault, Script, read_script
from counterparts.uplink import CsluSettings
from tests.counterparts.agent_like import START, AgentLike

UDI = Udi("C9300-24T", "FOC0000EMU1")


def at(path: Path) -> str:
    return f"sqlite:///{path}"


def test_rows_come_back_as_they_went(cslu_records):
    row = ProductInstance(UDI, "SW", "tag", "piid", 1, 2, "alert", 3, None)
    parcel = Parcel(5, UDI, "n", ParcelState.DONE, "b", 1, None, 2, 3, "file", True, "m")
    with cslu_records.transaction():
        cslu_records.save_instance(row)
        cslu_records.save_parcel(parcel)
    with cslu_records.transaction():
        assert cslu_records.instances() == [row]
        assert cslu_records.parcel(5) == parcel


def test_a_transaction_that_fails_changes_nothing(cslu_records):
    with pytest.raises(ZeroDivisionError), cslu_records.transaction():
        cslu_records.set_setting("a", "b")
        raise ZeroDivisionError
    with cslu_records.transaction():
        assert cslu_records.setting("a") is None


def test_a_row_is_read_once_and_an_instance_written_once_in_a_transaction(cslu_records):
    first = ProductInstance(UDI, "SW", "tag", "", 1, 1)
    said: list[str] = []

    def heard(*given) -> None:
        said.append(given[2].split()[0])

    sa.event.listen(sa.Engine, "before_cursor_execute", heard)
    try:
        with cslu_records.transaction():
            assert cslu_records.instance(UDI) is None
            for number in range(3):
                cslu_records.save_instance(replace(first, last_contact=number))
                assert cslu_records.instance(UDI).last_contact == number
                cslu_records.setting("a")
            assert said == ["SELECT", "SELECT"]
        assert said == ["SELECT", "SELECT", "INSERT"]
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", heard)


def test_what_waits_to_be_written_is_listed_deleted_and_forgotten(cslu_records):
    row = ProductInstance(UDI, "SW", "tag", "", 1, 1)
    with cslu_records.transaction():
        cslu_records.save_instance(row)
        assert cslu_records.instances() == [row]
    with cslu_records.transaction():
        cslu_records.save_instance(replace(row, hostname="other"))
        cslu_records.delete_instance(UDI)
        assert cslu_records.instance(UDI) is None
    with pytest.raises(ZeroDivisionError), cslu_records.transaction():
        cslu_records.save_instance(row)
        raise ZeroDivisionError
    with cslu_records.transaction():
        assert cslu_records.instance(UDI) is None and cslu_records.instances() == []


def test_numbers_rise(cslu_records):
    with cslu_records.transaction():
        assert [cslu_records.take_number("x", 7) for _ in range(3)] == [7, 8, 9]


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "cssm.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(InputError) as caught:
        SqlCssmRecords(at(path))
    assert "cssm.sqlite" in str(caught.value)


def test_a_file_of_another_version_is_refused(tmp_path):
    path = tmp_path / "cssm.sqlite"
    SqlCssmRecords(at(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE setting SET value = 'cssm 99' WHERE name = 'schema'")
    connection.close()
    with pytest.raises(InputError) as caught:
        SqlCssmRecords(at(path))
    assert "cssm 99" in str(caught.value)
    assert "'cssm 1'" in str(caught.value)


def test_the_records_of_another_counterpart_are_refused(tmp_path):
    path = tmp_path / "one.sqlite"
    SqlCssmRecords(at(path)).close()
    with pytest.raises(InputError):
        SqlCsluRecords(at(path))


def test_a_database_of_somebody_else_is_refused(tmp_path):
    path = tmp_path / "music.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE song (title TEXT)")
    connection.close()
    with pytest.raises(InputError) as caught:
        SqlCsluRecords(at(path))
    assert "something else" in str(caught.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError):
        SqlCsluRecords(at(tmp_path / "nowhere" / "cslu.sqlite"))


def test_a_start_takes_up_what_was_under_way(tmp_path, cssm):
    path = tmp_path / "cslu.sqlite"
    agent = AgentLike()
    records = SqlCsluRecords(at(path))
    lost = Cslu(records, CsluSettings())  # its call is never carried: the process ends here
    request = agent.body(agent.usage(START, agent.report(1)))
    answer, _call = lost.handle(RequestArrived(request), START)
    taken = codec.decode_reply(answer.body)
    records.close()
    records = SqlCsluRecords(at(path))
    cslu = LinkedCslu(Cslu(records, CsluSettings()), LocalCssm(cssm).carry)
    due = cslu.next_deadline()
    assert due is not None and due <= START
    cslu.wake(START + MINUTE)
    cslu.wake(START + 2 * MINUTE)
    poll = agent.body(agent.poll(START + HOUR, taken.poll_id))
    reply = codec.decode_reply(exchange(cslu, poll, START + HOUR))
    assert reply.status is StatusCode.OK
    records.close()


KILLED = """
import os, sys
from tests.counterparts.agent_like import START, AgentLike
from counterparts.cslu import Cslu, RequestArrived
from counterparts.records import SqlCsluRecords
from counterparts.uplink import CsluSettings
cslu = Cslu(SqlCsluRecords(sys.argv[1]), CsluSettings())
agent = AgentLike()
for report_id in range(1, 6):
    body = agent.body(agent.usage(START, agent.report(report_id)))
    cslu.handle(RequestArrived(body), START)
    print(report_id, flush=True)
os.kill(os.getpid(), 9)
"""


def test_what_was_answered_is_there_after_a_kill(tmp_path):
    url = at(tmp_path / "cslu.sqlite")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url],
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
        check=False,
    )
    assert done.stdout.split() == ["1", "2", "3", "4", "5"], done.stderr
    records = SqlCsluRecords(url)
    Cslu(records, CsluSettings())
    with records.transaction():
        parcels = records.due_parcels(START)
    assert len(parcels) == 5
    assert all(parcel.state is ParcelState.TO_FORWARD for parcel in parcels)
    records.close()


def test_a_cssm_in_a_file_keeps_what_it_knows(tmp_path):
    url = at(tmp_path / "cssm.sqlite")
    records = SqlCssmRecords(url)
    first = Cssm(records, CssmSettings(), "seed").authority
    records.close()
    records = SqlCssmRecords(url)
    assert Cssm(records, CssmSettings(), "other").authority == first
    records.close()


def test_memory_is_not_shared_between_records():
    one, two = SqlCsluRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
    with one.transaction():
        one.set_setting("a", "b")
    with two.transaction():
        assert two.setting("a") is None
    one.close()
    two.close()


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("", Script()),
        ("down", Script(down=True)),
        ("slow=5 tampered-ack", Script(slow_ms=5000, ack=AckFault.TAMPERED)),
        ("status=503", Script(status=503)),
        ("status", Script(status=500)),
        ("garbage stale-ack", Script(garbage=True, ack=AckFault.STALE)),
        ("down ok", Script()),
    ],
)
def test_scripts_are_read_from_words(words, script):
    assert read_script(words) == script


@pytest.mark.parametrize("words", ["dwon", "slow=fast", "slow=-1", "tampered-ack=1"])
def test_other_words_are_refused_with_those_allowed(words):
    with pytest.raises(InputError) as caught:
        read_script(words)
    assert "tampered-ack" in str(caught.value)
