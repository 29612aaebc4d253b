"""Authorization codes by files, with the real CSSM at the other end of the walk."""

import pytest

from agent.core.clock import DAY, HOUR
from agent.core.errors import InputError
from agent.core.identity import Udi
from agent.device.boot import licences_in_use
from agent.engine.actions import WriteFile
from agent.engine.config import LicenseConfig, Transport
from agent.engine.events import (
    AuthorizationAsked,
    AuthorizationRequestSaved,
    AuthorizationReturned,
    FileImported,
    LicenceRequest,
    Scope,
    UnitsChanged,
    UsageChanged,
    UsageSaved,
)
from agent.engine.records import RumState
from agent.protocol import codec
from agent.protocol.codec_authorization import confirmation_code, return_code, return_code_fits
from agent.protocol.messages import LicenseClass
from tests.engine.direct import Direct, cssm
from tests.engine.pair import PID, UDI, at

__all__ = ["cssm"]

BOOT = at("2026-10-06 08:00:00")
HSEC = "regid.2021-05.com.cisco.C9K_HSEC,1.0_90fdf411-3823-45bd-bd8c-5a5d0e0e1ea2"
TWO = Udi(PID, "FOC0000EMU2")
INSTALLED = "SMART_LIC.AUTHORIZATION_INSTALL_SUCCESS"
REFUSED = "SMART_LIC.AUTHORIZATION_INSTALL_FAILED"
REMOVED = "SMART_LIC.AUTHORIZATION_REMOVED"


class Walked(Direct):
    """A device without a wire; its files are carried to CSSM and back."""

    def __init__(self, cssm, **changes):
        super().__init__(cssm, config=LicenseConfig(transport=Transport.OFF), **changes)
        self.files = {}

    def handle(self, event, now=None):
        self.now = self.now if now is None else now
        self.texts = []
        for action in self.agent.handle(event, self.now):
            match action:
                case WriteFile(path, data):
                    self.files[path] = data
                case _ if hasattr(action, "text"):
                    self.texts.append(action.text)
                case _ if hasattr(action, "mnemonic"):
                    self.logs.append((self.now, action.mnemonic, dict(action.fields)))

    def known(self):
        """Make CSSM's signer known: trust by a file."""
        self.handle(UsageSaved("u"))
        self.carry("u")
        return self

    def carry(self, path):
        """Upload a file, fetch the ACK, import it."""
        self.portal.upload(self.files[path], self.now)
        self.pass_time(5000)
        text = self.portal.ack(None, self.now)
        self.handle(FileImported(text))
        return text

    def request(self, feature="hseck9", **asked):
        self.handle(AuthorizationAsked(feature, **asked))
        if not self.texts:
            self.handle(AuthorizationRequestSaved("slac"))
        return self


@pytest.fixture
def pair(cssm):
    return Walked(cssm).boot(BOOT).advance(BOOT + HOUR).known()


def test_a_request_is_saved_uploaded_and_its_code_installed(pair):
    pair.request()
    saved = codec.read_usage_file(pair.files["slac"])
    (asked,) = saved.authorization_requests
    assert (asked.udi, asked.keys) == (UDI, ((HSEC, 1),))
    assert (saved.sender.udi, saved.reports) == (UDI, ())
    text = pair.carry("slac")
    assert pair.texts == ["Import Data Successful"]
    assert "smartLicenseRumAck" not in text
    assert pair.times(INSTALLED) == [pair.now]
    code = pair.state.authorizations[UDI.short]
    assert [(licence.tag, licence.count) for licence in code.data.licences] == [(HSEC, 1)]
    assert (code.installed, code.confirmation_code) == (pair.now, "")
    assert code.data.smart_account == "Example Lab"
    assert pair.state.history.imports["AUTH"][-1].code == 0


def test_an_unknown_feature_or_nothing_asked_for_is_not_found(pair):
    pair.handle(AuthorizationAsked("cheese"))
    assert pair.texts == ["The requested item was not found"]
    pair.handle(AuthorizationRequestSaved("slac"))
    assert pair.texts == ["The requested item was not found"]
    assert "slac" not in pair.files


def test_cssm_hands_out_codes_without_a_request_too(pair):
    pair.handle(FileImported(pair.portal.authorize(UDI, ["hseck9"], pair.now)))
    assert pair.texts == ["Import Data Successful"]
    assert UDI.short in pair.state.authorizations
    with pytest.raises(InputError, match="hseck9"):
        pair.portal.authorize(UDI, ["cheese"], pair.now)


def test_a_newer_code_takes_the_place_and_gives_a_confirmation_code(pair):
    pair.request().carry("slac")
    before = pair.state.authorizations[UDI.short].data
    pair.pass_time(DAY)
    pair.request().carry("slac")
    after = pair.state.authorizations[UDI.short]
    code = confirmation_code(before.correlation_id, after.data.correlation_id, UDI)
    assert after.confirmation_code == code
    line = f"Last Confirmation code UDI: {UDI}    Confirmation code: {code}"
    assert pair.texts == [f"Import Data Successful\n{line}"]


def test_an_older_code_is_refused(pair):
    old = pair.portal.authorize(UDI, ["hseck9"], pair.now)
    pair.pass_time(DAY)
    pair.request().carry("slac")
    before = pair.state.authorizations[UDI.short]
    pair.handle(FileImported(old))
    assert pair.texts == ["Import Data Failed: a newer authorization code is installed"]
    assert pair.state.authorizations[UDI.short] == before
    assert pair.times(REFUSED) == [pair.now]


def test_the_same_code_again_changes_nothing(pair):
    pair.request()
    text = pair.carry("slac")
    pair.handle(FileImported(text))
    assert pair.texts == ["Import Data Successful"]
    assert len(pair.times(INSTALLED)) == 1


def test_a_code_of_another_device_is_refused(pair):
    pair.handle(FileImported(pair.portal.authorize(TWO, ["hseck9"], pair.now)))
    assert pair.texts[0].startswith("Import Data Failed: ")
    assert pair.state.authorizations == {}
    assert len(pair.times(REFUSED)) == 1


@pytest.mark.parametrize(
    ("old", "new"), [("<count>1<", "<count>9<"), ("<dateStamp>2", "<dateStamp>3")]
)
def test_a_changed_code_does_not_verify(pair, old, new):
    text = pair.portal.authorize(UDI, ["hseck9"], pair.now)
    assert old in text
    pair.handle(FileImported(text.replace(old, new, 1)))
    assert pair.state.authorizations == {}
    assert pair.texts == ["Import Data Failed: the signature does not verify"]


def test_a_code_that_cannot_be_read_leaves_the_rest_usable(pair):
    text = pair.portal.authorize(UDI, ["hseck9"], pair.now).replace("<flag>A</flag>", "", 1)
    pair.handle(FileImported(text))
    assert pair.texts == ["Import Data Failed: the section cannot be read"]
    assert pair.state.authorizations == {}


# --- the return -------------------------------------------------------------------------------


def test_a_code_is_returned_with_a_return_code_that_cssm_takes(pair):
    pair.request().carry("slac")
    stamp = pair.state.authorizations[UDI.short].data.date_stamp
    text = pair.portal.ack(None, pair.now)
    pair.handle(AuthorizationReturned(Scope.LOCAL, "return"))
    assert pair.state.authorizations == {}
    assert pair.times(REMOVED) == [pair.now]
    head, udi, code = pair.texts[0].splitlines()
    assert head == "Enter this return code in Cisco Smart Software Manager portal:"
    assert udi == f"UDI: {UDI}"
    returned = code.removeprefix("    Return code: ")
    # as the one that is published: CEL7AU-... of eight groups of six and one of three
    assert [len(group) for group in returned.split("-")] == [6] * 8 + [3]
    assert returned.startswith("C")
    assert return_code_fits(returned, UDI, stamp)
    assert not return_code_fits(returned, UDI, "another day")
    assert not return_code_fits(returned, Udi(UDI.pid, "FOC0000EMU9"), stamp)
    assert pair.state.last_return_codes == {UDI.short: returned}
    pair.carry("return")
    assert pair.texts == ["Import Data Successful"]
    pair.handle(FileImported(text))
    assert pair.texts == ["Import Data Failed: the authorization code was returned"]
    with pytest.raises(InputError, match="not that of the code in force"):
        pair.portal.upload(pair.files["return"], pair.now)


def test_without_a_code_there_is_nothing_to_return(pair):
    pair.handle(AuthorizationReturned())
    assert pair.texts == ["No reservation authorization code installed in device"]


def test_a_code_in_use_is_not_returned(pair):
    pair.request().carry("slac")
    pair.handle(UsageChanged(LicenceRequest("hseck9", HSEC, 1)))
    assert pair.state.usage[HSEC].licence_class is LicenseClass.EXPORT
    pair.handle(AuthorizationReturned(Scope.LOCAL, "return"))
    assert pair.texts == ["The authorization code cannot be returned: hseck9 is in use"]
    assert UDI.short in pair.state.authorizations
    assert "return" not in pair.files
    pair.handle(UsageChanged(LicenceRequest("hseck9", HSEC, 0)))
    pair.handle(AuthorizationReturned())
    assert pair.state.authorizations == {}


def test_an_enforced_licence_is_not_used_without_a_code(pair):
    pair.handle(UsageChanged(LicenceRequest("hseck9", HSEC, 1)))
    assert HSEC not in pair.state.usage
    assert not [r for r in pair.state.reports.values() if r.entitlement_tag == HSEC]
    pair.request().carry("slac")
    pair.handle(UsageChanged(LicenceRequest("hseck9", HSEC, 1)))
    chain = [r for r in pair.state.reports.values() if r.entitlement_tag == HSEC]
    assert [report.state for report in chain] == [RumState.OPEN]


@pytest.mark.parametrize(
    "code",
    [
        "",
        "C1-l0",
        "11111",
        "CEL7AU-RaGyRi-dGWrct",
        "z" * 500,
        "C" + "z" * 50,
        return_code(UDI, "2026-10-01T08:00:00", b"12345678")[:-1] + "l",
    ],
)
def test_a_return_code_that_is_none(code):
    with pytest.raises(codec.MessageError):
        return_code_fits(code, UDI, "2026-10-01T08:00:00")


# --- sets of units ----------------------------------------------------------------------------


def test_all_units_of_a_stack_ask_in_one_file(pair):
    units = (UDI, TWO)
    licences = licences_in_use(pair.profile, units, pair.profile.default_level, "", 0)
    pair.handle(UnitsChanged(units, licences))
    pair.request(scope=Scope.ALL)
    saved = codec.read_usage_file(pair.files["slac"])
    assert [asked.udi for asked in saved.authorization_requests] == [UDI, TWO]
    pair.carry("slac")
    assert len(pair.times(INSTALLED)) == 2
    assert set(pair.state.authorizations) == {UDI.short, TWO.short}
    pair.handle(AuthorizationReturned(Scope.ALL))
    assert pair.texts[0].count("Return code: ") == 2
