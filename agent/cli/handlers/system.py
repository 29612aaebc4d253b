"""Commands about the device as a whole: reload now or later, its clock, its log.

Sources: docs/sources.md, entries reload-dialogue, reload-planned, clock-set, clear-logging.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from agent.cli.handlers import saving
from agent.cli.handlers.files import SAVED, confirms
from agent.cli.reply import (
    Args,
    Ask,
    Context,
    Handler,
    Reboot,
    Reply,
    Result,
    Wrong,
)
from agent.core.clock import MINUTE, Instant
from agent.core.dates import Zone, config_date, local

UNSAVED = "\nSystem configuration has been modified. Save? [yes/no]: "
STACK = "Reload command is being issued on Active unit, this will reload the whole stack\n"
PROCEED = "Proceed with reload? [confirm]"
NO_RELOAD = "No reload is scheduled."
LONGEST_MINUTES = 24 * 24 * 60  # assumed: the documented limit is 24 days
# assumed: the sentences for a 31 April, for a reload too far ahead, and for one in the past
NO_SUCH_DATE = "% Invalid date"
TOO_FAR = "% Reload must be scheduled within 24 days"
IN_THE_PAST = "% Reload cannot be scheduled in the past"
_SPAN = re.compile(r"(?:(\d{1,3}):)?(\d{1,5})")


def yes_or_no(given: str) -> bool | None:
    """The answer at `[yes/no]:`; None where it is neither."""
    word = given.strip().lower()
    if not word:
        return None
    return True if "yes".startswith(word) else False if "no".startswith(word) else None


Then = Callable[[str], Result]  # goes on; its argument is what is printed first


def reload(context: Context, args: Args) -> Result:
    """Ask to save what would be lost, ask once more, then reload."""
    return _saved(context, lambda head: _proceed(context, head))


def _saved(context: Context, then: Then) -> Result:
    return _save_first(context, UNSAVED, then) if context.device.has_unsaved_changes() else then("")


def _save_first(context: Context, question: str, then: Then) -> Result:
    def answered(given: str) -> Result:
        match yes_or_no(given):
            case True:
                return saving.save(context, lambda: then(SAVED + "\n"))
            case False:
                return then("")
        return _save_first(context, f"% Please answer 'yes' or 'no'.{UNSAVED}", then)

    return Ask(question, answered)


def _proceed(context: Context, head: str) -> Result:
    stack = STACK if len(context.device.agent.state.members) > 1 else ""
    return Ask(
        head + stack + PROCEED,
        lambda key: Reboot() if confirms(key) else Reply(),
        one_key=True,
    )


def reload_in(context: Context, args: Args) -> Result:
    """`reload in [hh:]mm [REASON]`."""
    found = _SPAN.fullmatch(str(args["span"]))
    minutes = int(found[1] or 0) * 60 + int(found[2]) if found else 0
    if not 0 < minutes <= LONGEST_MINUTES:
        return Wrong(str(args["span"]))

    def go_on(head: str) -> Result:
        sentence = f"{head}Reload scheduled in {_span(minutes)}"
        # source: reload-planned (the minutes count from the answer)
        return _plan(context, lambda now: now + minutes * MINUTE, sentence, args)

    return _saved(context, go_on)


def reload_at(context: Context, args: Args) -> Result:
    """`reload at hh:mm [MONTH DAY] [REASON]`: without a date today, or tomorrow if that is past."""
    found = _SPAN.fullmatch(str(args["time"]))
    if not found or found[1] is None or int(found[1]) > 23 or int(found[2]) > 59:
        return Wrong(str(args["time"]))
    device = context.device
    wanted = int(found[1]) * 60 + int(found[2])

    def go_on(head: str) -> Result:
        present = local(device.local_time(context.now), device.zone)
        if "month" in args:
            day = _day_ahead(present, int(args["month"]), int(args["day"]))
        else:
            day = present.date()
            if wanted * 60 <= present.hour * 3600 + present.minute * 60 + present.second:
                day += timedelta(days=1)
        if day is None:
            return Reply(NO_SUCH_DATE)
        then = datetime(day.year, day.month, day.day, wanted // 60, wanted % 60, tzinfo=UTC)
        calendar = _instant(then, device.zone)
        left = calendar - device.local_time(context.now)
        if not 0 < left <= LONGEST_MINUTES * MINUTE:
            return Reply(TOO_FAR if left > 0 else IN_THE_PAST)
        sentence = f"{head}Reload scheduled for {config_date(calendar, device.zone)}"
        due = context.now + left
        sentence += f" (in {_span(-(-left // MINUTE))})"
        return _plan(context, lambda now: due, sentence, args)

    return _saved(context, go_on)


def _day_ahead(present: datetime, month: int, day: int) -> date | None:
    """That day of this year, or of the next where this year's is over; None where there is none."""
    for year in (present.year, present.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= present.date():
            return found
    return None


def _instant(wall: datetime, zone: Zone) -> Instant:
    """The instant at which clocks of the zone show this."""
    instant = int(wall.timestamp()) * 1000 - zone.offset_minutes * MINUTE
    return instant - (zone.at(instant).offset_minutes - zone.offset_minutes) * MINUTE


def _plan(context: Context, due: Callable[[Instant], Instant], sentence: str, args: Args) -> Result:
    by = context.session.line.configured_by
    reason = str(args.get("reason", "Reload Command"))

    def confirmed(key: str) -> Result:
        if confirms(key):
            context.device.plan_reload(due(context.now), context.now, by, reason)
        return Reply()

    question = f"{sentence} by {by}\nReload reason: {reason}\n{PROCEED}"
    return Ask(question, confirmed, one_key=True)


def reload_cancel(context: Context, args: Args) -> Result:
    if context.device.planned is None:
        return Reply(NO_RELOAD)
    context.device.plan_reload(None, context.now, "")
    return Reply()


def show_reload(context: Context, args: Args) -> Result:
    plan = context.device.planned
    if plan is None:
        return Reply(NO_RELOAD)
    minutes, seconds = divmod(max(0, plan.due - context.now) // 1000, 60)
    left = _span(minutes) if minutes else f"{seconds} seconds"
    if 0 < minutes < 60 and seconds:
        left += f" and {_counted(seconds, 'second')}"
    return Reply(f"Reload scheduled in {left} by {plan.by}\nReload reason: {plan.reason}")


def _span(minutes: int) -> str:
    """`10 minutes`, `26 hours and 44 minutes`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _counted(rest, "minute")
    return _counted(hours, "hour") + (f" and {_counted(rest, 'minute')}" if rest else "")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def clear_logging(context: Context, args: Args) -> Result:
    def answered(key: str) -> Result:
        if confirms(key):
            context.device.clear_log(context.now)
        return Reply()

    return Ask("Clear logging buffer [confirm]", answered, one_key=True)


def clock_set(context: Context, args: Args) -> Result:
    """`clock set hh:mm:ss day month year`, in the device's own zone."""
    hour, minute, second = (int(part) for part in args["time"].split(":"))
    day, month, year = (int(args[part]) for part in ("day", "month", "year"))
    try:
        wall = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return Reply(NO_SUCH_DATE)
    context.device.set_clock(_instant(wall, context.device.zone), context.now)
    return Reply()


HANDLERS: dict[str, Handler] = {
    "system.clear_logging": clear_logging,
    "system.clock_set": clock_set,
    "system.reload": reload,
    "system.reload_at": reload_at,
    "system.reload_cancel": reload_cancel,
    "system.reload_in": reload_in,
    "system.show_reload": show_reload,
}
