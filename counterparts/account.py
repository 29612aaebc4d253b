"""The one Smart Account, with its one Virtual Account, of an emulated CSSM."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.core.clock import Instant
from agent.protocol.messages import AccountData


@dataclass(frozen=True, slots=True)
class SmartAccount:
    """A Smart Account and its Virtual Account: names and numeric ids."""

    smart_account: str
    smart_account_id: int
    domain: str
    virtual_account: str
    virtual_account_id: int
    # what it owns of each export-controlled licence
    licenses: tuple[tuple[str, int], ...] = (("hseck9", 20),)

    def data(self, since: Instant) -> AccountData:
        """The account information of a licence file, dated when it was first told."""
        return AccountData(
            timestamp=since,
            smart_account=self.smart_account,
            virtual_account=self.virtual_account,
            smart_account_id=self.smart_account_id,
            virtual_account_id=self.virtual_account_id,
            domain=self.domain,
        )


@cache
def default_account() -> SmartAccount:
    """The account of account.toml."""
    text = files("counterparts").joinpath("account.toml").read_text("utf-8")
    return SmartAccount(**tomllib.loads(text))
