"""The operations of cisco-smart-license: what the CLI's exec commands do.

Each returns a return code at once; the rest happens in the Smart Agent. A code is one of
error-enum, by name. Registration, which policies made needless, is `notsupported`.
`RPCS` is the table of all operations that have a schema; those of cisco-ia are in `device_rpcs`,
those that take lines or stand for commands in `cli_rpcs` and `exec_rpcs`.
Sources: docs/sources.md, entries smart-license-rpcs, return-codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from agent.core.clock import Instant
from agent.device.device import Device
from agent.device.files import FileFault
from agent.engine.config import Transport
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationReturned,
    FileImported,
    SavedUsage,
    Scope,
    TokenEntered,
    TrustRequestSaved,
    UsageSaved,
)
from agent.engine.machine import IMPORTED
from agent.engine.saving import NOT_FOUND
from agent.netconf import cli_rpcs, device_rpcs, exec_rpcs, rum_reports
from agent.netconf.call import Call
from agent.netconf.rpc_errors import IA
from yang.tree import Tree, Value
from yang.xml import append, own, parameters

NAMESPACE = "http://cisco.com/ns/yang/cisco-smart-license"
SUCCESS, NOT_SUPPORTED = "success", "notsupported"
IN_PROGRESS = "registrationinprogress"
NO_SUCH_ITEM, CANNOT_STORE, CANNOT_PARSE = "requesteditemnotfound", "storagefailtostore", "msgparse"
WRONG_TRANSPORT, NO_TRANSPORT = "transporttype", "transportnotavailable"
NO_CODE = "noauthorizationinstalled"
# source: return-codes (the enumeration's words for what the agent finds wrong with a file)
_WRONG_WITH_A_FILE = {
    28: "matchidentifier",
    30: "matchnonce",
    41: "certinvalid",
    45: "verifysignaturefailed",
    47: "signcertverificationfailed",
    49: "parsecertificatefailed",
    73: "codevalidationfailed",
    77: "reservationmismatch",
    81: "alreadyexists",
    99: "couldnotvalidatetrustchain",
    100: "reservationalreadyinstalled",
    101: "reservationinstallparsefail",
    103: "base64decoding",
    105: "certificatemismatch",
    122: "versionmismatchinentitlementrsp",
}
NO_TOKEN = "nullccoidtoken"
Output = Mapping[str, Value]
Rpc = Callable[[Call, Tree], Output]


def handler_for(name: tuple[str, str]) -> Callable[[Call], bytes]:
    """Who answers an operation of our modules; its input is read by the schema."""
    function = RPCS[name]

    def handle(call: Call) -> bytes:
        rpc = call.schema.rpcs[name]
        given = parameters(rpc.input, call.operation, ())
        output = function(call, given)
        holder = etree.Element("reply")
        for leaf, node in rpc.output.children.items():
            if leaf in output:
                append(holder, node, output[leaf])
        return b"".join(_text(element) for element in holder)

    return handle


def _text(element: etree._Element) -> bytes:
    namespace = element.tag[1:].partition("}")[0]
    alone = etree.Element(element.tag, nsmap=own(namespace))
    alone.text = element.text
    return etree.tostring(alone)


# --- usage and files ------------------------------------------------------------------------


def _save_all(call: Call, given: Tree) -> Output:
    return _save_usage(call, given, SavedUsage.ALL)


def _save_unreported(call: Call, given: Tree) -> Output:
    return _save_usage(call, given, SavedUsage.UNREPORTED)


def _save_days(call: Call, given: Tree) -> Output:
    return _save_usage(call, given, SavedUsage.DAYS)


def _save_usage(call: Call, given: Tree, which: SavedUsage) -> Output:
    path = str(given["file-path"])
    days, room = int(given.get("days", 0)), call.server.device.files.room(path)
    return _saved(call, path, UsageSaved(path, which, days, room, pulled=True))


def _save_trust_request(call: Call, given: Tree) -> Output:
    path = str(given["file-path"])
    return _saved(call, path, TrustRequestSaved(path))


def _saved(call: Call, path: str, event: UsageSaved | TrustRequestSaved) -> Output:
    """A path that cannot be written closes no report."""
    if isinstance(call.server.device.files.check(path, ""), FileFault):
        return _code(CANNOT_STORE)
    answer = call.server.device.handle(event, call.now)
    if answer and answer != NOT_FOUND:
        return _code(CANNOT_STORE)  # the flash is full
    return _code(NO_SUCH_ITEM if answer else SUCCESS)


def _import_file(call: Call, given: Tree) -> Output:
    text = call.server.device.files.read(str(given["file-path"]))
    if isinstance(text, FileFault):
        return _code("notfound")
    return imported(call.server.device, text, call.now)


def imported(device: Device, text: str, now: Instant) -> Output:
    """Hand a licence file's text to the device; the return code and what comes with it."""
    first, *confirmations = device.handle(FileImported(text), now).split("\n")
    code = device.agent.state.history.last_code
    output = _code(SUCCESS if first == IMPORTED else _WRONG_WITH_A_FILE.get(code, CANNOT_PARSE))
    return {**output, "confirmation-codes": "\n".join(confirmations)} if confirmations else output


def _import_text(call: Call, given: Tree) -> Output:
    return imported(call.server.device, str(given["text"]), call.now)


# --- trust and authorization ----------------------------------------------------------------


def _id_token_trust(call: Call, given: Tree) -> Output:
    """Whether it went well shows later, in `trust-code`. # source: return-codes (53, 142)

    `register-id-token`, of the time before policies, is taken for the same.
    # assumed: the code where every unit asked for has its trust code already
    """
    device = call.server.device
    if not str(given["id-token"]).strip():
        return _code(NO_TOKEN)
    scope = _scope(not given.get("all-ha", False))
    event = TokenEntered(str(given["id-token"]), scope, bool(given.get("force")))
    if device.handle(event, call.now):
        return _code(WRONG_TRANSPORT)
    return _code(IN_PROGRESS if device.agent.state.trust_wanted else "alreadyregistered")


def _request_authorization(call: Call, given: Tree) -> Output:
    """Fails at once where nobody can be asked. # assumed: the code of one that is under way"""
    device = call.server.device
    if device.agent.state.config.transport is Transport.OFF:
        return _code(NO_TRANSPORT)
    event = AuthorizationAsked(
        str(given["feature-name"]), _scope(given["local"]), bool(given["add"])
    )
    return _code(NO_SUCH_ITEM if device.handle(event, call.now) else IN_PROGRESS)


def _return_online(call: Call, given: Tree) -> Output:
    """The server is told as well, in one attempt."""
    return _return_authorization(call, given, online=True)


def _return_authorization(call: Call, given: Tree, *, online: bool = False) -> Output:
    """Remove the codes and tell the return codes; with a path they go to a file too.

    # assumed: the return code where a licence of it is in use
    """
    device, path = call.server.device, str(given.get("file-path", ""))
    if path and isinstance(device.files.check(path, ""), FileFault):
        return _code(CANNOT_STORE)
    state = device.agent.state
    before = dict(state.authorizations)
    device.handle(AuthorizationReturned(_scope(given["local"]), path, online), call.now)
    returned = [short for short in before if short not in state.authorizations]
    if not returned:
        return _code("invalidrequest" if before else NO_CODE)
    codes = [state.last_return_codes[short] for short in returned]
    return {**_code(SUCCESS), "authorization-return-string": "\n".join(codes)}


def _scope(local: bool) -> Scope:
    return Scope.LOCAL if local else Scope.ALL


def _not_supported(call: Call, given: Tree) -> Output:
    """Registration is of the time before policies. # assumed: the code"""
    return _code(NOT_SUPPORTED)


def _code(code: str) -> Output:
    return {"return-code": code}


RPCS: Mapping[tuple[str, str], Rpc] = {
    **{
        (NAMESPACE, name): function
        for name, function in {
            "register-id-token": _id_token_trust,
            "de-register": _not_supported,
            "renew-id": _not_supported,
            "renew-auth": _not_supported,
            "id-token-trust": _id_token_trust,
            "rum-save-usage-all": _save_all,
            "rum-save-usage-unreported": _save_unreported,
            "rum-save-usage-days": _save_days,
            "trust-request-save": _save_trust_request,
            "authorization-request-online": _request_authorization,
            "authorization-code-return-online": _return_online,
            "authorization-code-return-offline": _return_authorization,
            "import-file": _import_file,
        }.items()
    },
    (rum_reports.NAMESPACE, "read-saved-usage"): rum_reports.read_saved_usage,
    (rum_reports.NAMESPACE, "import-text"): _import_text,
    **{(IA, name): function for name, function in device_rpcs.RPCS.items()},
    **{(cli_rpcs.NAMESPACE, name): function for name, function in cli_rpcs.RPCS.items()},
    **{(exec_rpcs.NAMESPACE, name): function for name, function in exec_rpcs.RPCS.items()},
}
