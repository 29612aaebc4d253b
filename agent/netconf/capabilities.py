"""What a release announces: the capabilities of its hello, and which of our modules it serves.

The URIs of modules come from three real hellos; a release uses the nearest one. From 17.11 on
modules of YANG 1.1 are not in a hello (RFC 7950 section 5.6.4) but in the YANG library.
Sources: docs/sources.md, entries capability-uris, hello-order, smart-license-revisions.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.core.release import Release
from yang.schema import Schema, schema_of

# assumed: releases between two samples announce what the earlier one does
_SAMPLES = (("a", "..17.10"), ("b", "17.11..17.15"), ("c", "17.16.."))
_MODULES = (
    ("cisco-smart-license@2020-11-01", "..17.4"),  # assumed of 17.3: it announces 2019-07-01
    ("cisco-smart-license@2021-03-01", "17.5.."),
    ("Cisco-IOS-XE-native@2023-07-01", ".."),
    ("cisco-ia@2021-11-01", ".."),
)
_DEFAULTS = "basic-mode=explicit&also-supported=report-all-tagged,report-all"
_IETF = "urn:ietf:params:netconf"


@dataclass(frozen=True, slots=True, eq=False)
class Announced:
    """All of it for one release; there is one of each. `library_id` is also the content-id."""

    schema: Schema
    library_id: str
    library_revision: str
    capabilities: tuple[str, ...]
    candidate: bool


@cache
def announced(release: Release, candidate: bool) -> Announced:
    """What a device with this release announces, with or without its candidate datastore."""
    names = tuple(name for name, span in _MODULES if release.within(span))
    library_id = hashlib.sha256(" ".join(names).encode()).hexdigest()[:32]
    revision = "2019-01-04" if release.within("17.4..") else "2016-06-21"
    capabilities = [
        f"{_IETF}:base:1.0",
        f"{_IETF}:base:1.1",
        f"{_IETF}:capability:writable-running:1.0",
        *([f"{_IETF}:capability:candidate:1.0"] * candidate),
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
    if not candidate:
        uris = [uri.replace("writable-running,candidate,", "writable-running,") for uri in uris]
    capabilities += uris
    capabilities.append(f"{_IETF}:capability:notification:1.1")
    return Announced(schema_of(names), library_id, revision, tuple(capabilities), candidate)


def module_uris(release: Release) -> list[str]:
    """The URIs of the modules in the hello; our own modules with the revision we serve."""
    sample = next(name for name, span in _SAMPLES if release.within(span))
    served = {name.partition("@")[0]: name for name, span in _MODULES if release.within(span)}
    uris = []
    for samples, uri in _rows():
        if sample in samples:
            namespace, _, query = uri.partition("?")
            module = query.partition("&")[0].removeprefix("module=")
            if module in served:
                revision = served[module].partition("@")[2]
                uri = f"{namespace}?module={module}&revision={revision}"
            uris.append(uri)
    return uris


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    text = files("agent.netconf").joinpath("capabilities.txt").read_text("utf-8")
    rows = (line.partition(" ") for line in text.splitlines() if not line.startswith("#"))
    return tuple((samples, uri) for samples, _, uri in rows)
