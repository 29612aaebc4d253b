"""What is plugged into a model: supervisors, line cards, power supplies and fans.

A profile lists the modules of a model in the order of `show inventory`; `show platform` sorts them
by slot. Facts: docs/sources.md, entries platform-form, inventory-form and module-form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

# in this order do the slots stand: 1, 1/0, R0, F0, P0, FT1
_KINDS = ("", "R", "F", "P", "FT")
_SLOT = re.compile(r"(R|FT|F|P|)(\d+)(?:/(\d+))?")


@dataclass(frozen=True, slots=True)
class Module:
    """One module. What is empty is not told: a slot, a place in the inventory, a card."""

    pid: str
    slot: str = ""  # of `show platform`: 1, 1/0, R0, P0, FT1
    name: str = ""  # of `show inventory`: Slot 3 Supervisor
    text: str = ""  # its description there
    card: str = ""  # Card Type of `show module`
    number: int = 0  # Mod of `show module`
    ports: int = 0
    addresses: int = 0  # of its address block; 0: as many as ports
    role: str = ""  # active | standby: a supervisor; the standby one is there with a second unit
    # own | chassis: that of the chassis | version: a version alone | none: neither of the two
    serial: str = "own"

    @property
    def place(self) -> tuple[int, int, int]:
        """Where `show platform` lists it."""
        kind, number, subslot = _slot(self.slot)
        return (_KINDS.index(kind), number, subslot)

    @property
    def is_subslot(self) -> bool:
        return "/" in self.slot


def _slot(text: str) -> tuple[str, int, int]:
    found = _SLOT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a slot")
    kind, number, subslot = found.groups()
    return kind, int(number), int(subslot) if subslot is not None else -1


def read_modules(rows: list[dict[str, Any]]) -> tuple[Module, ...]:
    """The modules of a model. Raises ValueError on a slot that is none."""
    made = tuple(Module(**row) for row in rows)
    for module in made:
        if module.slot:
            module.place  # noqa: B018  (asks whether the slot has a place)
    return made
