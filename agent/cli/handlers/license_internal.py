"""Licensing commands for those who look inside: sl-infra, tech data, `test license`.

`test license smart ...` is there with `service internal` only; without it the word is wrong.
Sources: docs/sources.md, entry test-license.
"""

from __future__ import annotations

from agent.cli.reply import Args, Context, Handler, Reply, Result
from agent.cli.views import sl_infra
from agent.cli.views.licensing import Calendar
from agent.engine import rum, telemetry
from agent.engine.events import DevelopmentCertificates
from agent.engine.queries import all_reports
from agent.engine.saving import NOT_FOUND
from agent.engine.turn import Turn
from yang.tree import get

EXEC = "exec"
INVALID = "% Invalid input detected at '^' marker.\n"
_NO_TELEMETRY = "No telemetry reports"
INTERNAL = ("native", "service", "internal")


def show_infra(context: Context, args: Args) -> Result:
    state = context.device.agent.state
    return Reply(sl_infra.infra(str(args["what"]), state, _calendar(context), context.now))


def show_tech_data(context: Context, args: Args) -> Result:
    return Reply(sl_infra.tech_data(context.device.agent.state.reports.values()))


def rum_show(context: Context, args: Args) -> Result:
    """The report as one line of JSON; an open one as it stands at its last sample."""
    device = context.device
    if not _internal(context):
        return _not_there(context)
    wanted, state = int(args["report"]), device.agent.state
    report = next((r for r in all_reports(state) if r.report_id == wanted), None)
    if report is None:
        return Reply(NOT_FOUND)
    turn = Turn(device.profile, device.release, state, context.now)
    text_of = rum.text_of if report.entitlement_tag else telemetry.text_of
    return Reply(text_of(turn, report) or NOT_FOUND)


def rum_states(context: Context, args: Args) -> Result:
    if not _internal(context):
        return _not_there(context)
    return Reply(sl_infra.report_states(all_reports(context.device.agent.state)))


def show_telemetry(context: Context, args: Args) -> Result:
    """# assumed: the form is that of the other reports' states; what is said where there is none"""
    if not _internal(context):
        return _not_there(context)
    return Reply(sl_infra.report_states(context.device.agent.state.telemetry) or _NO_TELEMETRY)


def dev_cert(context: Context, args: Args) -> Result:
    """Which root this device has; args: state. Every certificate here is one of a lab."""
    if not _internal(context):
        return _not_there(context)
    event = DevelopmentCertificates(args["state"] == "enable")
    return Reply(context.device.handle(event, context.now))


def _internal(context: Context) -> bool:
    return bool(get(context.device.datastore.running, INTERNAL, False))


def _not_there(context: Context) -> Result:
    """The caret stands under the word behind `test`, which IOS has for other things."""
    session = context.session
    typed = next(reversed(session.histories[EXEC].lines), "")
    first = len(typed) - len(typed.partition(" ")[2].lstrip())
    return Reply(" " * (len(session.prompt) + first) + "^\n" + INVALID)


def _calendar(context: Context) -> Calendar:
    return Calendar(context.device.zone, context.device.clock_offset_ms)


HANDLERS: dict[str, Handler] = {
    "show.license.tech_data": show_tech_data,
    "show.sl_infra": show_infra,
    "test.dev_cert": dev_cert,
    "test.rum_show": rum_show,
    "test.rum_states": rum_states,
    "test.telemetry": show_telemetry,
}
