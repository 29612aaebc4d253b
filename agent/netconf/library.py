"""The YANG library (RFC 7895 and RFC 8525) and the texts `get-schema` serves.

A release has the library of the revision it announces: `modules-state` alone in 2016, and
`yang-library` beside it from 2019 on. Listed is what can be served: our own modules and those of
the IETF that pyang brings. An operator sees the long list of a real device in the hello alone.
Sources: docs/sources.md, entries yang-library, schema-url.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import files as files_of

from lxml import etree

from agent.core.release import Release
from agent.netconf.capabilities import FIRST_LIBRARY, Announced
from agent.netconf.modules import FEATURES, revision_of, text_as
from agent.netconf.own_texts import OwnTexts
from yang.edit_attributes import BASE
from yang.schema import module_text
from yang.xml import Element, own, rooted

NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
DATASTORES = "urn:ietf:params:xml:ns:yang:ietf-datastores"
MODULES = "/restconf/tailf/modules"  # source: schema-url
# modules of the IETF that this server implements or imports; pyang has their texts
_IETF = (
    ("iana-if-type", "implement"),
    ("ietf-inet-types", "import"),
    ("ietf-yang-types", "import"),
    ("ietf-netconf-acm", "import"),
    ("ietf-netconf-monitoring", "implement"),
    ("ietf-netconf-notifications", "implement"),
    ("ietf-netconf-with-defaults", "implement"),
)
_LIBRARY = (("ietf-yang-library", "implement"), ("ietf-datastores", "import"))  # of 2019
# those of RFC 8526, where a release has them. # source: nmda
_NMDA = (
    ("ietf-netconf-nmda", "implement"),
    ("ietf-origin", "import"),
    ("ietf-yang-metadata", "import"),
)
_STATEMENT = re.compile(r"^\s*(namespace|revision)\s+\"?([^\s\";{]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Text:
    """A module or submodule that can be served. A submodule has the namespace of its module."""

    name: str
    revision: str
    namespace: str
    conformance: str
    submodules: tuple[tuple[str, str], ...] = ()
    of: str = ""  # a submodule's module
    own: str = ""  # the file, for modules of ours
    release: Release | None = None  # of the device, for modules of ours
    text: str = ""  # the text itself, for modules of the operator
    features: tuple[str, ...] = ()

    def read(self) -> str:
        """The YANG text."""
        if self.text:
            return self.text
        if self.own and self.release:
            return text_as(module_text(self.own), self.revision, self.release)
        return _ietf_texts()[self.name]


@cache
def texts(announced: Announced) -> tuple[Text, ...]:
    """Everything that can be served, modules in the order of their names."""
    found = []
    release = announced.release
    for module in announced.schema.modules:
        included = tuple(
            (name, revision_of(name, written, release)) for name, written in module.submodules
        )
        found.append(
            Text(
                module.name,
                revision_of(module.name, module.revision, release),
                module.namespace,
                "implement",
                included,
                own=module.file,
                release=release,
                features=FEATURES.get(module.name, ()),
            )
        )
        found += [
            Text(
                name,
                revision_of(name, written, release),
                module.namespace,
                "",
                of=module.name,
                own=f"{name}@{written}.yang",
                release=release,
            )
            for name, written in module.submodules
        ]
    found.append(_base(announced))
    available = _ietf_texts()
    wanted = [*_IETF, *(_NMDA if release.within("17.16..") else ())]
    if announced.has_yang_library:
        wanted += _LIBRARY
    else:
        found.append(_first_library(release))
    for name, conformance in wanted:
        if name in available:
            facts = dict(reversed(_STATEMENT.findall(available[name])))  # the first of each kind
            features = FEATURES.get(name, ())
            stated = (facts["revision"], facts["namespace"], conformance)
            found.append(Text(name, *stated, features=features))
    return tuple(sorted(found, key=lambda text: text.name))


def served(announced: Announced, theirs: OwnTexts) -> tuple[Text, ...]:
    """What `get-schema` serves: the operator's texts, and ours of other names."""
    own = [text for text in texts(announced) if text.name not in theirs.names]
    more = [
        Text(text.name, text.revision, text.namespace, "", text=text.text) for text in theirs.texts
    ]
    return tuple(sorted((*own, *more), key=lambda text: text.name))


def module_at(announced: Announced, theirs: OwnTexts, name: str, revision: str) -> str | None:
    """The text behind a `schema` URL; any revision where none is named. None: there is none."""
    for text in (*served(announced, theirs), *texts(announced)):
        if text.name == name and revision in ("", text.revision):
            return text.read()
    return None


def _first_library(release: Release) -> Text:
    """The module of RFC 7895. No package has it, so the text is ours."""
    name, file = "ietf-yang-library", f"ietf-yang-library@{FIRST_LIBRARY}.yang"
    return Text(name, FIRST_LIBRARY, NAMESPACE, "implement", own=file, release=release)


def _base(announced: Announced) -> Text:
    """The base module with the features of this device. # source: yang-library"""
    features = ["rollback-on-error", "validate", "writable-running", "xpath"]
    if announced.candidate:
        features.insert(0, "candidate")
    if any(":confirmed-commit:" in uri for uri in announced.capabilities[:8]):
        features.insert(1, "confirmed-commit")
    return Text("ietf-netconf", "2011-06-01", BASE, "implement", features=tuple(features))


@lru_cache(maxsize=64)
def tops(announced: Announced, web: str) -> Mapping[str, Element]:
    """`modules-state`, and `yang-library` where that is announced, by key, each below a `<data>`.

    The texts are at `web`. The same for every device of a release: not to be changed.
    """
    found = {"ietf-yang-library:modules-state": rooted(_modules_state(announced, web))}
    if announced.has_yang_library:
        found["ietf-yang-library:yang-library"] = rooted(_yang_library(announced, web))
    return found


def _url(web: str, name: str, revision: str) -> str:
    return f"{web}{MODULES}/{name}" + (f"/{revision}" if revision else "")


def _modules_state(announced: Announced, web: str) -> Element:
    state = etree.Element(f"{{{NAMESPACE}}}modules-state", nsmap=own(NAMESPACE))
    _leaf(state, "module-set-id", announced.library_id)
    for text in texts(announced):
        if text.of:
            continue
        module = etree.SubElement(state, f"{{{NAMESPACE}}}module")
        _leaf(module, "name", text.name)
        _leaf(module, "revision", text.revision)
        _leaf(module, "schema", _url(web, text.name, text.revision))
        _leaf(module, "namespace", text.namespace)
        for feature in text.features:
            _leaf(module, "feature", feature)
        _leaf(module, "conformance-type", text.conformance)
        _submodules(module, text, "schema", web)
    return state


def _yang_library(announced: Announced, web: str) -> Element:
    top = etree.Element(f"{{{NAMESPACE}}}yang-library", nsmap=own(NAMESPACE))
    module_set = etree.SubElement(top, f"{{{NAMESPACE}}}module-set")
    _leaf(module_set, "name", "common")
    for kind, list_name in (("implement", "module"), ("import", "import-only-module")):
        for text in texts(announced):
            if text.conformance != kind:
                continue
            module = etree.SubElement(module_set, f"{{{NAMESPACE}}}{list_name}")
            _leaf(module, "name", text.name)
            _leaf(module, "revision", text.revision)
            _leaf(module, "namespace", text.namespace)
            _leaf(module, "location", _url(web, text.name, text.revision))
            _submodules(module, text, "location", web)
            for feature in text.features:
                _leaf(module, "feature", feature)
    schema = etree.SubElement(top, f"{{{NAMESPACE}}}schema")
    _leaf(schema, "name", "common")
    _leaf(schema, "module-set", "common")
    for name in ("running", *(["candidate"] * announced.candidate), "operational"):
        datastore = etree.SubElement(top, f"{{{NAMESPACE}}}datastore")
        leaf = etree.SubElement(datastore, f"{{{NAMESPACE}}}name", nsmap={"ds": DATASTORES})
        leaf.text = f"ds:{name}"
        _leaf(datastore, "schema", "common")
    _leaf(top, "content-id", announced.library_id)
    return top


def _submodules(module: Element, text: Text, where: str, web: str) -> None:
    for name, revision in text.submodules:
        submodule = etree.SubElement(module, f"{{{NAMESPACE}}}submodule")
        _leaf(submodule, "name", name)
        _leaf(submodule, "revision", revision)
        _leaf(submodule, where, _url(web, name, revision))


def _leaf(parent: Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


@cache
def _ietf_texts() -> dict[str, str]:
    """The texts pyang brings, by module name; none where it is not installed."""
    wanted = {"ietf-netconf", *(name for name, _ in (*_IETF, *_LIBRARY, *_NMDA))}
    try:
        listed = files_of("pyang") or []
    except PackageNotFoundError:
        return {}
    found = {}
    for path in listed:
        name = path.name.removesuffix(".yang").partition("@")[0]
        if path.name.endswith(".yang") and name in wanted:
            found[name] = path.read_text("utf-8")
    return found
