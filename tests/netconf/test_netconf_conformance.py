"""Runs the table of conformance checks over real SSH: one lab for all, one session a check."""

from __future__ import annotations

import pytest
import pytest_asyncio

from agent.adapters.lab import Lab
from tests.netconf import (
    checks_datastores,
    checks_edit,
    checks_edit_refused,
    checks_events,
    checks_licence,
    checks_monitoring,
    checks_read,
    checks_rpc,
    checks_rules,
    checks_transport,
)
from tests.netconf.conformance import CHECKS, World, plans
from tests.wire.laboratory import START, opened, plan

pytestmark = pytest.mark.wire
MODULES = (
    checks_datastores,
    checks_edit,
    checks_edit_refused,
    checks_events,
    checks_licence,
    checks_monitoring,
    checks_read,
    checks_rpc,
    checks_rules,
    checks_transport,
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world():
    lab = await opened(Lab(plan(*plans()), START))
    made = World(lab)
    yield made
    for connection in made.connections.values():
        connection.abort()
    await lab.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("number", sorted(CHECKS), ids=lambda number: number[:3])
async def test_check(world: World, number: str):
    try:
        await CHECKS[number](world)
    finally:
        await world.clean()


def test_there_are_enough_of_them():
    assert len(CHECKS) > 150 and all(module.__doc__ for module in MODULES)
