"""A CSSM by itself: policies, keys, tags, its views, and that it is deterministic."""

from __future__ import annotations

import json

from agent.core.clock import DAY
from agent.protocol.messages import AckStatus
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu
from tests.counterparts.agent_like import START, AgentLike
from tests.counterparts.rounds import round_trip, statuses


def test_putting_a_policy_in_force_raises_its_version(cslu, cssm):
    agent = AgentLike()
    first = round_trip(cslu, agent, agent.report(1)).policy.data
    cssm.put_policy_in_force("SLE Policy", START + DAY)
    second = round_trip(cslu, agent, agent.report(2), now=START + DAY).policy.data
    assert second.name == "SLE Policy"
    assert second.version == first.version + 1
    assert second.datestamp > first.datestamp


def test_a_cssm_keeps_its_keys_and_policy(cssm, cssm_records):
    cssm.put_policy_in_force("Custom Policy", START)
    again = Cssm(cssm_records, CssmSettings(), "another seed")
    assert again.authority == cssm.authority
    assert again.policy == cssm.policy


def test_an_unknown_tag_is_rejected_where_tags_are_known(cssm_records, cslu_records):
    from counterparts.cslu import Cslu
    from counterparts.direct import LocalCssm
    from counterparts.uplink import CsluSettings

    settings = CssmSettings(entitlement_tags=frozenset({"another"}))
    strict = Cssm(cssm_records, settings, "seed")
    cslu = LinkedCslu(Cslu(cslu_records, CsluSettings()), LocalCssm(strict).carry)
    agent = AgentLike()
    assert statuses(round_trip(cslu, agent, agent.report(1))) == [AckStatus.REJECTED]


def test_the_views_show_instances_and_usage(cslu, cssm):
    from counterparts.cloud import CloudRequest

    for sn in ("FOC0000EMU1", "FOC0000EMU2"):
        agent = AgentLike(sn)
        round_trip(cslu, agent, agent.report(1), agent.report(2, end=START + 1000, count=3))
    shown = json.loads(cssm.handle(CloudRequest("GET", "/product-instances", {}, b""), 0).body)
    assert [row["hostname"] for row in shown["product_instances"]] == [
        "SW-FOC0000EMU1",
        "SW-FOC0000EMU2",
    ]
    usage = json.loads(cssm.handle(CloudRequest("GET", "/usage", {}, b""), 0).body)
    assert usage["reports"] == 4
    assert usage["usage"][0]["in_use"] == 6


def test_the_same_seed_and_inputs_give_the_same_bytes(cssm_records):
    from counterparts.cslu import Cslu
    from counterparts.direct import LocalCssm
    from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
    from counterparts.uplink import CsluSettings

    files = []
    for _ in range(2):
        above, below = SqlCssmRecords(IN_MEMORY), SqlCsluRecords(IN_MEMORY)
        cssm = Cssm(above, CssmSettings(), "seed")
        cslu = LinkedCslu(Cslu(below, CsluSettings()), LocalCssm(cssm).carry)
        agent = AgentLike()
        files.append(round_trip(cslu, agent, agent.report(1), asks_trust=True))
        above.close()
        below.close()
    assert files[0] == files[1]
