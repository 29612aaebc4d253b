"""What saves the running configuration, and the copies that are kept of it then."""

import pytest

from tests.cli.test_config_pki import enrolled
from tests.cli.test_handlers_system import NOW, session


@pytest.fixture
def opened():
    found = session()
    found.feed("configure terminal\rarchive\rpath flash:Own-conf\rend\r", NOW)
    return found


def names(opened):
    return [name for name in opened.device.files.entries if "-conf-" in name]


@pytest.mark.parametrize("typed", ["write memory\r", "copy running-config startup-config\r\r"])
def test_saving_archives_where_that_is_wanted(opened, typed):
    opened.feed(typed, NOW)
    assert names(opened) == []
    opened.feed("configure terminal\rarchive\rwrite-memory\rend\r" + typed, NOW)
    assert len(names(opened)) == 1
    assert not opened.device.has_unsaved_changes()


def test_a_brief_configuration_has_no_digits_of_certificates():
    _, opened = enrolled()
    long = opened.feed("end\rshow running-config\r", NOW)
    brief = opened.feed("show running-config brief\r", NOW)
    assert "  \tquit" in long and "  3082" in long
    assert "\tquit" not in brief and "  3082" not in brief
    assert " certificate ca 4BE62C7C\r\n" in brief
