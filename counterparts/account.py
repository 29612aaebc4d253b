"""The one Smart Account of an emulated CSSM, its Virtual Account, and how files tell of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from agent.core.clock import Instant
from agent.protocol.codec import account_section
from agent.protocol.messages import AccountData
from counterparts.pki import Authority
from counterparts.repository import CssmRecords

_SINCE = "account since"  # a setting: the instant of the first file with the account


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


class Telling:
    """The account's section of every licence file; called inside a transaction of `records`."""

    def __init__(self, account: SmartAccount, records: CssmRecords, authority: Authority) -> None:
        self._account, self._records, self._authority = account, records, authority
        self._told: tuple[Instant, str] | None = None  # the section and its date

    def section(self, now: Instant, *, dated: bool) -> str:
        """The account, dated when it was first told: the same text under the same signature in
        every file, so that a device has to judge it once. # source: account-date
        In a file that nothing else dates it has the date of the file.
        """
        if not dated:
            return account_section(self._account.data(now), self._authority.sign)
        if self._told is None or self._told[0] > now:
            since = min(int(self._records.setting(_SINCE) or now), now)
            self._records.set_setting(_SINCE, str(since))
            section = account_section(self._account.data(since), self._authority.sign)
            self._told = since, section
        return self._told[1]


@cache
def default_account() -> SmartAccount:
    """The account of account.toml."""
    text = files("counterparts").joinpath("account.toml").read_text("utf-8")
    return SmartAccount(**tomllib.loads(text))
