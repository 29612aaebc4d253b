"""Chance as a value: a seed and a counter give the next number, the same on every replay.

Nothing random is read from the system here. A device's seed is part of its state, so the same
inputs give the same bytes, and an idle device pays a few bytes instead of a generator's 2.5 KB.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_LARGEST_NONCE = (1 << 63) - 1


@dataclass(slots=True)
class Chance:
    """A deterministic source of numbers: SHA-256 over seed, label and a running count."""

    seed: str
    draws: int = 0

    def digest(self, label: str) -> bytes:
        """The next 32 bytes for this label."""
        self.draws += 1
        return hashlib.sha256(f"{self.seed}|{label}|{self.draws}".encode()).digest()

    def below(self, bound: int, label: str = "") -> int:
        """The next number in 0 .. bound-1."""
        return int.from_bytes(self.digest(label), "big") % bound

    def nonce(self) -> str:
        """A 63-bit number as decimal text, the form of a message's nonce."""
        return str(int.from_bytes(self.digest("nonce"), "big") & _LARGEST_NONCE)

    def uuid(self, label: str = "uuid") -> str:
        """A version-4 UUID in its 8-4-4-4-12 form."""
        raw = bytearray(self.digest(label)[:16])
        raw[6] = raw[6] & 0x0F | 0x40
        raw[8] = raw[8] & 0x3F | 0x80
        text = raw.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
