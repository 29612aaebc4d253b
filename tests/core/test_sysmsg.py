"""The message catalogue: its form, its texts as captures show them, and who fills them."""

import ast
import re
from pathlib import Path

import pytest

from agent.core import sysmsg
from agent.core.errors import InputError

PROJECT = Path(__file__).resolve().parents[2]
PEER = "Cisco Smart License Utility (CSLU)"


def filled(name, **fields):
    return sysmsg.message(name, fields).text


def test_a_message_is_named_by_facility_and_mnemonic_or_by_a_mnemonic_of_its_own():
    assert filled("SYS.CONFIG_I", source="console", by="console") == filled(
        "CONFIG_I", source="console", by="console"
    )
    two = "[A.X]\nseverity = 1\ntext = 'a'\n[B.X]\nseverity = 2\ntext = 'b'\n"
    assert sorted(sysmsg.parse(two)) == ["A.X", "B.X"]


def test_other_fields_than_the_text_has_are_a_bug():
    with pytest.raises(ValueError, match="COMM_FAILED"):
        filled("SMART_LIC.COMM_FAILED", peer="x")
    with pytest.raises(ValueError, match="AGENT_ENABLED"):
        filled("SMART_LIC.AGENT_ENABLED", peer="x")
    with pytest.raises(KeyError):
        filled("SMART_LIC.NO_SUCH")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[A.X]\nseverity = 8\ntext = 'a'\n", "[A.X]"),
        ("[A.X]\ntext = 'a'\n", "[A.X]"),
        ("[A.X]\nseverity = 3\ntext = '{0}'\n", "[A.X]"),
        ("[A.X]\nseverity = 3\ntext = '{open'\n", "[A.X]"),
        ("[A.X]\nseverity = 3\ntext = 'a'\nmore = 1\n", "[A.X]"),
        ("A = 1 = 2\n", "sysmsg.toml"),
    ],
)
def test_a_wrong_row_is_named(text, where):
    with pytest.raises(InputError) as caught:
        sysmsg.parse(text)
    assert where in caught.value.where


@pytest.mark.golden
def test_boot_messages_are_those_of_a_switch(golden):
    text = (golden / "boot-console__c9200l-17.9.5__licence-messages.txt").read_text()
    for ours in (
        filled("SMART_LIC.AGENT_ENABLED"),
        filled("PKI.TRUSTPOINT_CREATE", trustpoint="SLA-TrustPoint"),
        filled("SYS.CONFIG_I", source="memory", by="console"),
        filled("PKI.NON_AUTHORITATIVE_CLOCK"),
        filled("CALL_HOME.CALL_HOME_ENABLED"),
        filled("SMART_LIC.REPORTING_REQUIRED", days="89"),
        filled("CRYPTO.SELF_TEST_START"),
        filled("CRYPTO.SELF_TEST_END"),
    ):
        assert ours + "\n" in text + "\n", ours


@pytest.mark.golden
def test_comm_failed_is_that_of_a_switch_without_cslu(golden):
    text = (golden / "show-logging__cat9k-17i__hourly-cslu-comm-failed.txt").read_text()
    seen = re.findall(r"%SMART_LIC-3-COMM_FAILED:.*?/domain name", text)
    reason = "Unable to resolve server hostname/domain name"
    assert set(seen) == {filled("SMART_LIC.COMM_FAILED", peer=PEER, reason=reason)}


def engine_messages():
    """(module, name, fields) of every turn.log(...) in the engine."""
    for path in sorted((PROJECT / "agent" / "engine").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "turn.log":
                name = node.args[0]
                assert isinstance(name, ast.Constant)
                yield path.name, name.value, frozenset(k.arg for k in node.keywords)


def test_every_message_of_the_engine_exists_with_its_fields():
    used = list(engine_messages())
    assert len(used) >= 10
    for module, name, fields in used:
        assert sysmsg.catalogue()[name].fields == fields, (module, name)
