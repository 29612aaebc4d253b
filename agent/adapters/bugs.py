"""A bug of ours is shown where bugs are shown, and ends only what it broke.

The loop's exception handler is that place: `slp up` prints the traceback there and goes on; its
exit code tells of it in the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def show(what: str, bug: Exception) -> None:
    """Show a bug; `what` says in a few words whose end it is."""
    context = {"message": what, "exception": bug}
    asyncio.get_running_loop().call_exception_handler(context)


@contextmanager
def shown(what: str, end: Callable[[], None]) -> Iterator[None]:
    """What is raised inside is shown, and `end` ends what it broke; others do not notice."""
    try:
        yield
    except Exception as bug:  # whatever it is: the place where bugs end
        show(what, bug)
        end()
