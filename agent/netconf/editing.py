"""The operations that write: edit-config, copy-config, commit and their kin.

Each makes a whole new root first, has the device's parser look at it, and then hands the
difference to the one door, `device.commit`; so an error leaves nothing behind, whatever the
error-option. Only `continue-on-error` applies the parts of an edit one by one.
Sources: docs/sources.md, entries netconf-operations, device-refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from agent.core.errors import InputError
from agent.core.secrets import new_salt
from agent.netconf import confirm, ietf_interfaces, pieces
from agent.netconf.call import OK, Call
from agent.netconf.ietf_interfaces import CommandRefused
from agent.netconf.native import LICENSING, NATIVE, changes, stored, visible
from agent.netconf.partial import must_be_unlocked
from agent.netconf.refusal import refusal
from agent.netconf.rpc_errors import (
    RpcError,
    RpcErrors,
    missing,
    of_yang,
    refused,
    unsupported,
)
from agent.netconf.server import CANDIDATE, RUNNING, Candidate
from yang.edit import edited
from yang.edit_attributes import BASE, Operation
from yang.errors import YangError
from yang.schema import named
from yang.tree import Tree, apply
from yang.xml import Element, children, name_of

_EDIT_PARAMETERS = ("target", "default-operation", "test-option", "error-option", "config", "url")
_DEFAULT_OPERATIONS = ("merge", "replace", "none")
_TEST_OPTIONS = ("test-then-set", "set", "test-only")
_ERROR_OPTIONS = ("stop-on-error", "continue-on-error", "rollback-on-error")
MAX_ELEMENTS = 20_000  # of one edit; a device holds far less
MAX_PIECES = 500  # of an edit that goes on after errors; each is held against the device's parser
_NC = {"nc": BASE}


def edit_config(call: Call) -> bytes:
    call.only(*_EDIT_PARAMETERS)
    target = call.datastore("target")
    default = Operation(call.word("default-operation", _DEFAULT_OPERATIONS, "merge"))
    test = call.word("test-option", _TEST_OPTIONS, "test-then-set")
    on_error = call.word("error-option", _ERROR_OPTIONS, "stop-on-error")
    config = _config(call)
    call.server.must_be_free(target, call.session.number, call.now)
    old = call.server.root(target)
    if on_error == "continue-on-error":
        new, errors = _each(call, old, config, default)
    else:
        new, errors = _edited(call, old, config, default), []
    if test != "test-only":
        put(call, target, new)
    if errors:
        raise RpcErrors(tuple(errors))
    return OK


def edit_data(call: Call, target: str) -> bytes:
    """`edit-data`: an edit without options. # source: nmda"""
    default = Operation(call.word("default-operation", _DEFAULT_OPERATIONS, "merge"))
    config = _config(call)
    call.server.must_be_free(target, call.session.number, call.now)
    put(call, target, _edited(call, call.server.root(target), config, default))
    return OK


@dataclass(eq=False)
class StepFailed(Exception):
    """The step of this number (from 0) was refused."""

    number: int
    error: RpcError


def edit_in_steps(call: Call, configs: Sequence[Element]) -> None:
    """Several edits of running, one upon the other, put in force whole or not at all.

    Nothing is done where nothing is named by default. Raises StepFailed, RpcError for a lock.
    """
    call.server.must_be_free(RUNNING, call.session.number, call.now)
    new = call.server.root(RUNNING)
    for number, config in enumerate(configs):
        try:
            new = _edited(call, new, config, Operation.NONE)
        except RpcError as error:
            raise StepFailed(number, error) from None
    put(call, RUNNING, new)


def copy_config(call: Call) -> bytes:
    call.only("target", "source", "with-defaults")
    call.check_defaults()
    target = call.datastore("target")
    call.server.must_be_free(target, call.session.number, call.now)
    source = call.parameter("source")
    inline = None if source is None else next(children(source), None)
    if inline is not None and name_of(inline) == (BASE, "config"):
        new = _edited(call, call.server.root(target), inline, Operation.REPLACE, whole=True)
    else:
        name = call.datastore("source")
        if name == target:
            path = "/nc:rpc/nc:copy-config"
            raise RpcError("application", "invalid-value", "source and target are one", path)
        new = call.server.root(name)
    put(call, target, new)
    return OK


def delete_config(call: Call) -> bytes:
    """Running cannot be deleted, and the candidate is not a copy of its own."""
    call.only("target")
    call.datastore("target")
    raise unsupported("delete-config")


def validate(call: Call) -> bytes:
    call.only("source")
    source = call.parameter("source")
    inline = None if source is None else next(children(source), None)
    if inline is not None and name_of(inline) == (BASE, "config"):
        running = call.server.root(RUNNING)
        _edited(call, running, inline, Operation.REPLACE, whole=True)
        return OK
    root = call.server.root(call.datastore("source"))
    _check(call, call.server.root(RUNNING), root)
    return OK


def commit(call: Call) -> bytes:
    call.needs_candidate()
    wish = confirm.wish_of(call)
    server, number = call.server, call.session.number
    server.must_be_free(CANDIDATE, number, call.now)
    server.must_be_free(RUNNING, number, call.now)
    confirm.check(call, wish)
    candidate, running = server.candidate, server.root(RUNNING)
    if candidate is not None:
        new = apply(running, changes(candidate.base, candidate.root))
        _check(call, running, new)
        put(call, RUNNING, new)
        server.candidate = None
    confirm.committed(call, wish, running)
    return OK


def discard_changes(call: Call) -> bytes:
    call.needs_candidate()
    call.only()
    call.server.must_be_free(CANDIDATE, call.session.number, call.now)
    call.server.candidate = None
    return OK


# --- parts of them ------------------------------------------------------------------------------


def _config(call: Call) -> Element:
    config = call.parameter("config")
    if config is None:
        if call.parameter("url") is not None:
            raise RpcError(
                "protocol",
                "operation-not-supported",
                path="/nc:rpc/nc:edit-config/nc:url",
            )
        raise missing(call.name, "config")
    return config


def _edited(
    call: Call, old: Tree, config: Element, default: Operation, *, whole: bool = False
) -> Tree:
    """The root after an edit that the device would take. `whole`: what is not in it goes.

    Raises RpcError.
    """
    if sum(1 for _ in config.iter()) > MAX_ELEMENTS:
        raise RpcError("application", "too-big", path=f"/nc:rpc/nc:{call.name}/nc:config")
    views = visible(old, call.server.shown)
    schema = call.schema
    where = f"/nc:rpc/nc:{call.name}/nc:config"
    try:
        if whole:
            views = _without_absent(views, config, call)
        new_views = edited(schema.top, views, config, default)
        salts = call.server.device.salts()
        new = stored(old, new_views, call.server.shown, lambda: new_salt(salts))
    except YangError as error:
        raise of_yang(error, schema, where) from None
    except CommandRefused as why:
        raise refused(why.command, why.response, f"/nc:rpc/nc:{call.name}", _NC) from None
    _check(call, old, new)
    return new


def _without_absent(views: Tree, config: Element, call: Call) -> Tree:
    """The views without the top nodes a whole configuration does not name."""
    gone = etree.Element("config")
    tops = call.schema.top
    given = [named(tops, name, namespace) for namespace, name in map(name_of, children(config))]
    for node in tops.values():
        if node in given or not node.config:
            continue
        if node.key == ietf_interfaces.TOP and tops[NATIVE] in given:
            continue  # the interfaces are those of native
        below = etree.SubElement(gone, node.tag)
        target = below
        if node.key == LICENSING:
            target = etree.SubElement(below, node.children["config"].tag)
        target.set(f"{{{BASE}}}operation", "remove")
    return edited(tops, views, gone, Operation.NONE)


def _each(
    call: Call, old: Tree, config: Element, default: Operation
) -> tuple[Tree, list[RpcError]]:
    """Apply an edit piece by piece; what fails is left out and told."""
    errors: list[RpcError] = []
    waiting = pieces.tops(config)
    tried = 0
    while waiting:
        piece = waiting.pop(0)
        tried += 1
        try:
            old = _edited(call, old, pieces.alone(call.schema.top, config, piece), default)
        except RpcError as error:
            smaller = pieces.smaller(call.schema.top, piece, default)
            if smaller and tried + len(waiting) + len(smaller) <= MAX_PIECES:
                waiting = smaller + waiting
            else:
                errors.append(error)
    return old, errors


def _check(call: Call, old: Tree, new: Tree) -> None:
    """Raises the rpc-error of a root that the device does not take."""
    device = call.server.device
    found = refusal(device, old, new)
    if found is not None:
        raise refused(found.command, found.response, f"/nc:rpc/nc:{call.name}", _NC)
    try:
        device.project(new)
    except (InputError, ValueError) as error:
        raise RpcError("application", "operation-failed", str(error)) from None


def put(call: Call, target: str, new: Tree) -> None:
    """Make `new` the content of a datastore."""
    server = call.server
    running = server.root(RUNNING)
    if target == CANDIDATE:
        base = server.candidate.base if server.candidate else running
        server.candidate = None if new is base else Candidate(base, new)
        return
    edits = changes(running, new)
    if not edits:
        return
    must_be_unlocked(server, server.views(RUNNING), visible(new, server.shown), call.session.number)
    server.editor = call.session
    try:
        server.device.commit(edits, call.now, by=call.session.user)
    finally:
        server.editor = None
    server.transactions += 1
    server.log_edit(call.session.user, call.now)
