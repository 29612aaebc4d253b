"""Tables of a state that are replaced and never changed, and the empty one that all devices share.

Most of them stay empty for ever; an empty dict of its own is 64 bytes for each device. Such a table
is a `Mapping` to the type checker, which lets nobody write into it, and so is the empty one itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn


class _NoRows(dict[Any, Any]):
    """Empty, and stays so."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("the empty table of all devices is replaced, never changed")

    __setitem__ = setdefault = update = __ior__ = _refuse


_NO_ROWS = _NoRows()


def no_rows() -> Mapping[Any, Any]:
    """The table without rows."""
    return _NO_ROWS
