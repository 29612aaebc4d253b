"""Registration, authorization, evaluation: what happens when. source: legacy-timers"""

from __future__ import annotations

from itertools import pairwise

import pytest

from agent.cli.views.legacy_status import status, summary
from agent.cli.views.legacy_view import view_of
from agent.cli.views.licensing import Calendar
from agent.core.clock import DAY, HOUR, MINUTE, SECOND
from agent.core.dates import Zone
from agent.engine.events import (
    Booted,
    ClockChanged,
    FactoryResetAsked,
    Failure,
    SyncAsked,
)
from agent.engine.legacy.events import DeregistrationAsked, RenewalAsked
from agent.engine.legacy.machine import ALREADY, IN_PROGRESS, NOT_SUPPORTED
from agent.engine.machine import SmartAgent, new_state
from counterparts import smart_licensing
from tests.legacy.product import FIRST, NOON, Product

AUTH = NOON + FIRST


def test_a_product_that_uses_something_starts_its_evaluation():
    product = Product().boot()
    assert product.legacy.authorization == "No Licenses in Use"
    assert product.agent.next_deadline() is None
    product.use()
    assert product.legacy.authorization == "EVAL MODE"
    assert product.legacy.registration == "UNREGISTERED"
    assert product.logged("EVAL_START") == [NOON]


def test_the_evaluation_counts_use_alone_and_is_never_filled_again():
    """source: legacy-timers (90 days of use, over reloads, not per licence)"""
    product = Product().boot().use()
    product.advance(30 * DAY).use(0).advance(100 * DAY)
    assert product.legacy.authorization == "No Licenses in Use"
    product.use(1, place=1).advance(10 * DAY)
    product.handle(Booted(product.config, (product.licence(1),)))
    product.advance(50 * DAY - SECOND)
    assert product.legacy.authorization == "EVAL MODE"
    product.advance(SECOND)
    assert product.legacy.authorization == "EVAL EXPIRED"
    product.use(0, place=1).use(1, place=1)
    assert product.legacy.authorization == "EVAL EXPIRED"
    assert product.handle(FactoryResetAsked()).legacy.authorization == "EVAL EXPIRED"


def test_a_factory_reset_lets_the_evaluation_go_on_to_its_end():
    product = Product().boot().use().advance(30 * DAY).handle(FactoryResetAsked())
    assert product.legacy.authorization == "EVAL MODE"
    product.advance(60 * DAY)
    assert product.logged("EVAL_EXPIRED")[0] == NOON + 90 * DAY


def test_the_evaluation_warns_on_its_days_and_at_last_hourly():
    """source: legacy-timers (60, 30, 21, 14, 7, then daily; the last day and afterwards hourly)"""
    product = Product().boot().use().advance(91 * DAY)
    left = [90 - (at - NOON) / DAY for at in product.logged("EVAL_WILL_EXPIRE_WARNING")]
    assert left[:11] == [60, 30, 21, 14, 7, 6, 5, 4, 3, 2, 1]
    hourly = product.logged("EVAL_WILL_EXPIRE_WARNING")[10:]
    assert [b - a for a, b in pairwise(hourly)] == [HOUR] * 23
    after = product.logged("EVAL_EXPIRED")
    assert [at - NOON for at in after] == [90 * DAY + n * HOUR for n in range(25)]


def test_a_registration_gives_an_identity_for_a_year_and_an_authorization_for_ninety_days():
    product = Product().boot().use().register()
    assert product.said == [IN_PROGRESS]
    legacy = product.legacy
    assert (legacy.registration, legacy.authorization) == ("REGISTERED", "AUTHORIZED")
    assert legacy.next_renewal == NOON + 180 * DAY
    assert legacy.registration_expires == NOON + 365 * DAY - 5 * MINUTE
    assert legacy.next_communication == AUTH + 30 * DAY
    assert legacy.communication_deadline == AUTH + 90 * DAY - 5 * MINUTE
    assert product.agent.state.account.smart_account == "Example Lab"
    assert product.logged("AGENT_REG_SUCCESS") == [NOON]
    assert product.logged("AUTH_RENEW_SUCCESS") == [AUTH]
    assert legacy.evaluation.since is None


def test_what_is_renewed_goes_on_for_years():
    product = Product().boot().use().register().advance(3 * 365 * DAY)
    legacy = product.legacy
    assert (legacy.registration, legacy.authorization) == ("REGISTERED", "AUTHORIZED")
    renewals = product.logged("ID_CERT_RENEW_SUCCESS")
    assert [at - NOON for at in renewals] == [180 * DAY * n for n in range(1, 7)]
    authorized = product.logged("AUTH_RENEW_SUCCESS")
    assert [at - AUTH for at in authorized] == [30 * DAY * n for n in range(37)]


def test_without_the_server_the_authorization_ends_at_its_deadline_and_the_identity_after_a_year():
    """source: legacy-states (30 days: renewals fail; 90: expired; a year: unregistered)"""
    product = Product().boot().use().register()
    product.fate = Failure.REFUSED
    product.advance(90 * DAY)
    assert product.legacy.authorization == "AUTHORIZATION EXPIRED"
    assert product.logged("AUTH_RENEW_FAILED")[0] == AUTH + 30 * DAY
    product.advance(274 * DAY)
    assert product.legacy.registration == "REGISTERED"
    product.advance(DAY)
    assert product.legacy.registration == "REGISTRATION EXPIRED"
    assert product.legacy.authorization == "EVAL MODE"
    assert product.logged("ID_CERT_EXPIRED") == [NOON + 365 * DAY - 5 * MINUTE]
    assert product.logged("EVAL_START") == [NOON, NOON + 365 * DAY - 5 * MINUTE]
    assert product.legacy.evaluation.used == 0


def test_out_of_compliance_asks_again_every_twelve_hours():
    """source: legacy-timers (02:20:30 to 14:20:30; the deadline stays 90 days off)"""
    product = Product().boot().use(2)
    tag = product.licence().entitlement_tag
    smart_licensing.purchase(product.cssm, tag, 1)
    product.register()
    legacy = product.legacy
    assert legacy.authorization == "OUT OF COMPLIANCE"
    assert legacy.next_communication == AUTH + 12 * HOUR
    assert legacy.communication_deadline == AUTH + 90 * DAY - 5 * MINUTE
    assert legacy.entitled[tag] == "OutOfCompliance"
    product.advance(DAY)
    assert len(product.logged("AUTH_RENEW_SUCCESS")) == 3
    assert len(product.logged("OUT_OF_COMPLIANCE")) == 1
    smart_licensing.purchase(product.cssm, tag, 2)
    product.advance(12 * HOUR)
    assert product.legacy.authorization == "AUTHORIZED"
    assert product.logged("IN_COMPLIANCE") == [AUTH + 36 * HOUR]


def test_what_is_covered_is_authorized_beside_what_is_not():
    product = Product().boot().use().use(place=1)
    smart_licensing.purchase(product.cssm, product.licence().entitlement_tag, 0)
    product.register()
    view = view_of(product.agent.state, product.profile, "4.9", Calendar(), product.now)
    rows = [line for line in summary(view).splitlines() if "(C9300-24" in line]
    assert [row.split("1 ")[-1] for row in rows] == ["OUT OF COMPLIANCE", "AUTHORIZED"]


def test_two_products_share_what_the_account_owns():
    first = Product().boot().use(1).register()
    second = Product(sn="FOC0000EMU2", cssm=first.cssm).boot().use(1)
    smart_licensing.purchase(first.cssm, first.licence().entitlement_tag, 1)
    second.register()
    assert second.legacy.authorization == "OUT OF COMPLIANCE"
    first.handle(DeregistrationAsked())
    second.handle(RenewalAsked())
    assert second.legacy.authorization == "AUTHORIZED"


def test_a_product_is_registered_once_unless_by_force():
    product = Product().boot().use().register().register()
    assert product.said[-1] == ALREADY
    product.register(force=True)
    assert product.said[-1] == IN_PROGRESS
    assert len(product.logged("AGENT_REG_SUCCESS")) == 2


@pytest.mark.parametrize(("token", "said"), [("none such", "not valid"), ("spent", "no uses left")])
def test_a_token_that_does_not_serve_leaves_the_product_unregistered(token, said):
    product = Product().boot().use()
    if token == "spent":
        token = product.portal.new_token(1, 1, "", NOON).token
        Product(sn="FOC0000EMU2", cssm=product.cssm).boot().register(token)
    product.register(token)
    assert product.legacy.registration == "UNREGISTERED - REGISTRATION FAILED"
    assert product.legacy.authorization == "EVAL MODE"
    assert said in product.legacy.initial_registration.failure
    assert product.logged("AGENT_REG_FAILED") == [NOON]
    product.register()
    assert product.legacy.registration == "REGISTERED"


def test_a_registration_that_finds_no_server_is_tried_again():
    product = Product().boot().use()
    product.fate = Failure.REFUSED
    product.register().advance(HOUR)
    assert product.legacy.registration == "REGISTERING - REGISTRATION IN PROGRESS"
    assert len(product.logged("AGENT_REG_FAILED")) == 5
    product.fate = None
    product.advance(15 * MINUTE)
    assert product.legacy.registration == "REGISTERED"


def test_deregistering_wipes_what_is_stored_even_where_the_server_is_away():
    """source: legacy-states"""
    product = Product().boot().use().register()
    product.fate = Failure.REFUSED
    product.handle(DeregistrationAsked())
    assert product.legacy.registration == "UNREGISTERED"
    assert product.legacy.authorization == "EVAL MODE"
    assert product.agent.state.account is None
    assert product.logged("AGENT_DEREG_FAILED") == [AUTH]


def test_a_clock_outside_of_the_identity_removes_it_after_an_hour():
    product = Product().boot().use().register()
    product.handle(ClockChanged(400 * DAY)).advance(HOUR - SECOND)
    assert product.legacy.registration == "REGISTERED"
    product.advance(SECOND)
    assert product.legacy.registration == "REGISTRATION EXPIRED"
    other = Product().boot().use().register()
    other.handle(ClockChanged(400 * DAY)).advance(MINUTE)
    other.handle(ClockChanged(0)).advance(HOUR)
    assert other.legacy.registration == "REGISTERED"


def printed_dates(product):
    """The dates of `show license status`, by their labels."""
    calendar = Calendar(Zone(), product.agent.state.clock_offset)
    view = view_of(product.agent.state, product.profile, "4.9", calendar, product.now)
    rows = (line.strip().partition(": ") for line in status(view).splitlines())
    return {label: text for label, _, text in rows if "UTC" in text}


def test_setting_the_clock_leaves_the_dates_and_moves_the_jobs():
    product = Product().boot().use().register().advance(DAY)
    before = printed_dates(product)
    assert before["Initial Registration"] == "SUCCEEDED on Oct 06 12:00:00 2026 UTC"
    product.handle(ClockChanged(10 * DAY))
    after = printed_dates(product)
    jobs = {"Next Renewal Attempt", "Next Communication Attempt"}
    assert before.keys() > jobs
    assert {label for label in before if after[label] != before[label]} == jobs
    # the ends are dates: they are ten days nearer now
    product.fate = Failure.REFUSED
    deadline = product.legacy.communication_deadline
    assert product.advance(80 * DAY).logged("AUTHORIZATION_EXPIRED") == [deadline]
    assert deadline == AUTH - 5 * MINUTE + 80 * DAY


def test_a_clock_beyond_the_deadline_ends_the_authorization_until_it_is_right_again():
    product = Product().boot().use().register()
    product.handle(ClockChanged(100 * DAY))
    assert product.legacy.authorization == "AUTHORIZATION EXPIRED"
    assert product.logged("AUTH_RENEW_FAILED") == [AUTH]  # the server does not hear such a clock
    product.advance(MINUTE).handle(ClockChanged(0))
    assert product.legacy.authorization == "AUTHORIZED"


def test_export_comes_with_the_token():
    product = Product().boot()
    token = product.token()
    smart_licensing.forbid_export(product.cssm, token)
    assert not product.register(token).legacy.export_allowed
    assert product.register(force=True).legacy.export_allowed


def test_a_reload_keeps_the_identity_and_asks_for_authorization():
    product = Product().boot().use().register().advance(DAY)
    expires = product.legacy.registration_expires
    product.boot(product.licence())
    assert product.legacy.registration_expires == expires
    assert product.logged("AUTH_RENEW_SUCCESS")[-1] == AUTH + DAY


def test_a_command_of_the_other_model_is_refused():
    assert Product().boot().handle(SyncAsked()).said == [NOT_SUPPORTED]


def test_the_same_inputs_give_the_same_state():
    product = Product().boot().use(2).register().advance(200 * DAY)
    product.handle(DeregistrationAsked())
    state = new_state(
        product.profile, product.release, product.agent.state.members, "seed", product.cssm.anchors
    )
    again = SmartAgent(product.profile, product.release, state)
    for now, event in product.inputs:
        again.handle(event, now)
    assert again.state == product.agent.state
