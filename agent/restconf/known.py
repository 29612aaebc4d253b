"""The nodes RESTCONF can reach: those of the device's modules, and of the IETF's own state.

The IETF's modules that describe the server itself are not among the compiled ones; their trees,
as far as this server fills them, stand here in a table.
Sources: docs/sources.md, entries yang-library, restconf-monitoring.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from urllib.parse import unquote

from agent.netconf import library, monitoring
from agent.netconf.capabilities import Announced, devices_modules
from yang.schema import Node
from yang.types import LeafType

MONITORING = "urn:ietf:params:xml:ns:yang:ietf-restconf-monitoring"
STREAMS = "urn:ietf:params:xml:ns:netmod:notification"
RESTCONF_STATE = "ietf-restconf-monitoring:restconf-state"
_NAMES = {
    library.NAMESPACE: "ietf-yang-library",
    monitoring.NAMESPACE: "ietf-netconf-monitoring",
    MONITORING: "ietf-restconf-monitoring",
    STREAMS: "nc-notifications",
}
_FLAGS = frozenset({"replaySupport"})
_NUMBERS = frozenset(
    "in-rpcs in-bad-rpcs out-rpc-errors out-notifications in-bad-hellos in-sessions "
    "dropped-sessions session-id locked-by-session lock-id".split()
)
_PATHS = frozenset({"locked-node"})
_DATASTORE = LeafType("identityref", modules=(("ietf-datastores", "ds", library.DATASTORES),))
_WORD = re.compile(r"\[[^\]]*\]|[()]|[\w@!-]+")
_STATED = "name revision schema namespace feature@ conformance-type"
_MODULE = "name revision namespace location@ submodule[name](name revision location@) feature@"
_COUNTERS = "in-rpcs in-bad-rpcs out-rpc-errors out-notifications"
# name, name(children), name[keys](children) for a list, name@ for a leaf-list, name! for the name
# of a datastore
_TREES = {
    library.NAMESPACE: (
        f"modules-state(module-set-id module[name revision]({_STATED} "
        "submodule[name revision](name revision schema))) "
        "yang-library(module-set[name](name "
        f"module[name]({_MODULE}) import-only-module[name revision]({_MODULE})) "
        "schema[name](name module-set@) datastore[name](name! schema) content-id)"
    ),
    monitoring.NAMESPACE: (
        "netconf-state(capabilities(capability@) datastores(datastore[name](name "
        "locks(global-lock(locked-by-session locked-time) "
        "partial-lock[lock-id](lock-id locked-by-session locked-time select@ locked-node@)))) "
        "schemas(schema[identifier version format](identifier version format namespace location@)) "
        f"sessions(session[session-id](session-id transport username source-host login-time "
        f"{_COUNTERS})) statistics(netconf-start-time in-bad-hellos in-sessions "
        f"dropped-sessions {_COUNTERS}))"
    ),
    MONITORING: "restconf-state(capabilities(capability@))",
    STREAMS: (
        "netconf(streams(stream[name](name description replaySupport replayLogCreationTime "
        "replayLogAgedTime)))"
    ),
}


@cache
def known_tops(announced: Announced) -> Mapping[str, Node]:
    """The top nodes by key."""
    own = {node.key: node for text in _TREES.items() for node in _tree(*text)}
    if not announced.has_yang_library:
        del own["ietf-yang-library:yang-library"]
    return {**own, **announced.schema.top}


@cache
def module_names(announced: Announced) -> Mapping[str, str]:
    """Module by namespace."""
    return {**_NAMES, **{m.namespace: m.name for m in announced.schema.modules}}


def holds_nothing(path: str, announced: Announced) -> bool:
    """Is it a path, without keys, into a module that devices announce and this one has no data of?

    # assumed: such a path answers as an empty container does, whatever it leads to
    """
    module, colon, _ = unquote(path.strip("/").partition("/")[0]).rpartition(":")
    known = bool(colon) and "=" not in path and module in devices_modules()
    return known and module not in module_names(announced).values()


def _tree(namespace: str, text: str) -> list[Node]:
    nodes = _nodes(iter(_WORD.findall(text)), namespace).values()
    return [replace(node, key=f"{_NAMES[namespace]}:{node.name}") for node in nodes]


def _nodes(words: Iterator[str], namespace: str) -> dict[str, Node]:
    """The nodes up to a closing bracket, or to the end."""
    found: dict[str, Node] = {}
    for word in words:
        if word == ")":
            break
        if word == "(":
            name, last = found.popitem()
            below = _nodes(words, namespace)
            found[name] = replace(
                last, kind="list" if last.keys else "container", type=None, children=below
            )
        elif word.startswith("["):
            name, last = found.popitem()
            found[name] = replace(last, kind="list", keys=tuple(word[1:-1].split()))
        else:
            name = word.rstrip("@!")
            base = _DATASTORE if word.endswith("!") else LeafType(_base(name))
            kind = "leaf-list" if word.endswith("@") else "leaf"
            found[name] = Node(name, namespace, kind, config=False, type=base)
    return found


def _base(name: str) -> str:
    """The base type of a leaf, by its name."""
    for base, names in (("uint32", _NUMBERS), ("boolean", _FLAGS), ("instance-identifier", _PATHS)):
        if name in names:
            return base
    return "string"
