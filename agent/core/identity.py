"""Who a product instance is: its UDI, and the account it reports to."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from agent.core.clock import Instant


class Udi(msgspec.Struct, frozen=True, order=True, gc=False):
    """Unique device identifier: product id and serial number."""

    pid: str
    sn: str

    def __str__(self) -> str:
        """`PID:C9300-24T,SN:FOC0000EMU1`, as the CLI prints it."""
        return f"PID:{self.pid},SN:{self.sn}"

    @property
    def short(self) -> str:
        """`P:C9300-24T,S:FOC0000EMU1`, as files and trust lines carry it."""
        return f"P:{self.pid},S:{self.sn}"


@dataclass(frozen=True, slots=True)
class Account:
    """The Smart Account and Virtual Account a server named, and when it did."""

    smart_account: str
    virtual_account: str
    as_of: Instant
