"""A product of before the policy and its CSSM through any order of commands, losses and time."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.engine.events import Booted, ClockChanged, Failure
from agent.engine.legacy.clock import left, used
from agent.engine.legacy.events import (
    DeregistrationAsked,
    RegistrationAsked,
    RenewalAsked,
    ReservationAsked,
    ReservationInstalled,
    ReservationReturned,
)
from agent.engine.legacy.state import (
    AUTHORIZED,
    EVAL_EXPIRED,
    EVAL_MODE,
    NOTHING_IN_USE,
    OUT_OF_COMPLIANCE,
    REGISTERED,
    RESERVED,
)
from agent.engine.machine import SmartAgent, new_state
from counterparts import smart_licensing
from tests.legacy.product import Product

SPANS = (SECOND, MINUTE, HOUR, DAY, 13 * DAY, 100 * DAY)


class Life(RuleBasedStateMachine):
    """One product with one account."""

    def __init__(self) -> None:
        super().__init__()
        self.product = Product().boot()
        self.used = 0

    def teardown(self) -> None:
        self.product.cssm.records.close()

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span):
        self.product.advance(span)

    @rule(fate=st.sampled_from((None, None, *Failure)))
    def change_the_link(self, fate):
        self.product.fate = fate

    @rule(count=st.integers(0, 3), place=st.integers(0, 1))
    def use(self, count, place):
        self.product.use(count, place)

    @rule(force=st.booleans(), good=st.booleans())
    def register(self, force, good):
        token = self.product.token() if good else "none such"
        before = self.product.legacy.registration
        self.product.handle(RegistrationAsked(token, force))
        if before == RESERVED or (before == REGISTERED and not force):
            assert self.product.legacy.registration == before, "registered once"

    @rule()
    def deregister(self):
        self.product.handle(DeregistrationAsked())

    @rule(identity=st.booleans())
    def renew(self, identity):
        self.product.handle(RenewalAsked(identity))

    @rule(owned=st.integers(0, 3))
    def purchase(self, owned):
        tag = self.product.licence().entitlement_tag
        smart_licensing.purchase(self.product.cssm, tag, owned)

    @rule()
    def reload(self):
        uses = [use for use in self.product.agent.state.usage.values() if use.count]
        places = [
            self.product.licence(place, use.count)
            for place in (0, 1)
            for use in uses
            if use.entitlement_tag == self.product.licence(place).entitlement_tag
        ]
        self.product.handle(Booted(self.product.config, tuple(places)))

    @rule(offset=st.sampled_from((0, HOUR, 400 * DAY, -DAY)))
    def set_the_clock(self, offset):
        self.product.handle(ClockChanged(offset))

    @rule()
    def reserve(self):
        product = self.product
        product.handle(ReservationAsked())
        code = product.legacy.reservation.request_code
        if code:
            licences = ((product.licence().entitlement_tag, 2),)
            udi = product.agent.state.udi
            text = smart_licensing.reserve(product.cssm, udi, code, licences, product.now)
            product.handle(ReservationInstalled(text))

    @rule()
    def give_the_reservation_back(self):
        self.product.handle(ReservationReturned())

    @rule()
    def replay(self):
        product = self.product
        state = new_state(
            product.profile,
            product.release,
            product.agent.state.members,
            "seed",
            product.cssm.anchors,
        )
        again = SmartAgent(product.profile, product.release, state)
        for now, event in product.inputs:
            again.handle(event, now)
        assert again.state == product.agent.state

    @invariant()
    def the_evaluation_only_shrinks(self):
        legacy, now = self.product.legacy, self.product.now
        assert used(legacy, now) >= self.used, "the evaluation was filled again"
        self.used = used(legacy, now)
        in_use = any(use.count for use in self.product.agent.state.usage.values())
        running = legacy.evaluation.since is not None
        assert running == (in_use and not legacy.registered and left(legacy, now) > 0)

    @invariant()
    def the_states_fit_each_other(self):
        legacy = self.product.legacy
        if legacy.authorization in (AUTHORIZED, OUT_OF_COMPLIANCE):
            assert legacy.registration == REGISTERED
            assert legacy.communication_deadline is not None
        if not legacy.registered:
            assert legacy.authorization in (NOTHING_IN_USE, EVAL_MODE, EVAL_EXPIRED)
            assert legacy.registration_expires is None
        if legacy.registration == REGISTERED:
            assert legacy.registration_expires is not None
            assert self.product.agent.state.account is not None

    @invariant()
    def no_deadline_is_past(self):
        due = self.product.agent.next_deadline()
        assert due is None or due >= self.product.now
        assert len(self.product.agent.state.pending) <= 1


CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class TestShort(Life.TestCase):
    settings = settings(
        max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=CALM
    )


@pytest.mark.long
@pytest.mark.timeout(1800)
class TestLong(Life.TestCase):
    """60 runs of 60 steps."""

    settings = settings(
        max_examples=60,
        stateful_step_count=60,
        deadline=None,
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=CALM,
    )
