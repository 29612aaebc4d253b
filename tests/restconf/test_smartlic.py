"""The native licensing REST API: every resource, every form of a file, every refusal."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from agent.engine.records import RumState
from agent.protocol.codec import read_usage_file
from agent.restconf import smartlic
from agent.restconf.messages import Request, Response
from counterparts.cssm import Cssm, CssmSettings
from counterparts.portal import Portal
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.netconf.client import NOW, device

ROOT = "/smartlic-service"
DAY = 86_400_000


@pytest.fixture
def cssm():
    records = SqlCssmRecords(IN_MEMORY)
    yield Cssm(records, CssmSettings(), "1")
    records.close()


@pytest.fixture
def switch(cssm):
    return device("license smart transport off", anchors=cssm.authority.anchors)


def ask(on, method: str, path: str, body: bytes = b"", now: int = NOW) -> Response:
    return smartlic.answer(on, Request(method, ROOT + path, body=body), now)


def found(response: Response, status: int = 200) -> Any:
    assert response.status == status, response.body
    return json.loads(response.body)


def states(on) -> list[RumState]:
    return [report.state for report in on.agent.state.reports.values()]


def test_reports_are_closed_then_read(switch):
    assert found(ask(switch, "GET", "/all-reports")) == {}
    assert found(ask(switch, "POST", "/close-reports", b"test=")) == {"return-code": "success"}
    assert states(switch).count(RumState.CLOSED) == 2
    body = found(ask(switch, "GET", "/all-reports", now=NOW + 1000))
    assert [sorted(item) for item in body["usage"]] == [["header", "payload", "signature"]] * 2
    assert isinstance(body["usage"][0]["payload"], str)
    assert states(switch).count(RumState.UNACK) == 2
    rest = read_usage_file(body["emu_file"])
    assert not rest.reports and rest.sender.udi == switch.udi and rest.trust_requests


def test_reports_read_twice_are_the_same_bytes(switch):
    ask(switch, "POST", "/close-reports")
    first = found(ask(switch, "GET", "/all-reports"))["usage"]
    assert found(ask(switch, "GET", "/all-reports", now=NOW + 60_000))["usage"] == first


def test_the_table_of_contents_and_one_report(switch):
    ask(switch, "POST", "/close-reports")
    listed = found(ask(switch, "GET", "/list"))["usage_list"]
    assert listed == found(ask(switch, "GET", "/list-reports"))["usage_list"]
    assert [row["state"] for row in listed] == ["closed", "closed"]
    number = listed[1]["report_id"]
    for path in (f"/{number}", f"/days/{number}"):
        (item,) = found(ask(switch, "GET", path))["usage"]
        assert json.loads(item["payload"])["asset_identification"]["report_id"] == number
    assert found(ask(switch, "GET", "/days/1999999999"), 404)["return-code"]


def test_days(switch):
    ask(switch, "POST", "/close-reports")
    later = NOW + 100 * DAY
    assert found(ask(switch, "GET", "/days", now=later)) == {}
    assert len(found(ask(switch, "GET", "/days/101", now=later))["usage"]) == 2
    assert found(ask(switch, "GET", "/days/x"), 400)["return-code"] == "BadInputParams"


FORMS = {
    "as it is": lambda text: text.encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 in lines": lambda text: base64.encodebytes(text.encode()),
    "a JSON string": lambda text: json.dumps(text).encode(),
    "a JSON object": lambda text: json.dumps(
        {"import": base64.b64encode(text.encode()).decode()}
    ).encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_ack_in_every_form(switch, cssm, form):
    ask(switch, "POST", "/close-reports")
    body = found(ask(switch, "GET", "/all-reports"))
    portal = Portal(cssm)
    rest, usage = body["emu_file"], body["usage"]
    reports = "".join(f"<RUMReport><![CDATA[{json.dumps(item)}]]></RUMReport>" for item in usage)
    portal.upload(rest.replace("<smartLicense>", f"<smartLicense>{reports}"), NOW)
    ack = portal.ack(None, NOW + 10_000)
    answer = found(ask(switch, "POST", "/import", FORMS[form](ack), NOW + 11_000))
    assert answer == {"return-code": "success", "confirmation-codes": ""}
    assert switch.agent.state.trust
    assert states(switch).count(RumState.ACK) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"not base64!", b"aGVsbG8=", b"\xff", b"{}", b'{"a":"x","b":"y"}', b'{"a":', b"[" * 9999],
)
def test_an_import_that_holds_no_file(switch, body):
    answer = found(ask(switch, "POST", "/import", body), 400)
    assert answer["return-code"] == "base64decoding"


def test_an_import_that_is_none(switch):
    answer = found(ask(switch, "POST", "/import", b"<smartLicense></smartLicense>"), 400)
    assert answer["return-code"] == "msgparse"
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><smartLicense>&b;</smartLicense>'
    assert found(ask(switch, "POST", "/import", bomb), 400)["return-code"] == "msgparse"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 404),
        ("GET", "/nothing", 404),
        ("GET", "/list/1", 404),
        ("GET", "/123456", 404),
        ("POST", "/123456", 405),
        ("GET", "/close-reports", 405),
        ("POST", "/all-reports", 405),
        ("DELETE", "/days/7", 405),
        ("PUT", "/import", 405),
    ],
)
def test_what_is_not_offered(switch, method, path, status):
    before = states(switch)
    found(ask(switch, method, path), status)
    assert states(switch) == before


def test_not_before_17_3_2():
    assert found(ask(device(release="17.3.2a"), "GET", "/list"))
    assert found(ask(device(release="16.12.4"), "GET", "/list"), 404)
