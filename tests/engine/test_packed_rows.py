"""Rows that are packed into bytes behave as the plain collections they stand for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.clock import SECOND
from agent.engine.eventlog import Eventlog
from agent.engine.packed import Chained
from agent.engine.past_messages import PastMessages
from agent.engine.records import (
    LoggedEvent,
    PastMessage,
    RumReport,
    RumState,
    StorageState,
    changed,
)
from agent.engine.reports import Reports
from agent.engine.tables import no_rows

FIRST = 1_791_288_000
LICENCES = (("tag-a", "network-advantage"), ("tag-b", "dna-advantage"), ("tag-c", "hseck9"))
TIMES = st.none() | st.integers(0, 400 * 86_400_000)


@st.composite
def reports(draw: st.DrawFn) -> RumReport:
    """A report in any state, its times as far apart as they can be."""
    number = FIRST + draw(st.integers(0, 40))
    tag, feature = draw(st.sampled_from(LICENCES))
    opened = (FIRST + draw(st.integers(0, 9_000_000))) * SECOND
    lasted = draw(st.none() | st.integers(1, 9_000_000))
    closed = None if lasted is None else opened + lasted * SECOND
    sent, acked = draw(TIMES), draw(TIMES)
    storage = draw(st.sampled_from(StorageState))
    return RumReport(
        report_id=number,
        entitlement_tag=tag,
        feature=feature,
        state=RumState.ACK if storage is StorageState.DELETED else RumState.UNACK,
        opened=opened,
        count=0 if storage is not StorageState.EXIST else 7,
        measured_since=opened,
        closed=closed,
        close_reason=draw(st.sampled_from(("", "ProductReload"))),
        sent=None if sent is None else opened + sent,
        acked=None if acked is None else opened + acked,
        previous_id=draw(st.sampled_from((0, number - 1, number - 500))),
        next_id=draw(st.sampled_from((0, number + 1, number + 500))),
        flag=draw(st.sampled_from(("N", "P", "E"))),
        storage=storage,
    )


@given(st.lists(reports(), max_size=30, unique_by=lambda report: report.report_id))
def test_reports_are_a_mapping_in_ascending_order(written: list[RumReport]):
    """They open one after the other; what becomes of them comes in any order."""
    by_id = sorted(written, key=lambda report: report.report_id)
    model = {r.report_id: changed(r, storage=StorageState.EXIST) for r in by_id}
    found = Reports.of(model.values())
    for report in written:
        model[report.report_id] = found[report.report_id] = report
        assert found[report.report_id] == report
    ordered = dict(sorted(model.items()))
    assert found == ordered and len(found) == len(ordered) and list(found) == list(ordered)
    done = [n for n, r in ordered.items() if r.storage is not StorageState.EXIST]
    assert found.done.count == len(done)
    assert [n for n in found if n in done] == done
    for tag, _ in LICENCES:
        chain = [r for r in ordered.values() if r.entitlement_tag == tag]
        assert found.last_of(tag) == (chain[-1] if chain else None)
    for number in list(ordered)[::2]:
        del found[number]
        assert number not in found
    assert list(found) == list(ordered)[1::2]


@given(st.lists(reports(), max_size=20), st.integers(0, 9))
def test_the_oldest_rows_are_forgotten_first(written: list[RumReport], surplus: int):
    found = Reports.of(changed(r, storage=StorageState.DELETED, count=0) for r in written)
    left = sorted({r.report_id for r in written})[surplus:]
    found.forget(surplus)
    assert list(found) == left


EVENTS = st.builds(
    LoggedEvent,
    st.integers(0, 1 << 45),
    st.sampled_from(("SAEVT_READY", "SAEVT_RUM_ACK", "SAEVT_LICENSE_USAGE")),
    st.lists(st.tuples(st.sampled_from(("count", "type")), st.text(max_size=3)), max_size=2).map(
        tuple
    ),
)


@given(st.lists(EVENTS, max_size=60), st.integers(1, 5))
def test_an_event_log_is_a_list_of_the_newest(events: list[LoggedEvent], most: int):
    log = Eventlog()
    for event in events:
        log.add(event.time, event.name, event.fields, most)
    kept = events[-most:]
    assert log == kept and len(log) == len(kept) and list(log) == kept
    assert not kept or log[-1] == kept[-1]
    assert len(log.sayings) <= most + 17
    log.clear()
    assert log == [] and not log


NUMBERS = st.none() | st.integers(-5, 5) | st.integers(-(1 << 60), 1 << 60)
ROWS = st.lists(st.tuples(st.integers(-500, 1 << 40), NUMBERS, NUMBERS, NUMBERS), max_size=20)


@given(ROWS, st.integers(0, 25), ROWS)
def test_chained_rows_are_the_rows_that_were_added(before, number, after):
    found = Chained()
    for row in before:
        found.append(row)
    assert found.drop(number) == [list(row) for row in before[:number]]
    for row in after:
        found.append(row)
    left = [list(row) for row in (*before[number:], *after)]
    assert list(found) == left and found.count == len(left)
    found.refill(row for row in found if row[1] is not None)
    assert list(found) == [row for row in left if row[1] is not None]


WORDS = st.text(max_size=400)
NONCES = st.integers(0, 1 << 64).map(str) | st.from_regex("0?[0-9]{0,20}", fullmatch=True) | WORDS
MESSAGES = st.builds(
    PastMessage, st.integers(0, 1 << 42), NONCES, st.integers(0, 1 << 42), WORDS, WORDS
)


@given(st.lists(MESSAGES, max_size=9), st.integers(1, 5))
def test_the_last_messages_come_back_as_they_were(messages: list[PastMessage], most: int):
    found = PastMessages()
    for message in messages:
        found.add(message, most)
    assert found == messages[-most:] and len(found) == len(messages[-most:])
    assert PastMessages.of(messages) == messages


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: rows.update(a=1),
        lambda rows: rows.setdefault("a", 1),
        lambda rows: rows.__setitem__("a", 1),
        lambda rows: rows.__ior__({"a": 1}),
    ],
)
def test_the_table_that_all_devices_share_stays_empty(write):
    with pytest.raises(TypeError, match="never changed"):
        write(no_rows())
    assert no_rows() == {} and no_rows() is no_rows()
    assert type({**no_rows(), "a": 1}) is type(no_rows() | {"a": 1}) is dict
