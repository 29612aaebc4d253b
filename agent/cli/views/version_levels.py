"""`show version`: the licence levels of a device, and what it says of its licensing.

Facts: docs/sources.md, entry show-version-form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.cli.views.layout import Layout
from agent.profiles.profile import Profile

if TYPE_CHECKING:
    from agent.cli.views.version import VersionView

_PACKAGES = """\

Technology Package License Information:\x20

------------------------------------------------------------------------------
Technology-package                                     Technology-package
Current                        Type                       Next reboot \x20
------------------------------------------------------------------------------
{base:<20}\tSmart License                 \t {next_base:<20}
{addon:<20}\tSubscription Smart License    \t {next_addon:<30}
"""

# source: show-version-form (a C8000V; assumed for the other routers)
_ROUTER_LEVELS = """\
License Level: {base}
License Type: Perpetual
Next reload license Level: {next_base}

Addon License Level: {addon}
Addon License Type: Subscription
Next reload addon license Level: {next_addon}
"""

# source: show-version-form (a VG400 17.x; the rows of an ISR 4000 are those of its packages)
_TECHNOLOGIES = """\
Suite License Information for Module:'esg'\x20

--------------------------------------------------------------------------------
Suite                 Suite Current         Type           Suite Next reboot    \x20
--------------------------------------------------------------------------------

Technology Package License Information:\x20

-----------------------------------------------------------------
Technology    Technology-package           Technology-package
              Current       Type           Next reboot \x20
------------------------------------------------------------------
{rows}

The current throughput level is {kbps} kbps\x20
"""


def levels(view: VersionView, profile: Profile, layout: Layout) -> str:
    lines = ""
    if layout.has("technology_packages"):
        base, _, addon = view.level.partition(" addon ")
        next_base, _, next_addon = view.next_level.partition(" addon ")
        lines = _PACKAGES.format(
            base=base, addon=addon or "None", next_base=next_base, next_addon=next_addon or "None"
        )
    if view.right:  # assumed: the same table with other types, and no status below it
        return (
            lines.replace("Subscription Smart License", f"{view.right:<26}").replace(
                "Smart License", "Permanent    "
            )
            + "\n\n"
        )
    if profile.packages:
        lines = _technologies(view, profile)
    elif layout.has("router_levels"):
        lines = _router_levels(view)
    else:
        lines += _air_levels(view, profile, layout)
    policy = layout.has("smart_licensing_policy_status")
    status = "Smart Licensing Using Policy" if policy else _NOT_APPLICABLE
    status = view.registration or status
    apart = "\n\n" if not profile.packages and layout.has("licensing_status_apart") else "\n"
    return f"{lines}{apart}Smart Licensing Status: {status}\n\n"


def _technologies(view: VersionView, profile: Profile) -> str:
    """The table of a router whose packages stand side by side; ipbase is always there."""
    rows = []
    for name in (*filter(None, profile.levels), "ipbase"):
        held = f"{name}k9" if name == "ipbase" else name
        now, then = (
            held if name == "ipbase" or name in level.split() else "None"
            for level in (view.level, view.next_level)
        )
        rows.append(f"{name:<17}{now:<17}{'Smart License':<17}{then}")
    return _TECHNOLOGIES.format(rows="\n".join(rows), kbps=view.throughput_kbps)


def _router_levels(view: VersionView) -> str:
    base, _, addon = view.level.partition(" addon ")
    next_base, _, next_addon = view.next_level.partition(" addon ")
    text = _ROUTER_LEVELS.format(base=base, addon=addon, next_base=next_base, next_addon=next_addon)
    if view.throughput_kbps:
        text += f"\nThe current throughput level is {view.throughput_kbps} kbps \n"
    return text


_NOT_APPLICABLE = "Registration Not Applicable/Not Applicable"


def _air_levels(view: VersionView, profile: Profile, layout: Layout) -> str:
    texts = profile.texts
    if "air_level" not in texts:
        return ""
    if layout.has("wireless_level_lines"):
        wireless = texts["wireless_level"]
        air, then = (
            _air_words_in_full(level) or texts["air_level_recent"]
            for level in (view.air_level, view.next_air_level)
        )
        return (
            f"AIR License Level: {air}\nNext reload AIR License Level: {then}\n"
            f"Cisco Wireless License Level: {wireless}\n"
            f"Next reload Cisco Wireless License Level: {wireless}\n"
        )
    now, then = _air_words(view.air_level), _air_words(view.next_air_level)
    return (
        f"AIR License Level: {now or texts['air_level']}\n"
        f"Next reload AIR license Level: {then or texts['air_level']}\n"
    )


def _air_words_in_full(level: str) -> str:
    """`AIR Network Advantage addon AIR DNA Advantage`."""
    return " addon ".join(_air_words(part) for part in level.split(" addon ") if part)


def _air_words(level: str) -> str:
    """`air-network-advantage addon air-dna-advantage` -> `AIR DNA Advantage`."""
    words = level.split()[-1].split("-") if level else []
    fixed = {"air": "AIR", "dna": "DNA"}
    return " ".join(fixed.get(word, word.capitalize()) for word in words)
