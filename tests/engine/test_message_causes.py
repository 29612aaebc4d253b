"""Messages of the agent that once only `emulator fault` wrote, each by what really causes it."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, MINUTE
from agent.core.identity import Udi
from agent.engine.application_ha import ApplicationHa, ApplicationPeer
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import (
    ApplicationRoleChanged,
    Booted,
    DevelopmentCertificates,
    Failure,
    LicenceRequest,
    SwitchedOver,
    SyncAsked,
    TimeReached,
    UsageChanged,
)
from agent.engine.records import RumState
from counterparts.pki import make_authority
from tests.engine.direct import Direct, cssm
from tests.engine.pair import AUTHORITY, Pair, Server, at, settled
from tests.legacy.product import Product

__all__ = ["cssm"]
BOOT = at("2026-10-01 08:00:00")


def logged(pair):
    return [name.removeprefix("SMART_LIC.") for _, name, _ in pair.logs]


@pytest.mark.parametrize(("development", "which"), [(False, "PROD"), (True, "DEV")])
def test_a_certificate_of_another_root(development, which):
    pair = Pair(Server())
    pair.state.anchors = (AUTHORITY.signer_cert,)
    pair.server.authority = make_authority("another lab")
    pair.handle(DevelopmentCertificates(development), BOOT)
    pair.boot(BOOT).pass_time(HOUR)
    assert f"ROOT_CERT_MISMATCH_{which}" in logged(pair)
    assert not pair.state.trust


def test_access_points_have_to_join_again_after_a_start():
    pair = Pair(pid="C9800-CL-K9", licences=()).boot(BOOT).pass_time(HOUR)
    (request,) = pair.requests("air-network-advantage", count=2)
    access_points = (Udi("AP", "1"), Udi("AP", "2"))
    pair.handle(UsageChanged(request, added=access_points))
    pair.handle(Booted(pair.config, ()))
    assert logged(pair).count("END_POINT_RESET") == 1
    pair.handle(Booted(pair.config, ()))
    assert logged(pair).count("END_POINT_RESET") == 1  # nobody was there any more


def test_a_switchover_with_nobody_to_take_over():
    pair = settled()
    before = pair.state.members
    pair.handle(SwitchedOver(pair.licences))
    (fields,) = [f for _, name, f in pair.logs if name == "SMART_LIC.INVALID_ROLE_STATE"]
    assert fields == {"current": "Active", "new": "Standby"}
    assert pair.state.members == before


def test_an_application_that_registers_the_same_peer_twice():
    pair = Pair(pid="C8000V", licences=()).boot(BOOT)
    peer = ApplicationPeer("Standby", "cube2", Udi("C8000V", "9EMU2"))
    pair.handle(ApplicationRoleChanged(ApplicationHa("Active", peer=peer)))
    assert "APPHA_DUPLICATE_PEER" not in logged(pair)
    pair.handle(ApplicationRoleChanged(ApplicationHa("Active", peer=peer)))
    assert "APPHA_DUPLICATE_PEER" in logged(pair)
    other = replace(peer, udi=Udi("C8000V", "9EMU3"))
    pair.logs.clear()
    pair.handle(ApplicationRoleChanged(ApplicationHa("Active", peer=other)))
    assert "APPHA_DUPLICATE_PEER" not in logged(pair)


def test_a_unit_without_a_serial_number():
    pair = Pair()
    pair.state.members = (replace(pair.state.members[0], udi=Udi("C9300-24T", "")),)
    pair.boot(BOOT)
    (fields,) = [f for _, name, f in pair.logs if name == "SMART_LIC.PLATFORM_ERROR"]
    assert "udi_sn is empty" in fields["reason"]


def many_reports(release, number):
    pair = Pair(release=release, config=LicenseConfig(transport=Transport.OFF))
    pair.boot(BOOT).pass_time(HOUR)
    tag = pair.licences[0].entitlement_tag
    for step in range(number):
        pair.handle(UsageChanged(LicenceRequest("network-advantage", tag, 2 - step % 2)), pair.now)
        pair.now += MINUTE
    return pair


@pytest.mark.parametrize(
    ("release", "bounded"),
    [("17.3.2a", False), ("17.3.6", False), ("17.6.4", False), ("17.7.1", False), ("17.9.1", True)],
)
def test_reports_pile_up_on_older_releases_until_the_agent_is_unhealthy(release, bounded):
    pair = many_reports(release, 1010)
    kept = [r for r in pair.state.reports.values() if r.state is RumState.CLOSED and r.signed]
    assert (len(kept) <= 300) is bounded
    assert (pair.state.counters.purged > 0) is bounded
    assert logged(pair).count("UNHEALTHY") == (0 if bounded else 1)


def utility(cssm, **changes):
    pair = Direct(cssm, **changes)
    pair.use(trust_days=90)
    pair.boot(BOOT).advance(BOOT + 10 * MINUTE)
    pair.configure(utility=True)
    return pair.trust()


def test_utility_without_its_renewal_and_then_without_its_certificate(cssm):
    pair = utility(cssm)
    pair.pass_time(59 * DAY)
    pair.fate = lambda message, now: Failure.REFUSED
    assert "UTILITY_RENEW_FAILED" not in logged(pair)
    pair.pass_time(2 * DAY)
    assert "UTILITY_RENEW_FAILED" in logged(pair)
    assert "UTILITY_CERT_EXPIRED" not in logged(pair)
    pair.handle(TimeReached(), pair.now + 40 * DAY)
    assert logged(pair).count("UTILITY_CERT_EXPIRED") == 1


def test_utility_whose_server_has_no_name():
    pair = settled()
    pair.configure(utility=True)
    pair.fate = lambda message, now: Failure.UNRESOLVED
    pair.handle(SyncAsked())
    pair.pass_time(3 * HOUR)
    assert logged(pair).count("UTILITY_FQDN_ERROR") == 1
    assert logged(pair).count("COMM_FAILED") > 1


def test_a_cucm_names_its_renewals_as_old_agents_do():
    product = Product(pid="UCM", sn="cc920", release="12.0.1").boot()
    product.use().register().advance(10 * MINUTE)
    names = {name for _, name, _ in product.logs}
    assert "ENTITLEMENT_RENEW_SUCCESS" in names
    product.fate = Failure.REFUSED
    product.advance(40 * DAY)
    names = {name for _, name, _ in product.logs}
    assert "ENTITLEMENT_RENEW_FAILED" in names
    assert not names & {"AUTH_RENEW_SUCCESS", "AUTH_RENEW_FAILED"}
