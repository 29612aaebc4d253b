"""The `show license` commands: collect a view of the device, render it in its release's layout.

No decision about text is made here; see agent/cli/views.
"""

from __future__ import annotations

from collections.abc import Callable

from agent.cli.reply import Args, Context, Handler, Reply
from agent.cli.views import (
    licence_all,
    licence_messages,
    licence_reports,
    licence_status,
    licence_usage,
    tech_support,
    tech_view,
)
from agent.cli.views.layout import Layout, layout_for
from agent.cli.views.licensing import Calendar, LicensingView, collect
from agent.engine.queries import all_reports
from agent.engine.records import RumReport

Render = Callable[[LicensingView, Layout], str]


def _showing(render: Render) -> Handler:
    """A handler that prints the device's licensing through `render`."""

    def show(context: Context, args: Args) -> Reply:
        device = context.device
        layout = layout_for(device.release, device.profile.kind)
        return Reply(render(collect(device, context.now), layout))

    return show


def show_tech_support(context: Context, args: Args) -> Reply:
    """`show license tech support`."""
    device = context.device
    layout = layout_for(device.release, device.profile.kind)
    return Reply(tech_support.tech_support(tech_view.collect(device, context.now), layout))


def show_rum(context: Context, args: Args) -> Reply:
    """`show license rum id {all | N} [detail]`; args: report, detail."""
    reports = all_reports(context.device.agent.state)
    if args["report"] != "all":
        wanted = int(args["report"])
        reports = tuple(r for r in reports if r.report_id == wanted)
    return _reports(context, reports, args)


def show_rum_feature(context: Context, args: Args) -> Reply:
    """`show license rum feature {all | NAME} [detail]`; args: feature, detail."""
    reports = all_reports(context.device.agent.state)
    if args["feature"] != "all":
        reports = tuple(r for r in reports if r.feature == args["feature"])
    return _reports(context, reports, args)


def show_eventlog(context: Context, args: Args) -> Reply:
    """`show license eventlog [days]`; args: days."""
    device = context.device
    days = int(args["days"]) if "days" in args else None
    events = device.agent.state.eventlog
    return Reply(licence_reports.eventlog(events, _calendar(context), context.now, days))


def _reports(context: Context, reports: tuple[RumReport, ...], args: Args) -> Reply:
    if not reports and "all" not in (args.get("report"), args.get("feature")):
        return Reply(licence_reports.NOT_FOUND)
    if args.get("detail"):
        return Reply(licence_reports.detail(reports, context.device.udi, _calendar(context)))
    return Reply(licence_reports.listing(reports))


def _calendar(context: Context) -> Calendar:
    return Calendar(context.device.zone, context.device.clock_offset_ms)


HANDLERS: dict[str, Handler] = {
    "show.license.all": _showing(licence_all.all_of_it),
    "show.license.status": _showing(licence_status.status),
    "show.license.summary": _showing(licence_usage.summary),
    "show.license.usage": _showing(licence_usage.usage),
    "show.license.udi": _showing(licence_all.udi),
    "show.license.authorization": _showing(licence_all.authorization),
    "show.license.reservation": _showing(licence_all.reservation),
    "show.license.tech_support": show_tech_support,
    "show.license.history": _showing(licence_messages.history),
    "show.license.conversion": _showing(licence_messages.conversion),
    "show.license.rum": show_rum,
    "show.license.rum_feature": show_rum_feature,
    "show.license.eventlog": show_eventlog,
}
