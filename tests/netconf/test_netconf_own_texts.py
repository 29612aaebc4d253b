"""The operator's YANG modules: `get-schema` serves them in place of ours.

Input: texts of modules and submodules, of names we have and of others. Output: exactly those texts
by name and revision, listed as schemas; ours for all other names; faults named with their file.
"""

from __future__ import annotations

import pytest
from lxml import etree

from agent.adapters.labfile import parse_plan
from agent.adapters.yang_folder import read_folder
from agent.core.errors import InputError
from agent.netconf.monitoring import NAMESPACE as NCM
from agent.netconf.own_texts import own_texts
from agent.netconf.server import NetconfServer
from tests.netconf.client import NOW, Client, device


def module(name: str, *revisions: str) -> str:
    stated = "".join(f'  revision {r} {{ description "x"; }}\n' for r in revisions)
    return f'module {name} {{\n  namespace "http://example.com/{name}";\n  prefix p;\n{stated}}}\n'


IA = module("cisco-ia", "2024-07-01", "2021-11-01")
OLD, NEW = module("other", "2020-01-01"), module("other", "2024-01-01", "2020-01-01")
PART = "submodule part {\n  belongs-to other { prefix o; }\n  revision 2023-01-01;\n}\n"


@pytest.fixture
def client() -> Client:
    texts = own_texts([("ia.yang", IA), ("a.yang", OLD), ("b.yang", NEW), ("c.yang", PART)])
    return Client(NetconfServer(device("netconf-yang"), NOW, own_texts=texts))


def asked(name: str, version: str = "") -> str:
    stated = f"<version>{version}</version>" if version else ""
    return f'<get-schema xmlns="{NCM}"><identifier>{name}</identifier>{stated}</get-schema>'


@pytest.mark.parametrize(
    ("name", "version", "text"),
    [
        ("cisco-ia", "", IA),
        ("cisco-ia", "2024-07-01", IA),
        ("other", "2020-01-01", OLD),
        ("other", "2024-01-01", NEW),
        ("part", "2023-01-01", PART),
    ],
)
def test_the_text_is_the_operators(client, name, version, text):
    assert client.rpc(asked(name, version))[0].text == text


def test_our_own_text_is_served_beside_them(client):
    assert "module Cisco-IOS-XE-native" in client.rpc(asked("Cisco-IOS-XE-native"))[0].text


def test_ours_of_the_same_name_is_gone(client):
    assert client.error(asked("cisco-ia", "2021-11-01"))["tag"] == "invalid-value"


def test_a_name_with_two_revisions_is_not_unique(client):
    error = client.error(asked("other"))
    assert (error["tag"], error["app-tag"]) == ("operation-failed", "data-not-unique")


def test_schemas_list_what_is_served(client):
    found = client.rpc(
        f'<get><filter><netconf-state xmlns="{NCM}"><schemas/></netconf-state></filter></get>'
    )
    rows = {
        (row.findtext(f"{{{NCM}}}identifier"), row.findtext(f"{{{NCM}}}version")): row.findtext(
            f"{{{NCM}}}namespace"
        )
        for row in found.iter(f"{{{NCM}}}schema")
    }
    assert rows["other", "2024-01-01"] == "http://example.com/other"
    assert rows["part", "2023-01-01"] == "http://example.com/other"
    assert [key for key in rows if key[0] == "cisco-ia"] == [("cisco-ia", "2024-07-01")]
    for name, version in rows:
        assert etree.tostring(client.rpc(asked(name, version))[0])


def test_a_folder_is_read_and_its_faults_are_named(tmp_path):
    (tmp_path / "cisco-ia@2024-07-01.yang").write_text(IA, "utf-8")
    (tmp_path / "notes.txt").write_text("not read", "utf-8")
    assert [text.name for text in read_folder(tmp_path).texts] == ["cisco-ia"]
    (tmp_path / "bad.yang").write_text("nothing", "utf-8")
    with pytest.raises(InputError, match="no YANG module"):
        read_folder(tmp_path)
    with pytest.raises(InputError, match="no YANG modules"):
        read_folder(tmp_path / "none")


def test_a_lab_names_its_folder_from_where_its_file_is():
    text = "yang_folder: models\ndevices:\n- {name: a, platform: C9300-24T, release: 17.12.4}\n"
    assert str(parse_plan(text, "labs/x.yaml").yang_folder) == "labs/models"
