"""Captures from before SLP: a product is brought into the state each shows, by its own engine.

What a capture alone knows is given: the instants of registration and authorization, and how far the
server's clock was off. Renewals, expiry and deadlines follow from the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from agent.cli.views import legacy_status
from agent.cli.views.legacy_view import view_of
from agent.cli.views.licensing import Calendar
from agent.core.clock import SECOND
from agent.engine.config import LicenseConfig
from counterparts import smart_licensing
from counterparts.account import SmartAccount
from counterparts.cssm import Cssm, CssmSettings
from counterparts.records import IN_MEMORY, SqlCssmRecords
from tests.legacy.product import Product

RENDER = {"all": legacy_status.all_of_it, "status": legacy_status.status}


def at(text: str) -> int:
    return int(datetime.strptime(text, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC).timestamp()) * 1000


@dataclass(frozen=True)
class Capture:
    """`skews` are those of the server's clock at registration and authorization, in seconds;
    `wait` is how much longer than usual the authorization took; `exempt` are (ours, theirs)."""

    file: str
    account: str
    virtual: str
    registered: str
    skews: tuple[int, int]
    wait: int = 0
    uses: int = 0
    owned: int = 1
    exempt: tuple[tuple[str, str], ...] = ()


CAPTURES = (
    Capture(
        "show-license-all__csr1000v-16.12i__legacy-smart-licensing-registered.txt",
        "Cisco Systems, TAC",
        "RADKit-LMM-NA",
        "Mar 13 08:09:24 2024",
        (33, 34),
        exempt=(("  Virtual Account", "Virtual Account"),),  # the publisher lost the indent
    ),
    Capture(
        "show-license-status__csr1000v-16.12i__legacy-registered.txt",
        "Cisco Systems, TAC",
        "RADKit-LMM-NA",
        "Mar 13 08:09:24 2024",
        (33, 34),
        # the same device as above, read at another moment: what is left was rounded down
        exempt=(("Sep 09 08:09:24", "Sep 09 08:09:23"), ("08:04:57 2025", "08:04:56 2025")),
    ),
    Capture(
        "show-license-status__csr1000v-16.12i__legacy-out-of-compliance.txt",
        "ACME Corporation",
        "Wile E. Coyote",
        "Aug 22 18:58:03 2022",
        (-14, 9),
        wait=10,
        uses=2,
    ),
)


def brought_there(capture: Capture) -> Product:
    account = SmartAccount(capture.account, 1, "example.com", capture.virtual, 2)
    settings = CssmSettings(account=account)
    cssm = Cssm(SqlCssmRecords(IN_MEMORY), settings, "captures")
    product = Product("CSR1000V", "9NZ7O74FICQ", "16.12.4", cssm, LicenseConfig())
    product.now = at(capture.registered)
    product.boot()
    if capture.uses:
        product.use(capture.uses)
        smart_licensing.purchase(cssm, product.licence().entitlement_tag, capture.owned)
    token = product.token()
    product.skew = capture.skews[0] * SECOND
    product.enter(token)
    product.skew, product.delay = capture.skews[1] * SECOND, capture.wait * SECOND
    product.settle()
    return product


@pytest.mark.golden
@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.file)
def test_a_capture_from_before_slp_is_equal(capture: Capture, golden) -> None:
    product = brought_there(capture)
    release, state = product.release, product.agent.state
    view = view_of(state, product.profile, release.agent_version, Calendar(), product.now)
    printed = RENDER[capture.file.split("__")[0].removeprefix("show-license-")](view)
    for ours, theirs in capture.exempt:
        assert printed.count(ours) == 1, f"nothing to exempt: {ours}"
        printed = printed.replace(ours, theirs)
    lines = (golden / capture.file).read_text().split("\n")
    shown = [line if line.strip() else "" for line in lines if not line.startswith("c1000v-5#")]
    assert printed.rstrip("\n").split("\n") == "\n".join(shown).rstrip("\n").split("\n")
