"""Who may log in to a device: its own users, with a memory for what is slow to check."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections import OrderedDict

from agent.device.config import User, user
from agent.device.device import Device

CACHE_SIZE = 256


class Accounts:
    """Checks passwords. A type 9 secret is slow to check by design, so results are kept.

    The cache holds digests under a key of this process only, never a password. A changed secret
    is another digest, so nothing has to be forgotten.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._known: OrderedDict[bytes, bool] = OrderedDict()

    def privilege_of(self, device: Device, name: str, password: str) -> int | None:
        """The privilege level this user has after login, None when the login is invalid."""
        found = user(device.datastore.running, name)
        if found is None or not self._accepts(found, password):
            return None
        return found.privilege

    def _accepts(self, found: User, password: str) -> bool:
        given = f"{found.kind}|{found.secret}|{password}".encode()
        digest = hmac.new(self._key, given, hashlib.sha256).digest()
        if digest not in self._known:
            self._known[digest] = found.accepts(password)
            if len(self._known) > CACHE_SIZE:
                self._known.popitem(last=False)
        self._known.move_to_end(digest)
        return self._known[digest]
