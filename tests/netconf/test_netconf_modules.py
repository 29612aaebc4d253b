"""Which modules a release announces and serves: those of the published hellos, each a valid text.

Input: every release; the capability URIs of three real hellos. Output: the same URIs, our modules
with the revision they have there, YANG 1.1 in the library alone from 17.11 on, texts pyang reads.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyang.context import Context
from pyang.repository import FileRepository

from agent.core.release import Release, known_releases
from agent.netconf.capabilities import announced, module_uris
from agent.netconf.library import texts
from agent.netconf.modules import texts_of
from yang.schema_compile import ietf_folder

SHEET = Path(__file__).resolve().parents[3] / "shared" / "reference" / "netconf-capabilities.tsv"
SAMPLES = {"1731/cat9300": "17.3.6", "17121/c8000v": "17.12.1", "17181/cat9k": "17.18.1"}
POLICY_RELEASES = [name for name in known_releases() if not Release.parse(name).is_legacy]


@pytest.mark.golden
@pytest.mark.parametrize("sample", SAMPLES)
def test_hello_announces_the_modules_of_the_sample(sample):
    if not SHEET.exists():
        pytest.skip("no reference sheet")
    rows = [line.split("\t") for line in SHEET.read_text("utf-8").splitlines()]
    seen = [row[1] for row in rows if row[0] == sample and "module=" in row[1]]
    ours = module_uris(Release.parse(SAMPLES[sample]))
    differ = [(a, b) for a, b in zip(seen, ours, strict=True) if a != b]
    # the one module of which we serve a newer revision than 17.3 has
    names = {re.search(r"module=([^&]+)", uri)[1] for uri, _ in differ}
    assert names == ({"cisco-smart-license"} if sample.startswith("1731") else set())


@pytest.mark.parametrize("name", POLICY_RELEASES)
def test_yang_1_1_is_in_the_library_alone_from_17_11_on(name):
    release = Release.parse(name)
    hello = " ".join(module_uris(release))
    for text in texts(announced(release, False)):
        if not text.own or text.of:
            continue
        is_newer = "yang-version 1.1" in text.read()
        assert (f"module={text.name}&revision={text.revision}" in hello) is not is_newer, text.name
        assert not (is_newer and release.within("..17.10"))


@pytest.mark.parametrize("name", ["17.3.6", "17.9.5", "17.12.4", "17.15.6", "17.18.1"])
def test_texts_say_the_revision_that_is_announced(name):
    for text in texts(announced(Release.parse(name), True)):
        stated = re.findall(r"^\s*revision\s+\"?(\d{4}-\d\d-\d\d)", text.read(), re.MULTILINE)
        assert max(stated) == text.revision, text.name
        for included, revision in text.submodules:
            assert (included, revision) in {
                (other.name, other.revision)
                for other in texts(announced(Release.parse(name), True))
            }


@pytest.mark.long
@pytest.mark.parametrize("name", ["17.3.6", "17.12.4", "17.18.1"])
def test_pyang_reads_what_a_release_serves(name, tmp_path):
    served = texts(announced(Release.parse(name), True))
    for text in served:
        (tmp_path / f"{text.name}@{text.revision}.yang").write_text(text.read(), "utf-8")
    for text in served:
        context = Context(FileRepository(f"{tmp_path}:{ietf_folder()}", use_env=False))
        context.strict = True
        context.add_module(text.name, text.read())
        context.validate()
        faults = [tag for _, tag, _ in context.errors if tag != "UNUSED_IMPORT"]
        assert faults == [] or not text.own, (text.name, faults)


def test_a_release_before_policies_serves_the_older_licence_module():
    assert "cisco-smart-license@2020-11-01" in texts_of(Release.parse("16.12.4"))
