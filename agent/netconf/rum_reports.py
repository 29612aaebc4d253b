"""The emulator's own module slp-emulator-rum-reports: RUM reports as data, licence files as text.

No device has it (docs/deviations.md). The reports of the list are the very bytes a usage file has;
`read-saved-usage` tells what else is in a file that `rum-save-usage-*` wrote, so that file RPCs,
this list and nothing over SCP make the same usage file. Reading changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from agent.core.identity import Udi
from agent.device.device import Device
from agent.device.files import FileFault
from agent.engine.records import RumState, StorageState
from agent.netconf.call import Call
from agent.protocol.codec import MessageError, payload_content, read_usage_file, write_usage_file
from agent.protocol.codec_reports import report_json
from yang.tree import Rows, Tree, Value

NAMESPACE = "urn:slp-emulator:yang:rum-reports"
MODULE, TOP = "slp-emulator-rum-reports", "rum-reports"
_NOT_LISTED = (StorageState.PURGED, StorageState.MISSING)


def report_key(udi: Udi, report_id: int) -> str:
    """A row's key here and in `rum-reports-closed-keys`."""
    return f"{udi.short}_{report_id}"


def rum_reports(device: Device) -> Tree:
    """The content of `rum-reports`."""
    state = device.agent.state
    signed = ((n, state.reports[n].signed) for n in listed(device))
    rows = {
        report_key(state.udi, n): Tree({"report-id": n, "report": report_json(text)})
        for n, text in signed
        if text is not None
    }
    return Tree({"rum-reports-closed": Rows(rows)})


def listed(device: Device) -> tuple[int, ...]:
    """The numbers of the reports there is a text of; a number's text never changes."""
    return tuple(
        report.report_id
        for report in device.agent.state.reports.values()
        if report.signed is not None
        and report.storage not in _NOT_LISTED
        and report.state is not RumState.OPEN
    )


def read_saved_usage(call: Call, given: Tree) -> dict[str, Value]:
    """What a saved usage file holds."""
    device = call.server.device
    text = device.files.read(str(given["file-path"]))
    if isinstance(text, FileFault):
        return {"return-code": "notfound"}
    try:
        usage = read_usage_file(text)
        ids = [payload_content(report.payload).report_id for report in usage.reports]
    except MessageError:
        return {"return-code": "msgparse"}
    return {
        "return-code": "success",
        "rest": write_usage_file(replace(usage, reports=())),
        "rum-report-key": tuple(report_key(device.agent.state.udi, n) for n in ids),
    }
