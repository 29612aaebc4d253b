"""A device, a CSLU and a CSSM through any order of commands, losses, reloads and jumps of time.

The invariants stand in `stateful_world.Watch` and hold after every single step. The search is long
under the marker `long`: at least ten thousand rules; a short run stands in the default suite.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.errors import InputError
from agent.engine.events import (
    POWER_ON,
    Failure,
    FileImported,
    Scope,
    SyncAsked,
    TokenEntered,
    UsageSaved,
)
from agent.engine.routes import is_direct
from tests.engine.stateful_world import UNITS, World
from yang.tree import Edit, parse_path

SPANS = (SECOND, MINUTE, HOUR, 9 * HOUR, DAY, 8 * DAY)
TRANSPORT = parse_path("native/license/smart/transport-type")
URL = parse_path("emulator/license/smart/url/smart")
INTERVAL = parse_path("native/license/smart/usage/interval")
RECEIVER = "https://smartreceiver.cisco.com/licservice/license"
REFUSED = "TRUST_CODE_INSTALL_FAILED"


class Lab(RuleBasedStateMachine):
    """One switch of one to three units."""

    release = "17.12.4"

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.release)
        self.device = self.world.device
        self.tokens = 0

    def teardown(self) -> None:
        self.world.close()

    def _do(self, kind: str, do) -> None:
        self.world.step(kind, do)

    # --- time and the link ----------------------------------------------------------------------

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: int) -> None:
        self.world.advance(span)

    @rule(fate=st.sampled_from((None, None, "hold", *Failure)))
    def change_the_link(self, fate) -> None:
        self.world.fate = fate
        self.world.carry()

    @rule(which=st.integers(0, 5), again=st.booleans())
    def something_arrives(self, which: int, again: bool) -> None:
        """Out of order, or once now and once more later."""
        self.world.deliver(which, keep=again)

    @precondition(lambda self: self.world.sent)
    @rule(which=st.integers(0, 5), lost=st.booleans())
    def a_held_request_arrives(self, which: int, lost: bool) -> None:
        send = self.world.sent.pop(which % len(self.world.sent))
        if lost:
            fate, self.world.fate = self.world.fate, Failure.TIMED_OUT
            self.world.answer(send)
            self.world.fate = fate
        else:
            self.world.answer(send)

    @rule(down=st.booleans())
    def cssm_goes_or_comes(self, down: bool) -> None:
        script = self.world.cssm.script
        self.world.cssm.script = type(script)(down=down)

    # --- commands -------------------------------------------------------------------------------

    @rule(feature=st.sampled_from(("network-advantage", "dna-advantage")), count=st.integers(0, 3))
    def use(self, feature: str, count: int) -> None:
        self._do("usage", lambda: self.device.use(feature, count, self.world.now))

    @rule()
    def sync(self) -> None:
        self.world.watch.synced()
        self._do("sync", lambda: self.device.handle(SyncAsked(), self.world.now))

    @rule(word=st.sampled_from(("Cslu", "Smart", "Off")))
    def configure_transport(self, word: str) -> None:
        edits = (Edit("set", TRANSPORT, word), Edit("set", URL, RECEIVER))
        self._do("config", lambda: self.device.commit(edits, self.world.now))

    @rule(days=st.sampled_from((7, 30, 365)))
    def configure_interval(self, days: int) -> None:
        edits = (Edit("set", INTERVAL, days),)
        self._do("config", lambda: self.device.commit(edits, self.world.now))

    @rule()
    def save_configuration(self) -> None:
        self._do("save", lambda: self.device.save(self.world.now))

    @rule()
    def reload(self) -> None:
        self.world.sent.clear()
        self._do("reload", lambda: self.device.reload(self.world.now))

    @rule()
    def cut_the_power(self) -> None:
        self.world.sent.clear()
        self._do("reload", lambda: self.device.reload(self.world.now, POWER_ON))

    @rule()
    def switch_over(self) -> None:
        self._do("units", lambda: self.device.switch_over(self.world.now))

    @rule(number=st.integers(1, 3))
    def change_units(self, number: int) -> None:
        first = self.device.udi
        others = tuple(unit for unit in UNITS if unit != first)[: number - 1]
        self._do("units", lambda: self.device.change_members((first, *others), self.world.now))

    @rule(force=st.booleans())
    def enter_a_token(self, force: bool) -> None:
        """Without force a unit that has a code gets no other."""
        state = self.device.agent.state
        held = state.udi.short in state.trust
        before = dict(state.trust), len(self.world.sent), state.next_request_id
        logged = sum(REFUSED in line.text for line in self.device.log.lines)
        token = self.world.portal.new_token(365, 100, "", self.world.now).token
        event = TokenEntered(token, Scope.LOCAL, force)
        self.world.watch.before("token")
        self.device.handle(event, self.world.now)
        if held and not force and is_direct(state):
            assert (dict(state.trust), len(self.world.sent), state.next_request_id) == before
            now = sum(REFUSED in line.text for line in self.device.log.lines)
            assert now > logged or len(self.device.log.lines) > 20, "refused without a word"
        self.world.watch.after("token", self.world.now)
        self.world.carry()

    @rule(offset=st.sampled_from((-2 * DAY, -HOUR, 0, HOUR, 400 * DAY)))
    def set_the_clock(self, offset: int) -> None:
        now = self.world.now
        self._do("clock", lambda: self.device.set_clock(now + offset, now))

    # --- files ------------------------------------------------------------------------------------

    @rule()
    def save_usage(self) -> None:
        event = UsageSaved("flash:usage.txt")
        self._do("save", lambda: self.device.handle(event, self.world.now))

    @rule()
    def carry_the_file_to_cssm_and_import_its_ack(self) -> None:
        text = self.device.files.read("flash:usage.txt")
        if not isinstance(text, str):
            return
        try:
            self.world.portal.upload(text, self.world.now)
            self.world.advance(5 * SECOND)
            found = self.world.portal.ack(None, self.world.now)
        except InputError:
            return
        self._do("import", lambda: self.device.handle(FileImported(found), self.world.now))

    # --- the journal ------------------------------------------------------------------------------

    @rule()
    def replay_the_journal(self) -> None:
        assert self.world.replayed_is_equal()


CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class TestShort(Lab.TestCase):
    settings = settings(
        max_examples=4, stateful_step_count=12, deadline=None, suppress_health_check=CALM
    )


LONG = settings(
    max_examples=40,
    stateful_step_count=100,
    deadline=None,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=CALM,
)


class OldLab(Lab):
    """No daily limit, no payloads of version 2."""

    release = "17.3.2a"


class NewLab(Lab):
    release = "17.18.2"


@pytest.mark.long
@pytest.mark.timeout(3600)
class TestLong(Lab.TestCase):
    """40 runs of 100 steps, as the two below: 12,000 in all, about two minutes."""

    settings = LONG


@pytest.mark.long
@pytest.mark.timeout(3600)
class TestLongOld(OldLab.TestCase):
    settings = LONG


@pytest.mark.long
@pytest.mark.timeout(3600)
class TestLongNew(NewLab.TestCase):
    settings = LONG
