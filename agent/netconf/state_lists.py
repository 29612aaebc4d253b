"""The lists in the IETF's state data and their keys: a filtered reply keeps the keys of a row.

Our own modules say so themselves; those of the IETF are not compiled, so their lists stand here.
Sources: RFC 5277, 6022, 7895 and 8525.
"""

from __future__ import annotations

from collections.abc import Mapping

from yang.schema import Node

_KEYS = {
    "ietf-netconf-monitoring:netconf-state/datastores/datastore": "name",
    "ietf-netconf-monitoring:netconf-state/datastores/datastore/locks/partial-lock": "lock-id",
    "ietf-netconf-monitoring:netconf-state/schemas/schema": "identifier version format",
    "ietf-netconf-monitoring:netconf-state/sessions/session": "session-id",
    "nc-notifications:netconf/streams/stream": "name",
    "ietf-yang-library:modules-state/module": "name revision",
    "ietf-yang-library:modules-state/module/submodule": "name revision",
    "ietf-yang-library:yang-library/module-set": "name",
    "ietf-yang-library:yang-library/module-set/module": "name",
    "ietf-yang-library:yang-library/module-set/module/submodule": "name",
    "ietf-yang-library:yang-library/module-set/import-only-module": "name revision",
    "ietf-yang-library:yang-library/module-set/import-only-module/submodule": "name",
    "ietf-yang-library:yang-library/schema": "name",
    "ietf-yang-library:yang-library/datastore": "name",
}


def _nodes(paths: Mapping[str, str]) -> dict[str, Node]:
    """The nodes at the top of these paths, with those below; names and keys alone matter."""
    below: dict[str, dict[str, str]] = {}
    for path, keys in paths.items():
        name, _, rest = path.partition("/")
        below.setdefault(name, {})[rest] = keys
    return {
        name: Node(
            name,
            "",
            "list" if "" in inner else "container",
            config=False,
            keys=tuple(inner.get("", "").split()),
            children=_nodes({path: keys for path, keys in inner.items() if path}),
        )
        for name, inner in below.items()
    }


STATE_LISTS: Mapping[str, Node] = _nodes(_KEYS)
