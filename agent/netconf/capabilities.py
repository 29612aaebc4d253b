"""What a release announces: the capabilities of its hello, and which of our modules it serves.

The URIs of modules come from three real hellos; a release uses the nearest one. From 17.11 on
modules of YANG 1.1 are not in a hello (RFC 7950 section 5.6.4) but in the YANG library.
Sources: docs/sources.md, entries capability-uris, hello-order, smart-license-revisions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.core.release import Release
from agent.netconf.modules import SAMPLES, revision_of, texts_of
from yang.schema import Schema, schema_of

_DEFAULTS = "basic-mode=explicit&also-supported=report-all-tagged,report-all"
_IETF = "urn:ietf:params:netconf"
FIRST_LIBRARY = "2016-06-21"  # the revision without the container yang-library
_REVISION = re.compile(r"\?module=([^&]+)&revision=([^&]+)")
_MODULE = re.compile(r"(.+?)\?module=([^&]+)")
_OPER = re.compile(r"Cisco-IOS-XE-(.+)-oper")


@dataclass(frozen=True, slots=True, eq=False)
class Announced:
    """All of it for one release; there is one of each. `library_id` is also the content-id."""

    schema: Schema
    library_id: str
    library_revision: str
    capabilities: tuple[str, ...]
    candidate: bool
    release: Release

    @property
    def has_yang_library(self) -> bool:
        """Is it the library of RFC 8525?"""
        return self.library_revision != FIRST_LIBRARY


@cache
def announced(release: Release, candidate: bool, confirmed: bool = True) -> Announced:
    """What a device with this release announces, with or without its candidate datastore.

    `confirmed`: with the candidate also confirmed commits. # source: confirmed-commit
    """
    names = texts_of(release)
    schema = schema_of(names)
    listed = [f"{m.name}@{revision_of(m.name, m.revision, release)}" for m in schema.modules]
    listed += ["candidate"] * candidate + ["confirmed-commit"] * (candidate and confirmed)
    library_id = hashlib.sha256(" ".join(listed).encode()).hexdigest()[:32]
    revision = library_revision(release)
    capabilities = [
        f"{_IETF}:base:1.0",
        f"{_IETF}:base:1.1",
        f"{_IETF}:capability:writable-running:1.0",
        *([f"{_IETF}:capability:candidate:1.0"] * candidate),
        *([f"{_IETF}:capability:confirmed-commit:1.1"] * (candidate and confirmed)),
        f"{_IETF}:capability:rollback-on-error:1.0",
        f"{_IETF}:capability:validate:1.0",
        f"{_IETF}:capability:validate:1.1",
        f"{_IETF}:capability:xpath:1.0",
        f"{_IETF}:capability:notification:1.0",
        f"{_IETF}:capability:interleave:1.0",
        f"{_IETF}:capability:partial-lock:1.0",
        f"{_IETF}:capability:with-defaults:1.0?{_DEFAULTS}",
    ]
    library = f"revision={revision}&"
    if release.within("17.9.."):
        capabilities.append(f"{_IETF}:capability:with-operational-defaults:1.0?{_DEFAULTS}")
    capabilities.append(f"{_IETF}:capability:yang-library:1.0?{library}module-set-id={library_id}")
    if release.within("17.9.."):
        capabilities.append(f"{_IETF}:capability:yang-library:1.1?{library}content-id={library_id}")
    capabilities.append("http://tail-f.com/ns/netconf/actions/1.0")
    uris = module_uris(release)
    if candidate and confirmed:
        uris = [uri.replace(",candidate,", ",candidate,confirmed-commit,") for uri in uris]
    if not candidate:
        uris = [uri.replace("writable-running,candidate,", "writable-running,") for uri in uris]
    capabilities += uris
    capabilities.append(f"{_IETF}:capability:notification:1.1")
    return Announced(schema, library_id, revision, tuple(capabilities), candidate, release)


def library_revision(release: Release) -> str:
    """The revision of the YANG library. # source: capability-uris"""
    return "2019-01-04" if release.within("17.4..") else FIRST_LIBRARY


@cache
def devices_modules() -> Mapping[str, str]:
    """Namespaces by the names of all modules that devices announce, served here or not.

    Operational modules of IOS XE are there by their prefixes too. # source: oper-prefix
    """
    found = {}
    for _, uri in _rows():
        if named := _MODULE.match(uri):
            namespace, name = named.groups()
            found[name] = namespace
            if oper := _OPER.fullmatch(name):
                found[f"{oper[1]}-ios-xe-oper"] = namespace
    return found


def module_uris(release: Release) -> list[str]:
    """The URIs of the modules in the hello; our own modules with the revision we serve."""
    sample = next(name for name, span in SAMPLES if release.within(span))
    served = {
        name: revision_of(name, written, release)
        for name, _, written in (text.partition("@") for text in texts_of(release))
    }
    served["ietf-yang-library"] = library_revision(release)
    uris = []
    for samples, uri in _rows():
        if sample in samples:
            found = _REVISION.search(uri)
            if found and found[1] in served:
                uri = f"{uri[: found.start(2)]}{served[found[1]]}{uri[found.end(2) :]}"
            uris.append(uri)
    return uris


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    text = files("agent.netconf").joinpath("capabilities.txt").read_text("utf-8")
    rows = (line.partition(" ") for line in text.splitlines() if not line.startswith("#"))
    return tuple((samples, uri) for samples, _, uri in rows)
