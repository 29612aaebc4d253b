"""What runs on a device, as Cisco-IOS-XE-install-oper tells it: one row for each unit.

Sources: docs/sources.md, entry oper-models.
"""

from __future__ import annotations

from agent.cli.views.platform import by_number
from agent.device.device import Device
from yang.tree import Rows, Tree

_COMMITTED = "install-version-state-provisioned-committed"


def install(device: Device) -> Tree:
    """`install-oper-data`. A package list means install mode, an image bundle mode."""
    folder, _, file = device.profile.texts["image_file"].rpartition(":")
    bundle = not file.endswith(".conf")
    version = str(device.release)
    package = Tree(
        {
            "pkg-data": Tree(
                {
                    "pkg-name": file,
                    "version": version,
                    "verify-status": "install-package-verify-ok",
                }
            )
        }
    )
    unit = Tree(
        {
            # assumed: the extension, a build stamp on a device
            "install-version-info": Rows({f"{version},0": Tree(current=_COMMITTED)}),
            "install-packages": Rows({f"{folder}:,{file}": package}),
            "oper-state": Tree({"boot-mode": f"install-boot-mode-{_mode(bundle)}"}),
        }
    )
    # source: unit-numbers (a switch tells one version for each unit, a box one for all)
    numbers = {m.udi: m.number for m in reversed(by_number(device.agent.state.members))}
    rows = Rows({f"fru-rp,0,0,{number}": unit for number in sorted(numbers.values())})
    return Tree({"install-location-information": rows})


def _mode(bundle: bool) -> str:
    return "bundle" if bundle else "install"
