"""The emulator's own module: reports as data are those of a saved file; no hello tells of it."""

from __future__ import annotations

from lxml import etree

from agent.core.release import Release
from agent.netconf.capabilities import announced
from agent.netconf.rum_reports import MODULE, NAMESPACE
from agent.protocol.codec import read_usage_file
from agent.protocol.codec_reports import read_report
from tests.netconf.client import CSL
from tests.restconf.asker import Asker

LIST = f'<get><filter><rum-reports xmlns="{NAMESPACE}"/></filter></get>'
SAVE = f'<rum-save-usage-all xmlns="{CSL}"><file-path>flash:r</file-path></rum-save-usage-all>'
KEYS = (
    f'<get><filter><licensing xmlns="{CSL}"><state><state-info><rum-reports-closed-keys/>'
    "</state-info></state></licensing></filter></get>"
)
READ = f'<read-saved-usage xmlns="{NAMESPACE}"><file-path>flash:%s</file-path></read-saved-usage>'


def texts(element: etree._Element, name: str) -> list[str]:
    return [found.text for found in element.iter(f"{{*}}{name}")]


def test_reports_are_those_of_the_saved_file(switch, client):
    assert not texts(client.rpc(LIST), "report")  # none is closed yet
    client.rpc(SAVE)
    before = switch.inputs
    listed = client.rpc(LIST)
    assert texts(listed, "rum-report-key") == texts(client.rpc(KEYS), "rum-report-key") != []
    saved = read_usage_file(switch.files.read("flash:r"))
    assert tuple(read_report(text) for text in texts(listed, "report")) == saved.reports
    told = client.rpc(READ % "r")
    assert texts(told, "return-code") == ["success"]
    assert texts(told, "rum-report-key") == texts(listed, "rum-report-key")
    assert read_usage_file(texts(told, "rest")[0]).nonce == saved.nonce
    assert switch.inputs == before  # reading changed nothing


def test_what_is_no_file_of_usage(switch, client):
    assert texts(client.rpc(READ % "none"), "return-code") == ["notfound"]
    bad = f'<import-text xmlns="{NAMESPACE}"><text>nothing</text></import-text>'
    assert texts(client.rpc(bad), "return-code") == ["msgparse"]


def test_restconf_has_it_too(switch):
    asker = Asker(switch)
    save = "/restconf/operations/cisco-smart-license:rum-save-usage-all"
    asker.ask("POST", save, {"input": {"file-path": "flash:r"}})
    rows = asker.get(f"{MODULE}:rum-reports")[f"{MODULE}:rum-reports"]["rum-reports-closed"]
    saved = read_usage_file(switch.files.read("flash:r"))
    assert [read_report(row["report"]) for row in rows] == list(saved.reports)


def test_a_hello_stays_that_of_a_device():
    for name in ("17.9.5", "17.12.4", "17.18.1"):
        found = announced(Release.parse(name), True)
        assert NAMESPACE not in " ".join(found.capabilities)
        assert ("slp-emulator-rum-reports:rum-reports" in found.schema.top) is (name != "17.9.5")
