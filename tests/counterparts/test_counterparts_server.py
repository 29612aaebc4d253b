"""CSLU and CSSM over real HTTP on loopback: the round, bad requests, a CSSM away, ports in use."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

import aiohttp
import pytest

from agent.core.clock import HOUR, MINUTE, SECOND, ManualClock
from agent.core.errors import InputError
from agent.protocol import codec
from agent.protocol.messages import AckStatus, Reply, StatusCode
from counterparts import cloud
from counterparts.cslu import Cslu
from counterparts.cssm import Cssm
from counterparts.direct import read_token, token_form
from counterparts.scripts import Script, read_script
from counterparts.server import CsluServer, CssmServer
from counterparts.uplink import CsluSettings
from tests.counterparts.agent_like import START, AgentLike

pytestmark = pytest.mark.wire


@dataclass
class World:
    """Both servers, their clock, a client, and the count of exchanges under way."""

    clock: ManualClock
    cslu: CsluServer
    cssm: CssmServer
    client: aiohttp.ClientSession
    under_way: int = 0
    most: int = 0
    touched: list[CsluServer] = field(default_factory=list)

    async def post(self, agent: AgentLike, request) -> Reply:
        body = agent.body(request)
        async with self.client.post(self.cslu.url, data=body) as response:
            assert response.status == 200
            assert response.headers["X-Emu-Format"] == "slp-emu/1"
            return codec.decode_reply(await response.read())

    async def play_until(self, now: int) -> None:
        await self.cslu.settled()
        while (due := self.cslu.next_deadline()) is not None and due <= now:
            self.clock.set(max(due, self.clock.now()))
            self.cslu.wake(due)
            assert self.under_way
            await self.cslu.settled()
            assert not self.under_way
        self.clock.set(now)


@pytest.fixture
async def world(cslu_records, cssm: Cssm) -> AsyncIterator[World]:
    clock = ManualClock(START)

    @contextmanager
    def exchange() -> Iterator[None]:
        world.under_way += 1
        world.most = max(world.most, world.under_way)
        yield
        world.under_way -= 1

    above = CssmServer(cssm, clock.now)
    await above.start()
    below = CsluServer(
        Cslu(cslu_records, CsluSettings()),
        clock.now,
        cssm_url=above.url,
        exchange=exchange,
        touched=lambda node: world.touched.append(node),
    )
    await below.start()
    async with aiohttp.ClientSession() as client:
        world = World(clock, below, above, client)
        yield world
    await below.stop()
    await above.stop()


async def test_the_whole_round(world: World):
    agent = AgentLike()
    hello = await world.post(agent, agent.hello(START))
    assert hello.status is StatusCode.OK
    taken = await world.post(agent, agent.usage(START, agent.report(1), asks_trust=True))
    assert (taken.status, taken.retry_time_seconds) == (StatusCode.OK_POLL, 60)
    await world.play_until(START + MINUTE)
    reply = await world.post(agent, agent.poll(START + MINUTE, taken.poll_id))
    assert reply.status is StatusCode.OK
    ack = codec.read_licence_file(reply.licence_files[0])
    assert ack.ack.data[0].reports[0].status is AckStatus.ACK
    assert ack.trust.data[0].udi == agent.udi
    assert world.most == 1
    assert world.touched


async def test_reports_wait_while_cssm_is_down(world: World):
    agent = AgentLike()
    world.cssm.core.script = read_script("down")
    taken = await world.post(agent, agent.usage(START, agent.report(1)))
    await world.play_until(START + MINUTE)
    early = await world.post(agent, agent.poll(START + MINUTE, taken.poll_id))
    assert early.status is StatusCode.OK_POLL
    world.cssm.core.script = Script()
    await world.play_until(START + HOUR)
    reply = await world.post(agent, agent.poll(START + HOUR, taken.poll_id))
    assert reply.status is StatusCode.OK


async def test_a_cssm_that_is_not_there_is_tried_again(world: World):
    agent = AgentLike()
    await world.cssm.stop()
    await world.post(agent, agent.usage(START, agent.report(1)))
    await world.cslu.settled()
    assert world.cslu.next_deadline() == START + 30 * SECOND
    assert "failed" in world.cslu.core.instances()[0].alert


async def test_a_cslu_that_is_down_hangs_up(world: World):
    agent = AgentLike()
    world.cslu.core.script = read_script("down")
    with pytest.raises(aiohttp.ClientError):
        await world.post(agent, agent.hello(START))


async def test_a_stop_with_a_call_under_way_leaks_nothing(world: World):
    agent = AgentLike()
    world.cssm.core.script = Script(slow_ms=60_000)
    await world.post(agent, agent.usage(START, agent.report(1)))
    assert world.under_way == 1
    await world.cslu.stop()
    assert world.under_way == 0


@pytest.mark.parametrize("body", [b"", b"garbage", b'{"request":1}', b"\xff" * 1000])
async def test_garbage_is_answered_400(world: World, body):
    async with world.client.post(world.cslu.url, data=body) as response:
        assert response.status == 400
        assert json.loads(await response.read())["status_code"] == "FAILED"


async def test_a_body_too_large_is_answered_413(world: World):
    body = BytesIO(b" " * (codec.MAX_BODY + 1))
    async with world.client.post(world.cslu.url, data=body) as response:
        assert response.status == 413


@pytest.mark.parametrize("path", ["/", "/cslu/v1/pi/tenant-1", "/cslu/v1/admin"])
async def test_other_paths_of_a_cslu_are_404(world: World, path):
    url = f"http://127.0.0.1:{world.cslu.port}{path}"
    async with world.client.post(url, data=b"") as response:
        assert response.status == 404


async def test_another_message_format_is_refused(world: World):
    headers = {"X-Emu-Format": "slp-emu/2"}
    async with world.client.post(world.cslu.url, data=b"", headers=headers) as response:
        assert response.status == 400


async def test_a_port_in_use_is_named(world: World):
    second = CsluServer(world.cslu.core, world.clock.now, port=world.cslu.port)
    with pytest.raises(InputError) as caught:
        await second.start()
    assert f"127.0.0.1:{world.cslu.port}" in str(caught.value)
    assert "in use" in str(caught.value)
    await second.stop()


async def test_the_cloud_api_as_a_stranger_uses_it(world: World, cssm: Cssm):
    agent, base = AgentLike(), world.cssm.url
    form = token_form("emulated-cslu", "emulated-secret")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with world.client.post(base + cloud.TOKEN_PATH, data=form, headers=kind) as response:
        token = read_token(await response.read())
    headers = {
        "Authorization": f"Bearer {token}",
        "X-CSW-SMART-ACCOUNT-ID": "100001",
        "X-CSW-VIRTUAL-ACCOUNT-ID": "200001",
    }
    message = cloud.usage_body(agent.usage(START, agent.report(1)), START)
    async with world.client.post(
        base + cloud.REPORT_PATH, data=message, headers=headers
    ) as response:
        assert response.status == 202
        taken = await response.json()
    assert taken["status"] == "OK_POLL"
    assert taken["poll_id"] > 1 << 53
    assert taken["poll_interval"] == 30
    assert taken["action"] == "acknowledgements"
    poll = cloud.poll_body(taken["poll_id"], "77", START)
    world.clock.set(START + MINUTE)
    async with world.client.post(base + cloud.POLL_PATH, data=poll, headers=headers) as response:
        done = await response.json()
    assert (done["status"], done["nonce"], done["timestamp"]) == ("COMPLETE", "77", START + MINUTE)
    assert done["data"]["acknowledgements"][0]["sudi"]["udi_serial_number"] == agent.sn
    for wrong, status in (
        ({**headers, "Authorization": "Bearer x"}, 401),
        ({**headers, "X-CSW-SMART-ACCOUNT-ID": "1"}, 403),
    ):
        async with world.client.post(base + cloud.POLL_PATH, data=poll, headers=wrong) as response:
            assert response.status == status
    async with world.client.get(base + "/product-instances") as response:
        assert len((await response.json())["product_instances"]) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (token_form("emulated-cslu", "wrong"), 401),
        (b"grant_type=password", 400),
        (b"\xff\xfe", 400),
    ],
)
async def test_bad_credentials_get_no_token(world: World, form, status):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    url = world.cssm.url + cloud.TOKEN_PATH
    async with world.client.post(url, data=form, headers=kind) as response:
        assert response.status == status
