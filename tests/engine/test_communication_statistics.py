"""`Communication Statistics` of all ten exchanges: a failure is counted, then what ends it."""

import pytest

from agent.cli.views import tech_view
from agent.cli.views.layout import layout_for
from agent.cli.views.licensing import Calendar, view_of
from agent.cli.views.tech_jobs import communication
from agent.core.clock import DAY, HOUR, MINUTE
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationReturned,
    Failure,
    LicenceRequest,
    SyncAsked,
    UsageChanged,
)
from agent.engine.records import Exchange
from agent.engine.statistics import statistics_of
from agent.protocol.messages import (
    CodesConfirmed,
    CodesReturned,
    CodesWanted,
    Hello,
    Poll,
    TelemetryReport,
    TrustAcknowledgement,
    TrustEstablishment,
    TrustSync,
    UsageReport,
)
from tests.engine.direct import Direct, cssm
from tests.engine.pair import Pair, at
from tests.engine.test_telemetry import controller

__all__ = ["cssm"]
BOOT = at("2026-10-01 08:00:00")


def direct(cssm, **script):
    pair = Direct(cssm).boot(BOOT).advance(BOOT + MINUTE)
    pair.use(**script)
    return pair


def trusted(cssm, **script):
    return direct(cssm, **script).trust().pass_time(2 * DAY)


def hello(cssm):
    return Pair().boot(BOOT), lambda pair: pair.pass_time(5 * MINUTE)


def trust_establishment(cssm):
    return direct(cssm), lambda pair: pair.trust() if not pair.sends else pair.pass_time(HOUR)


def trust_sync(cssm):
    def once(pair):
        pair.handle(_more_use(pair))
        pair.pass_time(HOUR)

    return trusted(cssm), once


def trust_acknowledgement(cssm):
    return trusted(cssm, trust_days=90).pass_time(57 * DAY), lambda pair: pair.pass_time(2 * DAY)


def usage(cssm):
    return trusted(cssm), lambda pair: pair.handle(SyncAsked())


def poll(cssm):
    def once(pair):
        pair.handle(SyncAsked())
        pair.pass_time(HOUR)

    return trusted(cssm), once


def request(cssm):
    return trusted(cssm), lambda pair: pair.handle(AuthorizationAsked("hseck9"))


def confirmation(cssm):
    def once(pair):
        pair.handle(AuthorizationAsked("hseck9", add=False))

    return trusted(cssm), once


def give_back(cssm):
    def once(pair):
        pair.fate, fate = (lambda message, now: None), pair.fate
        pair.handle(AuthorizationAsked("hseck9"))
        pair.fate = fate
        pair.handle(AuthorizationReturned(online=True))

    return trusted(cssm), once


def telemetry(cssm):
    return controller(cssm, release="17.12.4"), lambda pair: pair.pass_time(DAY)


def _more_use(pair):
    (first, *_) = pair.licences
    count = 1 + pair.state.usage[first.entitlement_tag].count
    return UsageChanged(LicenceRequest(first.feature, first.entitlement_tag, count))


ROWS = {
    Exchange.TRUST_ESTABLISHMENT: (trust_establishment, TrustEstablishment),
    Exchange.TRUST_ACKNOWLEDGEMENT: (trust_acknowledgement, TrustAcknowledgement),
    Exchange.USAGE_REPORTING: (usage, UsageReport),
    Exchange.RESULT_POLLING: (poll, Poll),
    Exchange.AUTHORIZATION_REQUEST: (request, CodesWanted),
    Exchange.AUTHORIZATION_CONFIRMATION: (confirmation, CodesConfirmed),
    Exchange.AUTHORIZATION_RETURN: (give_back, CodesReturned),
    Exchange.TRUST_SYNC: (trust_sync, TrustSync),
    Exchange.HELLO_MESSAGE: (hello, Hello),
    Exchange.TELEMETRY_REPORTING: (telemetry, TelemetryReport),
}


def printed(pair, exchange):
    """The five lines of an exchange."""
    view = view_of(pair.state, pair.profile, pair.release.agent_version, Calendar())
    whole = tech_view.view_of(view, pair.state, pair.profile, pair.release, pair.now)
    lines = communication(whole, layout_for(pair.release, pair.profile.kind))
    first = lines.index(f"{exchange.value}:") + 1
    return lines[first : first + 5]


@pytest.mark.parametrize("exchange", Exchange, ids=lambda exchange: exchange.name.lower())
def test_failures_in_a_row_are_counted_and_end_with_a_success(exchange, cssm):
    make, message = ROWS[exchange]
    pair, once = make(cssm)
    before = statistics_of(pair.state, exchange)
    pair.fate = lambda sent, now: Failure.REFUSED if isinstance(sent, message) else None
    once(pair)
    failed = statistics_of(pair.state, exchange)
    assert failed.fail > before.fail and failed.success == before.success
    assert failed.total == failed.success + failed.fail
    assert failed.ongoing_overall == failed.ongoing_communication == failed.fail - before.fail
    assert (failed.last_response, failed.last_failure) == ("NO REPLY", failed.last_response_time)
    pair.fate = lambda sent, now: None
    once(pair)
    pair.pass_time(HOUR)
    good = statistics_of(pair.state, exchange)
    assert good.success > failed.success
    assert (good.ongoing_overall, good.ongoing_communication) == (0, 0)
    assert good.last_response in ("OK", "OK_POLL")
    assert good.last_failure == failed.last_failure
    first, second, *_ = printed(pair, exchange)
    assert first == (
        f"  Attempts: Total={good.total}, Success={good.success}, Fail={good.fail}  "
        "Ongoing Failure: Overall=0 Communication=0"
    )
    assert second.startswith(f"  Last Response: {good.last_response} on ")


def test_every_exchange_is_here():
    assert ROWS.keys() == set(Exchange)
