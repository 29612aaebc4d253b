"""What an operator does at CSSM: a device's own file and its ACK, policies, tokens."""

from __future__ import annotations

import pytest

from agent.core.clock import DAY, SECOND
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.protocol import codec
from agent.protocol.codec import UsageFile, read_licence_file, write_usage_file
from agent.protocol.messages import AckStatus, AuthorizationRequest
from counterparts.portal import Portal
from counterparts.records import SqlCssmRecords
from counterparts.scripts import AckFault, Script
from tests.counterparts.agent_like import START, AgentLike

HSEC = "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2"
READY = START + 5 * SECOND


@pytest.fixture
def portal(cssm):
    return Portal(cssm)


def saved(device, *reports, asks_trust=False, says_who=True, codes=()):
    usage = device.usage(START, *reports, asks_trust=asks_trust)
    return write_usage_file(
        UsageFile(
            reports=usage.usage,
            sender=usage.sender if says_who else None,
            timestamp=START,
            nonce=usage.nonce,
            trust_requests=usage.trust_requests,
            trust_signature=usage.trust_signature,
            authorization_requests=codes,
        )
    )


def test_a_devices_own_file_is_acknowledged(portal):
    device = AgentLike()
    portal.upload(saved(device, device.report(7), device.report(8), asks_trust=True), START)
    found = read_licence_file(portal.ack(None, READY))
    (ack,) = found.ack.data
    assert [(r.report_id, r.status) for r in ack.reports] == [
        (7, AckStatus.ACK),
        (8, AckStatus.ACK),
    ]
    assert found.policy.data.name == "Lab Policy"
    assert [code.udi for code in found.trust.data] == [device.udi]


@pytest.mark.parametrize("owned", [1, 0])
def test_reports_are_taken_whatever_becomes_of_the_codes_asked_for_with_them(portal, owned):
    device = AgentLike()
    portal.own("hseck9", owned)
    codes = (AuthorizationRequest(device.udi, ((HSEC, 1),)),)
    portal.upload(saved(device, device.report(7), codes=codes), START)
    found = read_licence_file(portal.ack(device.udi, READY))
    assert [report.status for ack in found.ack.data for report in ack.reports] == [AckStatus.ACK]
    assert len(found.authorizations) == owned
    if not owned:
        with pytest.raises(InputError, match="LS_INSUFFICIENT_LICENSES"):
            portal.upload(saved(device, codes=codes), START)


def test_the_same_file_again_is_acknowledged_as_known(portal):
    device = AgentLike()
    text = saved(device, device.report(7))
    portal.upload(text, START)
    portal.upload(text, START)
    (ack,) = read_licence_file(portal.ack(device.udi, READY)).ack.data
    assert [r.status for r in ack.reports] == [AckStatus.DUPLICATE]


def test_a_payload_changed_on_the_way_is_refused(portal):
    device = AgentLike()
    text = saved(device, device.report(7)).replace('\\"value\\":\\"1\\"', '\\"value\\":\\"2\\"')
    portal.upload(text, START)
    (ack,) = read_licence_file(portal.ack(None, READY)).ack.data
    assert [(r.status, r.reason) for r in ack.reports] == [
        (AckStatus.REJECTED, "the signature does not fit")
    ]


def test_an_ack_is_there_when_cssm_has_worked_on_it(portal, cssm):
    device = AgentLike()
    with pytest.raises(InputError, match="nothing was uploaded for PID"):
        portal.ack(device.udi, START)
    portal.upload(saved(device, device.report(7)), START)
    with pytest.raises(InputError, match="pending; ask again in 2 seconds"):
        portal.ack(device.udi, START)
    cssm.script = Script(ack=AckFault.DROPPED)
    with pytest.raises(InputError, match="pending"):
        portal.ack(device.udi, READY)


def test_each_device_gets_its_own_ack(portal):
    one, other = AgentLike(), AgentLike("FOC0000EMU2")
    portal.upload(saved(one, one.report(7)), START)
    portal.upload(saved(other, other.report(9)), START)
    (ack,) = read_licence_file(portal.ack(one.udi, READY)).ack.data
    assert (ack.udi, [r.report_id for r in ack.reports]) == (one.udi, [7])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a usage file"),
        ("{}", "not a usage file"),
        ("<smartLicense></smartLicense>", "does not say which device"),
        ("<smartLicense><RUMReport>x</RUMReport></smartLicense>", "not JSON"),
        ("<smartLicensePolicy></smartLicensePolicy>", "is not a usage file"),
    ],
)
def test_a_file_that_is_none_is_refused(portal, text, why):
    with pytest.raises(InputError, match=why):
        portal.upload(text, START)


def test_a_policy_file_holds_the_policy_in_force(portal, cssm):
    portal.use_policy("SLE Policy", START)
    assert dict(portal.policies())["SLE Policy"] is True
    assert read_licence_file(portal.policy_file()).policy.data == cssm.policy


def test_tokens_are_told_apart_and_kept_in_order(portal):
    first = portal.new_token(7, 2, "lab", START)
    second = portal.new_token(30, 1, "", START + 1)
    assert first.token != second.token
    assert (first.expires, first.max_uses) == (START + 7 * DAY, 2)
    assert portal.tokens() == [first, second]
    assert portal.revoke_token(first.token, START + 5).expires == START + 5


@pytest.mark.parametrize(("days", "uses"), [(0, 1), (366, 1), (1, 0), (1, 101)])
def test_numbers_that_are_not_offered(portal, days, uses):
    with pytest.raises(InputError, match="1 to"):
        portal.new_token(days, uses, "", START)


def test_an_older_database_gets_the_tables_it_lacks(tmp_path):
    url = f"sqlite:///{tmp_path / 'cssm.sqlite'}"
    records = SqlCssmRecords(url)
    with records.transaction():
        records._connection.exec_driver_sql("DROP TABLE token")
        records.set_setting("mark", "kept")
    records.close()
    records = SqlCssmRecords(url)
    with records.transaction():
        assert records.tokens() == []
        assert records.setting("mark") == "kept"
        assert not records.seen_nonce(Udi("a", "b"), "1")
    records.close()


def test_reports_of_two_layouts_are_read(portal):
    device = AgentLike()
    old = codec.report_payload(device.content(5), version_2=False)
    report = codec.sign_report(old, device.udi, device.sender.software_tag, None)
    portal.upload(saved(device, report, device.report(6)), START)
    (ack,) = read_licence_file(portal.ack(None, READY)).ack.data
    assert [r.status for r in ack.reports] == [AckStatus.ACK, AckStatus.ACK]
