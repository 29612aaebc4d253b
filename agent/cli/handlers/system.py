"""Commands about the device as a whole: reload, its clock, its log.

Sources: docs/sources.md, entries reload-dialogue, clock-set, clear-logging.
"""

from __future__ import annotations

from datetime import UTC, datetime

from agent.cli.handlers.files import SAVED, confirms
from agent.cli.reply import Args, Ask, Context, Handler, Reboot, Reply, Result
from agent.core.clock import MINUTE
from agent.core.dates import MONTHS

UNSAVED = "\nSystem configuration has been modified. Save? [yes/no]: "
STACK = "Reload command is being issued on Active unit, this will reload the whole stack\n"
PROCEED = "Proceed with reload? [confirm]"


def yes_or_no(given: str) -> bool | None:
    """The answer at `[yes/no]:`; None where it is neither."""
    word = given.strip().lower()
    if not word:
        return None
    return True if "yes".startswith(word) else False if "no".startswith(word) else None


def reload(context: Context, args: Args) -> Result:
    """Ask to save what would be lost, ask once more, then reload."""
    if context.device.has_unsaved_changes():
        return _save_first(context, UNSAVED)
    return _proceed(context, "")


def _save_first(context: Context, question: str) -> Result:
    def answered(given: str) -> Result:
        match yes_or_no(given):
            case True:
                context.device.save(context.now, context.session.line.who)
                return _proceed(context, SAVED + "\n")
            case False:
                return _proceed(context, "")
        return _save_first(context, f"% Please answer 'yes' or 'no'.{UNSAVED}")

    return Ask(question, answered)


def _proceed(context: Context, head: str) -> Result:
    stack = STACK if len(context.device.agent.state.members) > 1 else ""
    return Ask(
        head + stack + PROCEED,
        lambda key: Reboot() if confirms(key) else Reply(),
        one_key=True,
    )


def clear_logging(context: Context, args: Args) -> Result:
    def answered(key: str) -> Result:
        if confirms(key):
            context.device.clear_log(context.now)
        return Reply()

    return Ask("Clear logging buffer [confirm]", answered, one_key=True)


def clock_set(context: Context, args: Args) -> Result:
    """`clock set hh:mm:ss day month year`, in the device's own zone."""
    hour, minute, second = (int(part) for part in args["time"].split(":"))
    name = args["month"].lower()
    months = [n for n, month in enumerate(MONTHS, 1) if len(name) >= 3 and _names(n, name)]
    try:
        day = datetime(args["year"], months[0], args["day"], hour, minute, second, tzinfo=UTC)
    except (IndexError, ValueError):
        # assumed: which sentence a wrong month or a 31 April gets.
        return Reply("% Invalid date")
    calendar = int(day.timestamp()) * 1000 - context.device.zone.offset_minutes * MINUTE
    context.device.set_clock(calendar, context.now)
    return Reply()


def _names(number: int, typed: str) -> bool:
    """Is `typed` the month's name or the beginning of it?"""
    return _MONTH_NAMES[number - 1].startswith(typed)


_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)

HANDLERS: dict[str, Handler] = {
    "system.clear_logging": clear_logging,
    "system.clock_set": clock_set,
    "system.reload": reload,
}
