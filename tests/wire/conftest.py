"""Labs that run until a test ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from agent.adapters.lab import Lab
from agent.adapters.plan import LabPlan
from tests.wire.laboratory import START, opened


@pytest.fixture
async def run_lab() -> AsyncIterator[Callable]:
    """A function that runs a lab until the test ends."""
    async with AsyncExitStack() as stack:

        async def run(of: LabPlan, state=None) -> Lab:
            lab = Lab(of, START, state)
            stack.push_async_callback(lab.close)
            return await opened(lab)

        yield run
