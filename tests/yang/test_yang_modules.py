"""Our modules: pyang finds no fault, the compiled form is theirs, the trees are the sheet's."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from tests.yang.edits import LICENSING_TOP, NATIVE_TOP
from yang.schema import COMPILED, Node, augmented, descend, named, schema_of
from yang.schema_compile import DIGEST, compile_all, digest, ietf_folder

MODULES = Path(str(files("yang.modules")))
SHEET = Path(__file__).resolve().parents[3] / "shared" / "reference" / "netconf.md"
NEWEST = ("cisco-smart-license@2021-03-01", "Cisco-IOS-XE-native@2023-07-01", "cisco-ia@2021-11-01")
OLDER = "cisco-smart-license@2020-11-01"


def test_modules_are_those_that_were_compiled():
    assert (MODULES / DIGEST).read_text("utf-8") == digest(), "run scripts/compile-yang"


@pytest.mark.long
def test_compiled_form_is_that_of_the_modules():
    assert (MODULES / COMPILED).read_text("utf-8") == compile_all(), "run scripts/compile-yang"


def test_pyang_lint_finds_nothing():
    pyang = Path(sys.executable).parent / "pyang"
    texts = sorted(str(path) for path in MODULES.glob("*.yang"))
    found = subprocess.run(
        [sys.executable, str(pyang), "--lint", "-p", f"{MODULES}:{ietf_folder()}", *texts],
        capture_output=True,
        text=True,
    )
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_namespaces_and_prefixes_are_the_published_ones():
    found = {m.name: (m.namespace, m.prefix, m.yang_version) for m in schema_of(NEWEST).modules}
    assert found == {
        "cisco-smart-license": (
            "http://cisco.com/ns/yang/cisco-smart-license",
            "cisco-smart-license",
            "1",
        ),
        "Cisco-IOS-XE-native": ("http://cisco.com/ns/yang/Cisco-IOS-XE-native", "ios", "1.1"),
        "cisco-ia": ("http://cisco.com/yang/cisco-ia", "cisco-ia", "1"),
    }


def test_older_revision_lacks_what_the_newer_one_brought():
    new, old = (
        schema_of((name,)).top[LICENSING_TOP].children["state"].children["state-info"].children
        for name in (NEWEST[0], OLDER)
    )
    assert set(new) - set(old) == {
        "policy",
        "conversion",
        "rum-reports-closed-keys",
        "rum-ack",
        "factory-purchase",
        "imported-authorizations",
    }
    assert not set(old) - set(new)


def test_what_the_emulator_keeps_for_itself_is_in_no_module():
    names = {node.name for node in descend(schema_of(NEWEST).top)}
    assert "emulator" not in names


def test_two_modules_may_share_a_name_at_the_top():
    texts = ("Cisco-IOS-XE-interfaces-oper@2022-11-01", "ietf-interfaces@2014-05-08")
    top = schema_of(texts).top
    oper, ietf = (top[f"{name.partition('@')[0]}:interfaces"] for name in texts)
    assert (oper.config, ietf.config) == (False, True)
    assert named(top, "interfaces") is ietf  # the one that is configuration
    assert named(top, "interfaces", oper.namespace) is oper
    assert named(top, "interfaces", "urn:x") is None
    assert named(ietf.children, "interface", oper.namespace) is None


def test_a_name_that_two_modules_put_below_one_node_is_refused():
    leaf = Node("a", "urn:one", "leaf")
    node = Node("top", "urn:one", "container", children={"a": leaf})
    assert set(augmented(node, (), {"b": Node("b", "urn:two", "leaf")}).children) == {"a", "b"}
    with pytest.raises(ValueError, match="two modules name a node below top a"):
        augmented(node, (), {"a": Node("a", "urn:two", "leaf")})


@pytest.fixture(scope="module")
def sheet() -> str:
    if not SHEET.exists():
        pytest.skip("no reference sheet")
    return SHEET.read_text("utf-8")


def _lines_of_the_sheet(text: str, heading: str, block: int = 0) -> list[tuple[int, str, str]]:
    """(depth, name, kind) of a tree's nodes; choices and cases count for nothing."""
    section = text[text.index(heading) :]
    tree = re.findall(r"```\n(.*?)```", section, re.DOTALL)[block]
    found, shift = [], []
    for line in tree.splitlines():
        if not line.strip():
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        shift = [d for d in shift if d < depth]
        body = line.strip()
        if body.startswith("("):
            shift.append(depth)
            continue
        name = re.match(r"[\w-]+", body)[0]
        kind = "container" if re.match(r"[\w-]+/", body) else "leaf"
        kind = "list" if re.match(r"[\w-]+\*", body) else kind
        found.append((depth - len(shift), name, kind))
        if "{UDI}" in body:
            udi = ("pid", "sn", "vid", "uuid", "suvi", "host-identifier", "mac-address")
            found += [(depth - len(shift) + 1, leaf, "leaf") for leaf in udi]
    return found


def _lines_of(node: Node, depth: int = 0) -> list[tuple[int, str, str]]:
    kind = "leaf" if node.kind == "leaf-list" else node.kind
    lines = [(depth, node.name, kind)]
    for child in node.children.values():
        lines += _lines_of(child, depth + 1)
    return lines


@pytest.mark.golden
def test_licensing_tree_is_the_published_one(sheet: str):
    wanted = _lines_of_the_sheet(sheet, "## 2. Module cisco-smart-license")
    assert _lines_of(schema_of(NEWEST).top[LICENSING_TOP]) == wanted


@pytest.mark.golden
def test_native_license_tree_is_the_published_one(sheet: str):
    wanted = _lines_of_the_sheet(sheet, "## 3. native/license")
    at = next(i for i, line in enumerate(wanted) if line[1] == "suite")  # behind a feature we lack
    wanted = [line for i, line in enumerate(wanted) if i not in (at, at + 1)]
    own = _lines_of(schema_of(NEWEST).top[NATIVE_TOP].children["license"], 1)
    assert own == wanted[1:]


@pytest.mark.golden
def test_enumerations_are_the_published_ones(sheet: str):
    section = sheet[sheet.index("### Enumerations") :]
    published = {
        tuple(re.findall(r"\d+=([\w-]+)", line))
        for line in section[: section.index("### RPCs")].splitlines()
        if "-enum: 0=" in line or line.startswith("error-enum")
    }
    used = {
        node.leaf_type.names
        for node in descend(schema_of(NEWEST[:1]).top)
        if node.is_leaf and node.leaf_type.names
    }
    rpcs = schema_of(NEWEST[:1]).rpcs.values()
    used |= {rpc.output.children["return-code"].leaf_type.names for rpc in rpcs}
    assert used <= published and len(used) >= 10


def _block(sheet: str, heading: str) -> list[str]:
    return re.findall(r"```\n(.*?)```", sheet[sheet.index(heading) :], re.DOTALL)[0].splitlines()


@pytest.mark.golden
@pytest.mark.parametrize("revision", [NEWEST[0], OLDER])
def test_rpcs_are_the_published_ones(sheet: str, revision: str):
    """Operations with what goes in and out: names, which must be there, defaults, lengths."""
    wanted, rpc, way = [], "", ""
    for line in _block(sheet, "### RPCs"):
        words = line.split()
        if not line.startswith(" "):
            rpc = line.removesuffix("()")
        elif words[0] in ("input", "output"):
            way = words[0]
        else:
            default = next((w[8:] for w in words if w.startswith("default=")), None)
            length = next((w[2:] for w in words if w.startswith("l:")), None)
            wanted.append((rpc, way, words[0], "mandatory" in words, default, length))
    found = [
        (rpc.name, way, leaf.name, leaf.mandatory, leaf.default, _length(leaf))
        for rpc in schema_of((revision,)).rpcs.values()
        for way, end in (("input", rpc.input), ("output", rpc.output))
        for leaf in end.children.values()
    ]
    assert sorted(found, key=str) == sorted(wanted, key=str)


def _length(leaf: Node) -> str | None:
    spans = leaf.leaf_type.lengths
    return f"{spans[0][0][0]}..{spans[0][0][1]}" if spans else None


@pytest.mark.golden
@pytest.mark.parametrize("revision", [NEWEST[0], OLDER])
def test_notifications_are_the_published_ones(sheet: str, revision: str):
    wanted: dict[str, list[str]] = {}
    for line in _block(sheet, "### Notifications"):
        if line.startswith(" "):
            wanted[next(reversed(wanted))].append(line.split()[0])
        else:
            wanted[line.removesuffix("!")] = []
    text = (MODULES / f"{revision}.yang").read_text("utf-8")
    found = {
        name: re.findall(r"\bleaf ([\w-]+)", body) + _used(text, body)
        for name, body in re.findall(
            r"^  notification ([\w-]+) \{(.*?)^  \}", text, re.DOTALL | re.MULTILINE
        )
    }
    assert found == wanted


def _used(text: str, body: str) -> list[str]:
    """The leafs of the groupings a body uses."""
    return [
        leaf
        for grouping in re.findall(r"\buses ([\w-]+)", body)
        for inner in re.findall(
            rf"grouping {grouping} \{{(.*?)^  \}}", text, re.DOTALL | re.MULTILINE
        )
        for leaf in re.findall(r"\bleaf ([\w-]+)", inner)
    ]


@pytest.mark.golden
def test_exec_rpc_is_the_published_one(sheet: str):
    wanted = _lines_of_the_sheet(sheet, "## 4. Exec RPCs")
    rpc = schema_of(("Cisco-IOS-XE-rpc@2022-11-01",)).rpcs
    node = rpc["http://cisco.com/ns/yang/Cisco-IOS-XE-rpc", "license"]
    ends = [line for line in wanted if line[1] in ("input", "output")]
    own = [line for end in (node.input, node.output) for line in _lines_of(end)[1:]]
    assert [line[1:] for line in own] == [line[1:] for line in wanted if line not in ends]
