"""Which modules of ours a release serves, and as which revision.

Our texts are written once; a release announces and serves each with the revision the published
module has there, and before 17.11 as YANG 1. Which leafs came or went between those revisions is
kept only for cisco-smart-license, which has a text for each.
Sources: docs/sources.md, entries capability-uris, yang-library, smart-license-revisions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from agent.core.release import Release

# assumed: releases between two samples announce what the earlier one does
EARLY, MIDDLE, LATE = "..17.10", "17.11..17.15", "17.16.."
SAMPLES = (("a", EARLY), ("b", MIDDLE), ("c", LATE))
# the texts of ours a release serves, as name@revision of the file
TEXTS = (
    ("cisco-smart-license@2020-11-01", "..17.4"),  # assumed of 17.3: it announces 2019-07-01
    ("cisco-smart-license@2021-03-01", "17.5.."),
    ("Cisco-IOS-XE-native@2023-07-01", ".."),
    ("Cisco-IOS-XE-aaa@2023-07-01", ".."),
    ("Cisco-IOS-XE-call-home@2022-11-01", ".."),
    ("Cisco-IOS-XE-crypto@2023-07-01", ".."),
    ("Cisco-IOS-XE-diagnostics@2022-11-01", ".."),
    ("Cisco-IOS-XE-ethernet@2023-07-01", ".."),
    ("Cisco-IOS-XE-http@2022-11-01", ".."),
    ("Cisco-IOS-XE-nd@2023-07-01", ".."),
    ("Cisco-IOS-XE-ntp@2022-11-01", ".."),
    ("Cisco-IOS-XE-platform@2022-11-01", ".."),
    ("Cisco-IOS-XE-rpc@2022-11-01", "17.4.."),
    ("Cisco-IOS-XE-snmp@2022-11-01", ".."),
    ("Cisco-IOS-XE-spanning-tree@2022-11-01", ".."),
    ("Cisco-IOS-XE-switch@2023-07-01", ".."),
    ("Cisco-IOS-XE-tunnel@2022-11-01", ".."),
    ("Cisco-IOS-XE-vtp@2022-11-01", ".."),
    ("Cisco-IOS-XE-device-hardware-oper@2022-11-01", ".."),
    ("Cisco-IOS-XE-install-oper@2022-11-01", ".."),
    ("Cisco-IOS-XE-interfaces-oper@2022-11-01", ".."),
    ("Cisco-IOS-XE-platform-oper@2022-11-01", ".."),
    ("cisco-ia@2021-11-01", ".."),
    ("Cisco-IOS-XE-cli-rpc@2022-11-01", "17.11..17.15"),
    ("Cisco-IOS-XE-cli-rpc@2024-07-01", "17.16.."),
    ("ietf-interfaces@2014-05-08", ".."),
    ("ietf-ip@2014-06-16", ".."),
    # the emulator's own, told in the YANG library alone: a hello stays what a device sends
    ("slp-emulator-rum-reports@2026-11-22", "17.11.."),
)
# features announced beside a module
FEATURES: Mapping[str, tuple[str, ...]] = {
    "ietf-interfaces": ("arbitrary-names", "if-mib", "pre-provisioning"),
    "ietf-ip": ("ipv4-non-contiguous-netmasks", "ipv6-privacy-autoconf"),
    "ietf-netconf-nmda": ("with-defaults",),
}
# early and late revisions are those of the samples; the middle one is that of our text
_PUBLISHED: Mapping[str, tuple[str, str]] = {
    "Cisco-IOS-XE-native": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-aaa": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-call-home": ("2020-03-01", "2024-11-01"),
    "Cisco-IOS-XE-crypto": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-diagnostics": ("2019-07-01", "2024-03-01"),
    "Cisco-IOS-XE-ethernet": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-http": ("2019-07-01", "2025-07-01"),
    "Cisco-IOS-XE-nd": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-ntp": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-platform": ("2020-07-01", "2025-03-01"),
    "Cisco-IOS-XE-rpc": ("2020-11-01", "2024-11-01"),
    "Cisco-IOS-XE-snmp": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-spanning-tree": ("2019-07-01", "2025-07-01"),
    "Cisco-IOS-XE-switch": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-tunnel": ("2020-03-01", "2025-07-01"),
    "Cisco-IOS-XE-vtp": ("2019-07-01", "2024-07-01"),
    "Cisco-IOS-XE-device-hardware-oper": ("2020-07-01", "2025-03-01"),
    "Cisco-IOS-XE-install-oper": ("2020-07-01", "2025-07-01"),
    "Cisco-IOS-XE-interfaces-oper": ("2020-07-01", "2025-03-01"),
    "Cisco-IOS-XE-platform-oper": ("2019-11-01", "2025-03-01"),
    "cisco-ia": ("2020-03-01", "2024-07-01"),
    "Cisco-IOS-XE-cli-rpc": ("2022-07-01", "2024-07-01"),
}
_LICENSE = (  # the submodule of native, which changed more often
    ("..17.3", "2019-07-01"),
    ("17.4..17.10", "2020-11-01"),
    ("17.11..17.12", "2022-11-01"),
    ("17.13..17.15", "2023-11-01"),
    ("17.16..", "2025-07-01"),
)
_REVISION = re.compile(r"(?<=\n  revision )\d{4}-\d\d-\d\d")
_INCLUDED = "Cisco-IOS-XE-license"


@cache
def texts_of(release: Release) -> tuple[str, ...]:
    """The texts of ours that a release serves, as name@revision of the file."""
    return tuple(text for text, span in TEXTS if release.within(span))


def revision_of(name: str, written: str, release: Release) -> str:
    """The revision a release announces for a module; `written` is that of our text."""
    if name == _INCLUDED:
        return next(revision for span, revision in _LICENSE if release.within(span))
    early, late = _PUBLISHED.get(name, (written, written))
    return early if release.within(EARLY) else late if release.within(LATE) else written


def text_as(text: str, revision: str, release: Release) -> str:
    """A text of ours as a release serves it: with its revision, and in YANG 1 before 17.11."""
    text = _REVISION.sub(revision, text, count=1)
    if release.within(EARLY):
        text = text.replace("\n  yang-version 1.1;", "\n  yang-version 1;", 1)
    return text
