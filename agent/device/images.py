"""The software in the flash of a device: its packages, and the packages.conf it starts from.

All of it follows from platform and release: nothing of it is kept, written or deleted, and of a
package only name, date and size are there. Source: docs/sources.md, entry image-files.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from agent.core.clock import Instant
from agent.core.release import Release
from agent.device.files import FIRST_INDEX, File, Package
from agent.profiles.profile import Profile

PACKAGES_CONF = "packages.conf"


@cache
def software(profile: Profile, release: Release, model: str) -> Mapping[str, File]:
    """The files by normalised path; none for a product that is no IOS XE."""
    named = _table()["models"].get(model) or _table()["families"].get(profile.family)
    if named is None:
        return MappingProxyType({})
    at = _compiled(release)
    one = _table()["set"][named]
    sizes: Mapping[str, int] = {
        f"{one['prefix']}-{package}.{release.padded}.SPA.pkg": size
        for package, size in one["bytes"].items()
    }
    conf = _conf(dict(zip(one["bytes"], sizes, strict=True)))
    found: dict[str, File] = {
        name: Package(number, at, "", size)
        for number, (name, size) in enumerate(sizes.items(), FIRST_INDEX)
    }
    found[PACKAGES_CONF] = File(FIRST_INDEX + len(sizes), at, conf)
    return MappingProxyType({f"flash:/{name}": file for name, file in found.items()})


def _conf(names: Mapping[str, str]) -> str:
    """What starts: a row for each part of the system and the package it comes from."""
    rows = "\n".join(_rows(names))
    stamp = hashlib.sha1(rows.encode(), usedforsecurity=False).hexdigest()
    return f"#! /usr/binos/bin/packages_conf.sh\n\nsha1sum: {stamp}\n\n{rows}\n"


def _rows(names: Mapping[str, str]) -> Iterator[str]:
    for package, name in names.items():
        for role in _table()["roles"].get(package, (f"rp_{package}",)):
            kind, where = ("boot" if role == "rp_boot" else "iso"), role.partition("_")[0]
            yield f"{kind:<5} {where:<2} 0 0   {role:<13} {name}"


def _compiled(release: Release) -> Instant:
    """When a release was compiled: what its files are dated."""
    at = datetime.strptime(str(release.row["compiled"]), "%a %d-%b-%y %H:%M")
    return int(at.replace(tzinfo=UTC).timestamp()) * 1000


@cache
def _table() -> dict[str, Any]:
    text = files("agent.device").joinpath("images.toml").read_text("utf-8")
    return tomllib.loads(text)
