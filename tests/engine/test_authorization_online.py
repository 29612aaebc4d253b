"""Authorization codes by connection: to CSSM itself and through a CSLU, granted and refused."""

from dataclasses import replace

import pytest

from agent.core.clock import DAY, HOUR, MINUTE
from agent.engine.config import Transport
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationReturned,
    Failure,
    LicenceRequest,
    Scope,
    UsageChanged,
)
from agent.engine.records import Exchange
from agent.engine.statistics import statistics_of
from agent.protocol.codec_authorization import confirmation_code
from agent.protocol.messages import CodesConfirmed, CodesReturned, CodesWanted, UsageReport
from counterparts.authorizations import granted, owned
from counterparts.scripts import read_script
from tests.engine.direct import Direct, cssm
from tests.engine.pair import UDI, Pair, Server, at
from tests.engine.test_with_counterparts import Linked, servers

__all__ = ["cssm", "servers"]

BOOT = at("2026-10-01 08:00:00")
HSEC = "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2"
INSTALLED = "SMART_LIC.AUTHORIZATION_INSTALL_SUCCESS"
FAILED = "SMART_LIC.AUTHORIZATION_INSTALL_FAILED"
REMOVED = "SMART_LIC.AUTHORIZATION_REMOVED"


@pytest.fixture
def direct(cssm):
    """A trusted device on transport smart, a day old."""
    return Direct(cssm).boot(BOOT).advance(BOOT + MINUTE).trust().advance(BOOT + DAY)


def counts(pair, exchange):
    found = statistics_of(pair.state, exchange)
    return found.total, found.success, found.fail


def code(pair):
    return pair.state.authorizations.get(UDI.short)


def test_cssm_grants_a_code_and_hears_that_it_is_installed(direct):
    direct.handle(AuthorizationAsked("hseck9"))
    assert direct.texts == []
    assert direct.times(INSTALLED) == [direct.now]
    assert [licence.tag for licence in code(direct).data.licences] == [HSEC]
    assert counts(direct, Exchange.AUTHORIZATION_REQUEST)[1] >= 1
    assert counts(direct, Exchange.AUTHORIZATION_CONFIRMATION) == (1, 1, 0)
    ((_, told),) = direct.sent(CodesConfirmed)
    expected = confirmation_code("", code(direct).data.correlation_id, UDI)
    assert (
        [unit.confirm_code for unit in told.units] == [expected] == [code(direct).confirmation_code]
    )
    assert direct.state.authorization_requests == {}
    assert direct.state.history.messages["Authorization Request"][-1].response == "OK"


def test_a_code_that_takes_anothers_place_is_confirmed_with_both(direct):
    direct.handle(AuthorizationAsked("hseck9"))
    before = code(direct).data.correlation_id
    direct.pass_time(HOUR)
    direct.handle(AuthorizationAsked("hseck9", add=False))
    after = code(direct).data.correlation_id
    assert code(direct).confirmation_code == confirmation_code(before, after, UDI)
    assert counts(direct, Exchange.AUTHORIZATION_CONFIRMATION) == (2, 2, 0)


def test_what_waited_for_the_code_is_used_when_it_comes(direct):
    direct.handle(UsageChanged(LicenceRequest("hseck9", HSEC, 1)))
    assert HSEC not in direct.state.usage
    direct.handle(AuthorizationAsked("hseck9"))
    assert direct.state.usage[HSEC].count == 1


def test_the_account_grants_no_more_than_it_owns(direct, cssm):
    direct.portal.own("hseck9", 0)
    direct.handle(AuthorizationAsked("hseck9"))
    ((_, _, fields),) = [log for log in direct.logs if log[1] == FAILED]
    assert fields["reason"] == "LS_INSUFFICIENT_LICENSES: 1 hseck9 wanted, 0 of 0 left"
    assert code(direct) is None and not direct.state.authorizing.asked
    assert direct.state.authorization_requests  # it can still be saved to a file
    direct.portal.own("hseck9", 1)
    direct.handle(AuthorizationAsked("hseck9"))
    assert code(direct) is not None
    with cssm.records.transaction():
        assert (owned(cssm)["hseck9"], granted(cssm, "hseck9")) == (1, 1)


def test_a_code_goes_back_in_one_attempt(direct, cssm):
    direct.handle(AuthorizationAsked("hseck9"))
    direct.handle(AuthorizationReturned(Scope.LOCAL, online=True))
    assert code(direct) is None and direct.times(REMOVED) == [direct.now]
    assert direct.texts[-1].startswith("Enter this return code in Cisco Smart Software Manager")
    assert counts(direct, Exchange.AUTHORIZATION_RETURN) == (1, 1, 0)
    with cssm.records.transaction():
        assert granted(cssm, "hseck9") == 0


def test_a_return_that_fails_is_not_tried_again(direct):
    direct.handle(AuthorizationAsked("hseck9"))
    direct.fate = lambda message, now: Failure.REFUSED
    direct.handle(AuthorizationReturned(Scope.LOCAL, online=True))
    direct.fate = lambda message, now: None
    direct.pass_time(3 * DAY)
    assert counts(direct, Exchange.AUTHORIZATION_RETURN) == (1, 0, 1)
    assert len(direct.sent(CodesReturned)) == 1
    assert direct.state.last_return_codes[UDI.short] in direct.texts[-1]


def test_a_code_in_use_stays_and_nothing_is_sent(direct):
    direct.handle(AuthorizationAsked("hseck9"))
    direct.handle(UsageChanged(LicenceRequest("hseck9", HSEC, 1)))
    direct.handle(AuthorizationReturned(Scope.ALL, online=True))
    assert "hseck9 is in use" in direct.texts[-1]
    assert code(direct) is not None and not direct.sent(CodesReturned)


def test_a_request_nobody_answers_fails_once(direct):
    direct.fate = lambda message, now: Failure.REFUSED
    direct.handle(AuthorizationAsked("hseck9"))
    ((_, _, fields),) = [log for log in direct.logs if log[1] == FAILED]
    assert fields["reason"] == "Communications failure"
    assert direct.times("SMART_LIC.COMM_FAILED")
    direct.fate = lambda message, now: None
    direct.pass_time(2 * DAY)
    assert len(direct.sent(CodesWanted)) == 1 and code(direct) is None


def test_a_cslu_carries_the_request_the_code_and_its_return(servers):
    pair = Linked(*servers).boot(BOOT).advance(BOOT + HOUR)
    pair.handle(AuthorizationAsked("hseck9"))
    assert code(pair) is None and pair.state.authorizing.poll_id
    pair.pass_time(5 * MINUTE)
    assert pair.times(INSTALLED) and not pair.state.authorizing.poll_id
    assert counts(pair, Exchange.AUTHORIZATION_CONFIRMATION) == (1, 1, 0)
    pair.handle(AuthorizationReturned(Scope.LOCAL, online=True))
    pair.pass_time(HOUR)
    assert code(pair) is None and len(pair.times(REMOVED)) == 1
    with servers[1].records.transaction():
        assert granted(servers[1], "hseck9") == 0


def test_a_code_of_a_server_whose_clock_is_two_hours_ahead_is_refused(servers):
    pair = Linked(*servers).boot(BOOT).advance(BOOT + HOUR)
    servers[1].script = read_script("skew=7200")
    pair.handle(AuthorizationAsked("hseck9"))
    pair.pass_time(5 * MINUTE)
    assert code(pair) is None and not pair.times(INSTALLED)
    assert "timestamp mismatch" in str([log for log in pair.logs if log[1] == FAILED])


def test_what_cssm_refuses_comes_back_through_the_cslu(servers):
    pair = Linked(*servers).boot(BOOT).advance(BOOT + HOUR)
    with servers[1].records.transaction():
        servers[1].records.set_setting("owned hseck9", "0")
    pair.handle(AuthorizationAsked("hseck9"))
    pair.pass_time(5 * MINUTE)
    ((_, _, fields),) = [log for log in pair.logs if log[1] == FAILED]
    assert fields["reason"].startswith("LS_INSUFFICIENT_LICENSES")


def test_an_on_prem_of_before_usage_reporting_gets_none(servers):
    """It says so once; when it is upgraded, the report goes out."""
    servers[0].core.script = replace(servers[0].core.script, down_rev=True)
    pair = Linked(*servers).boot(BOOT).advance(BOOT + 5 * HOUR)
    assert len(pair.times("SMART_LIC.REPORTING_NOT_SUPPORTED")) == 1
    assert not pair.sent(UsageReport) and pair.state.peer is not None
    servers[0].core.script = replace(servers[0].core.script, down_rev=False)
    pair.pass_time(DAY)
    assert pair.sent(UsageReport) and pair.usage_reporting.last_ack_received


def test_without_a_cslu_the_request_fails_and_can_be_saved():
    pair = Pair(Server()).boot(BOOT).advance(BOOT + HOUR)
    pair.fate = lambda message, now: Failure.UNRESOLVED
    pair.handle(AuthorizationAsked("hseck9"))
    pair.pass_time(MINUTE)
    assert len(pair.times(FAILED)) == 1
    assert pair.state.authorization_requests
    assert not pair.sent(CodesWanted)


def test_without_a_transport_the_return_is_refused(direct):
    direct.handle(AuthorizationAsked("hseck9"))
    direct.configure(transport=Transport.OFF)
    direct.handle(AuthorizationReturned(Scope.LOCAL, online=True))
    assert direct.texts[-1] == "The transport type needed is not configured"
    assert code(direct) is not None
