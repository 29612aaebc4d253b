"""From YANG text to `modules/compiled.json`, with pyang. `scripts/compile-yang` runs it.

Only who changes a module needs this. The result holds what data of our modules must obey and no
descriptions; groupings and typedefs are resolved.
"""

from __future__ import annotations

import hashlib
import json
import re
from importlib.metadata import files as files_of
from importlib.resources import files
from typing import Any

from pyang.context import Context
from pyang.repository import FileRepository
from pyang.types import (
    EnumTypeSpec,
    IdentityrefTypeSpec,
    LengthTypeSpec,
    PatternTypeSpec,
    RangeTypeSpec,
    UnionTypeSpec,
)

from yang.types import WHOLE

DIGEST = "compiled.sha256"
IDENTITIES = ("iana-if-type",)  # modules without data, whose identities leaves of ours take
_WHEN = re.compile(r"\.\./([\w-]+) *(!?=) *'([^']*)'")
Row = dict[str, Any]


class CompileError(Exception):
    """A module pyang refuses, or something in it that a schema cannot hold."""


def compile_all() -> str:
    """The text of `compiled.json` made anew. Raises CompileError."""
    names = sorted(
        entry.name for entry in files("yang.modules").iterdir() if entry.name.endswith(".yang")
    )
    rows = [_compile(name) for name in names]
    rows_kept = [row for row in rows if row is not None]
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows_kept) + "\n]\n"


def digest() -> str:
    """What the modules' texts and this file are at present, kept beside what was compiled of it."""
    made = hashlib.sha256(files("yang").joinpath("schema_compile.py").read_bytes())
    for entry in sorted(files("yang.modules").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yang"):
            made.update(entry.name.encode() + entry.read_bytes())
    return made.hexdigest() + "\n"


def _compile(name: str) -> Row | None:
    """One module; None for a submodule, which is part of its module."""
    folder = files("yang.modules")
    context = Context(FileRepository(f"{folder}:{ietf_folder()}:{iana_folder()}", use_env=False))
    context.strict = True
    module = context.add_module(name, folder.joinpath(name).read_text("utf-8"))
    for other in IDENTITIES:
        context.search_module(None, other)
    context.validate()
    faults = [
        f"{position}: {tag} {arguments}"
        for position, tag, arguments in context.errors
        if tag not in ("UNUSED_IMPORT",)
    ]
    if module is None or faults:
        raise CompileError("; ".join(faults))
    if module.keyword == "submodule":
        return None
    types = _Types()
    rpcs = {
        statement.arg: [
            _children(next(end for end in statement.i_children if end.keyword == way), types)
            for way in ("input", "output")
        ]
        for statement in module.i_children
        if statement.keyword == "rpc"
    }
    data = [child for child in module.i_children if child.keyword not in ("rpc", "notification")]
    augments = [
        {"at": _target_path(augment), "c": _children(augment, types)}
        for augment in module.search("augment")
    ]
    version = module.search_one("yang-version")
    return {
        "name": module.arg,
        "revision": module.i_latest_revision,
        "namespace": module.search_one("namespace").arg,
        "prefix": module.search_one("prefix").arg,
        "file": name,
        "version": version.arg if version else "1",
        "submodules": [
            [include.arg, context.get_module(include.arg).i_latest_revision]
            for include in module.search("include")
        ],
        "types": types.rows,
        "data": [row for child in data for row in _rows(child, (), types)],
        "rpcs": rpcs,
        "augments": augments,
    }


def _target_path(augment: Any) -> list[str]:
    """The keys from the top to the node an augment adds to; choices and cases are no data."""
    line = [augment.i_target_node]
    while line[0].parent.keyword not in ("module", "submodule"):
        line.insert(0, line[0].parent)
    top, *below = line
    names = [node.arg for node in below if node.keyword not in ("choice", "case")]
    return [f"{top.i_module.i_modulename}:{top.arg}", *names]


def ietf_folder() -> str:
    """Where pyang keeps the IETF's modules."""
    return _folder_of("ietf-inet-types")


def iana_folder() -> str:
    """Where pyang keeps the modules of the IANA."""
    return _folder_of("iana-if-type")


def _folder_of(module: str) -> str:
    for path in files_of("pyang") or ():
        if path.name.startswith(module):
            return str(path.locate().resolve().parent)  # type: ignore[attr-defined]
    raise CompileError("pyang's own modules are not installed")


def _children(statement: Any, types: _Types) -> list[Row]:
    return [row for child in statement.i_children for row in _rows(child, (), types)]


def _rows(statement: Any, cases: tuple[tuple[str, str], ...], types: _Types) -> list[Row]:
    """The nodes of a statement: a choice is the nodes of all its cases, each knowing its case."""
    if statement.keyword == "choice":
        return [
            row
            for case in statement.i_children
            for child in case.i_children
            for row in _rows(child, (*cases, (statement.arg, case.arg)), types)
        ]
    row: Row = {"n": statement.arg, "k": statement.keyword}
    if statement.i_config is False:
        row["ro"] = True
    if cases:
        row["cases"] = cases
    if getattr(statement, "i_key", None):
        row["keys"] = [key.arg for key in statement.i_key]
    if _is(statement, "ordered-by", "user"):
        if statement.keyword == "list":
            raise CompileError(f"a list in the user's order: {statement.arg}")
        row["ordered"] = True
    if statement.search_one("presence"):
        row["presence"] = True
    if _is(statement, "mandatory", "true"):
        row["mandatory"] = True
    if statement.search_one("default"):
        row["default"] = statement.search_one("default").arg
    if statement.search_one("when"):
        row["when"] = _when(statement.search_one("when").arg)
    if statement.keyword in ("leaf", "leaf-list"):
        row["t"] = types.number(statement.search_one("type"))
    elif statement.keyword != "anyxml":
        row["c"] = _children(statement, types)
        if statement.i_config is not False and (needs := _needs(statement)):
            row["needs"] = needs
    return [row]


def _needs(statement: Any) -> list[list[str]]:
    """What must be there below a container or row: of each list of names one."""
    wanted = [child for child in statement.i_children if _is(child, "mandatory", "true")]
    return [
        [node.arg for case in child.i_children for node in case.i_children]
        if child.keyword == "choice"
        else [child.arg]
        for child in wanted
    ]


def _is(statement: Any, keyword: str, value: str) -> bool:
    found = statement.search_one(keyword)
    return found is not None and found.arg == value


def _when(text: str) -> list[Any]:
    found = _WHEN.fullmatch(text.strip())
    if not found:
        raise CompileError(f"a when of another form: {text}")
    return [found[1], found[2] == "=", found[3]]


class _Types:
    """The types of a module, each once."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def number(self, statement: Any) -> int:
        row = self._row(statement.i_type_spec)
        if row not in self.rows:
            self.rows.append(row)
        return self.rows.index(row)

    def _row(self, spec: Any) -> Row:
        chains: dict[str, list[Any]] = {"ranges": [], "lengths": [], "patterns": []}
        while True:
            if isinstance(spec, RangeTypeSpec):
                chains["ranges"].append(_spans(spec.ranges, _bounds(spec)))
            elif isinstance(spec, LengthTypeSpec):
                chains["lengths"].append(_spans(spec.lengths, (0, WHOLE["uint64"][1])))
            elif isinstance(spec, PatternTypeSpec):
                chains["patterns"] += [_pattern_text(pattern) for pattern in spec.res]
            else:
                break
            spec = spec.base
        row: Row = {"base": spec.name, **{key: chain for key, chain in chains.items() if chain}}
        if isinstance(spec, EnumTypeSpec):
            row["base"] = "enumeration"
            row["names"] = [name for name, _ in spec.enums]
        if isinstance(spec, IdentityrefTypeSpec):
            identities = [i for base in spec.idbases for i in _derived(base.i_identity)]
            row["names"] = [f"{i.i_module.arg}:{i.arg}" for i in identities]
            modules = {i.i_module.arg: i.i_module for i in identities}
            row["modules"] = [
                [name, module.i_prefix, module.search_one("namespace").arg]
                for name, module in sorted(modules.items())
            ]
        if isinstance(spec, UnionTypeSpec):
            row["base"] = "union"
            row["members"] = [self.number(member) for member in spec.types]
        return row


def _derived(base: Any) -> list[Any]:
    """The identities derived from one, whichever revision of its module they import."""
    known = base.i_module.i_ctx.modules.values()
    every = [i for module in known for i in getattr(module, "i_identities", {}).values()]
    return [identity for identity in every if _name(base) in _bases(identity)]


def _bases(identity: Any) -> set[tuple[str, str]]:
    """All that an identity is derived from."""
    above = [statement.i_identity for statement in identity.search("base")]
    return {_name(base) for base in above}.union(*map(_bases, above))


def _name(identity: Any) -> tuple[str, str]:
    return identity.i_module.arg, identity.arg


def _pattern_text(pattern: Any) -> str:
    return str(getattr(pattern, "spec", pattern))


def _bounds(spec: Any) -> tuple[int, int]:
    while isinstance(spec, RangeTypeSpec):
        spec = spec.base
    return WHOLE[spec.name]


def _spans(pairs: Any, bounds: tuple[int, int]) -> list[list[int]]:
    spans = []
    for low, high in pairs:
        first = bounds[0] if low == "min" else int(low)
        last = first if high is None else bounds[1] if high == "max" else int(high)
        spans.append([first, last])
    return spans
