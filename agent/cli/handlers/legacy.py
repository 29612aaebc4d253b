"""`license smart ...` and `show license ...` before SLP, on IOS XE and on a CUCM.

A CUCM's subscriber runs no agent: every command about licences prints nothing there.
Sources: docs/sources.md, entries legacy-slr, cucm-outputs, cucm-rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from string import hexdigits

from agent.cli.reply import Args, Ask, Change, Context, Handler, Reply, Result
from agent.cli.views import legacy_cucm, legacy_status
from agent.cli.views.legacy_view import LegacyView, collect
from agent.cli.views.licence_reports import eventlog
from agent.cli.views.licensing import Calendar
from agent.device.device import Device
from agent.device.files import FileFault
from agent.engine.events import Event, FactoryResetAsked
from agent.engine.legacy.events import (
    DeregistrationAsked,
    RegistrationAsked,
    RenewalAsked,
    ReservationAsked,
    ReservationCancelled,
    ReservationInstalled,
    ReservationReturned,
)
from agent.engine.legacy.state import RESERVED
from yang.tree import Edit, Path, get

# source: legacy-slr
RETURN_WARNING = (
    "This command will remove the license reservation authorization code and the device will "
    "transition back to the unregistered state.\n"
    "Some features may not function properly.\n"
    "Do you want to continue? [yes/no]: "
)
PROXY_443 = "The proxy port 443 is not accepted"  # assumed: the sentence. source: cucm-rules
# assumed: the sentence. source: cucm-rules (the service may fail to run)
NOT_RUNNING = "Cisco Smart License Manager service is not running"
# source: cucm-logs (what to look at when a registration fails); assumed: the names
SYSLOG, SERVICE_LOG = "syslog/CiscoSyslog", "platform/slm/slm.log"
NO_LOG = "The file {name} does not exist"
_CUCM: Path = ("emulator", "cucm")
_SMART: Path = ("native", "license", "smart")
_GATEWAY: Path = ("emulator", "license", "smart", "url", "smart")
_PROXY: Path = ("emulator", "license", "smart", "proxy")


def _showing(render: Callable[[LegacyView], str]) -> Handler:
    def show(context: Context, args: Args) -> Reply:
        return Reply(render(collect(context.device, context.now)))

    return show


def _publisher_shows(render: Callable[[LegacyView, str], str]) -> Handler:
    def show(context: Context, args: Args) -> Reply:
        device = context.device
        if is_subscriber(device):
            return Reply()
        if device.agent.state.config.service_down:
            return Reply(NOT_RUNNING)
        return Reply(render(collect(device, context.now), uuid(device)))

    return show


def is_subscriber(device: Device) -> bool:
    return str(get(device.datastore.running, (*_CUCM, "role"), "")) == "subscriber"


def uuid(device: Device) -> str:
    """Configured, or made of the serial number; 32 digits in hex, the serial number's at the end.

    # source: cucm-outputs (the one seen ends in its serial number)
    """
    own = get(device.datastore.running, (*_CUCM, "uuid"))
    serial = device.udi.sn
    made = hashlib.sha256(f"UCM {serial}".encode()).hexdigest()
    last = "".join(digit for digit in serial.lower() if digit in hexdigits)[-12:]
    return str(own) if own else made[: 32 - len(last)] + last


def _tell(context: Context, event: Event) -> Reply:
    """A subscriber has nobody to tell."""
    if is_subscriber(context.device):
        return Reply()
    if context.device.agent.state.config.service_down:
        return Reply(NOT_RUNNING)
    return Reply(context.device.handle(event, context.now))


def register(context: Context, args: Args) -> Result:
    return _tell(context, RegistrationAsked(str(args["token"]), "force" in args))


def deregister(context: Context, args: Args) -> Result:
    return _tell(context, DeregistrationAsked())


def renew(context: Context, args: Args) -> Result:
    return _tell(context, RenewalAsked(args["what"] == "id"))


def factory_reset(context: Context, args: Args) -> Result:
    return _tell(context, FactoryResetAsked())


def reservation_request(context: Context, args: Args) -> Result:
    return _tell(context, ReservationAsked("universal" in args))


def reservation_cancel(context: Context, args: Args) -> Result:
    return _tell(context, ReservationCancelled())


def reservation_install(context: Context, args: Args) -> Result:
    path = str(args["file"])
    text = context.device.files.read(path)
    if isinstance(text, FileFault):
        return Reply(f"%Error opening {path} ({text.value})")
    return _tell(context, ReservationInstalled(text))


def reservation_return(context: Context, args: Args) -> Result:
    if context.device.agent.state.legacy.registration != RESERVED:
        return _tell(context, ReservationReturned())

    def answered(text: str) -> Result:
        yes = text.strip().lower() in ("y", "yes")
        return _tell(context, ReservationReturned()) if yes else Reply()

    return Ask(RETURN_WARNING, answered)


# --- CUCM -------------------------------------------------------------------------------------


def transport_direct(context: Context, args: Args) -> Result:
    return Change(() if is_subscriber(context.device) else _direct())


def transport_gateway(context: Context, args: Args) -> Result:
    if is_subscriber(context.device):
        return Reply()
    url = Edit("set", _GATEWAY, str(args["url"]))
    return Change((*_direct(), url))


def transport_proxy(context: Context, args: Args) -> Result:
    """Any port but 443. # source: cucm-rules"""
    if is_subscriber(context.device):
        return Reply()
    if int(args["port"]) == 443:
        return Reply(PROXY_443)
    host = Edit("set", (*_PROXY, "address"), str(args["host"]))
    return Change((host, Edit("set", (*_PROXY, "port"), int(args["port"]))))


def _direct() -> tuple[Edit, ...]:
    return (
        Edit("set", (*_SMART, "transport-type"), "Smart"),
        Edit("delete", _PROXY),
    )


def stop_service(context: Context, args: Args) -> Result:
    """# source: cucm-rules (a network service: always there) # assumed: the sentence"""
    return Reply("Service cannot be started or stopped: Cisco Smart License Manager")


def let_service(context: Context, args: Args) -> Result:
    """The fault of the document: the service that runs the agent does not run."""
    return Change((Edit("set", (*_CUCM, "service"), str(args["state"])),))


def list_logs(context: Context, args: Args) -> Result:
    return Reply("\n".join(_logs(context)))


def view_log(context: Context, args: Args) -> Result:
    """The system messages with the alarms among them, or what the agent did."""
    name = str(args["log"])
    return Reply(_logs(context).get(name, NO_LOG.format(name=name)))


def _logs(context: Context) -> dict[str, str]:
    device = context.device
    if is_subscriber(device):
        return {SYSLOG: device.log.text()}
    calendar = Calendar(device.zone, device.clock_offset_ms)
    events = eventlog(device.agent.state.eventlog, calendar, context.now, None)
    return {SYSLOG: device.log.text(), SERVICE_LOG: events}


HANDLERS: dict[str, Handler] = {
    "legacy.all": _showing(legacy_status.all_of_it),
    "legacy.status": _showing(legacy_status.status),
    "legacy.summary": _showing(legacy_status.summary),
    "legacy.usage": _showing(legacy_status.usage),
    "legacy.udi": _showing(legacy_status.udi),
    "legacy.reservation": _showing(legacy_status.reservation),
    "legacy.tech_support": _showing(legacy_status.tech_support),
    "legacy.register": register,
    "legacy.deregister": deregister,
    "legacy.renew": renew,
    "legacy.factory_reset": factory_reset,
    "legacy.reservation_request": reservation_request,
    "legacy.reservation_cancel": reservation_cancel,
    "legacy.reservation_install": reservation_install,
    "legacy.reservation_return": reservation_return,
    "cucm.all": _publisher_shows(legacy_cucm.all_of_it),
    "cucm.status": _publisher_shows(legacy_cucm.status),
    "cucm.summary": _publisher_shows(legacy_cucm.summary),
    "cucm.usage": _publisher_shows(legacy_cucm.usage),
    "cucm.udi": _publisher_shows(legacy_cucm.udi),
    "cucm.direct": transport_direct,
    "cucm.gateway": transport_gateway,
    "cucm.proxy": transport_proxy,
    "cucm.stop": stop_service,
    "cucm.service": let_service,
    "cucm.log_list": list_logs,
    "cucm.log_view": view_log,
}
