"""The configuration as NETCONF shows it, and an edited one as the device stores it.

A device stores the native model's paths. Shown are three views of it, `native`, `licensing/config`
of cisco-smart-license and `interfaces` of the IETF: one state, so a change of one shows in all.
`visible` makes the views of a stored root; `stored` brings an edited view back, doing what the
device's own commands would.
Sources: docs/sources.md, entries native-license, smart-license-mapping, secret-type-9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from agent.core.identity import Udi
from agent.netconf import ietf_interfaces
from agent.netconf.native_effects import Salt, as_commands_do
from agent.netconf.native_shape import shown_shape, stored_shape
from cli_grammar import VIRTUAL_TYPES
from yang.difference import edits_between
from yang.tree import EMPTY, Edit, Path, Rows, Tree, Value, apply, get

NATIVE, LICENSING = "Cisco-IOS-XE-native:native", "cisco-smart-license:licensing"
_SMART: Path = ("native", "license", "smart")
# levels of the 4000 series; for others the model's words are not known. # source: native-shape
_LEVEL: Path = ("emulator", "platform", "throughput", "level")
_KBPS: Path = ("native", "platform", "hardware", "throughput", "level", "kbps")
_LEAST_KBPS = 100_000
_TRANSPORT = "transport-type-"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a view shows beside the configuration: lines of the head that are no settings."""

    train: str
    udi: Udi


@dataclass(frozen=True, slots=True)
class _Alias:
    """A leaf of cisco-smart-license and the native leaf it stands for.

    `read` and `write` turn the native value into the other one and back; None is "not there".
    """

    path: Path
    native: Path
    read: Callable[[Value], Value | None]
    write: Callable[[Value], Value | None]


def _same(value: Value) -> Value:
    return value


def _present(value: Value) -> Value | None:
    return True if value else None


def _transport(value: Value) -> Value:
    return _TRANSPORT + str(value).lower()


def _native_transport(value: Value) -> Value:
    word = str(value).removeprefix(_TRANSPORT)
    return "Off" if word == "off" else word


def _aliases() -> tuple[_Alias, ...]:
    same = [
        (("custom-id",), ("customer-id",)),
        (("usage", "interval"), ("usage", "interval")),
        (("transport", "transport-cslu", "url-cslu"), ("url", "cslu")),
        (("transport", "transport-smart", "urls", "url-registration"), ("url", "name")),
        (("transport", "transport-smart", "urls", "url-utility"), ("url", "utility")),
    ]
    same += [
        (("usage", "customer-tags", f"tag{n}"), ("usage", "customer-tags", f"tag{n}"))
        for n in range(1, 5)
    ]
    same += [
        (("utility", "customer-info", name), ("utility", "customer-info", name.replace("-", "")))
        for name in ("id", "name", "street", "city", "state", "country", "postal-code")
    ]
    flags = [
        (("privacy", "hostname"), ("privacy", "hostname")),
        (("privacy", "version"), ("privacy", "version")),
        (("utility", "utility-enable"), ("utility", "enable")),
        (("transport", "transport-smart", "url-default"), ("url", "default")),
    ]
    return (
        _Alias(("transport", "transport-type"), ("transport-type",), _transport, _native_transport),
        *(_Alias(path, native, _same, _same) for path, native in same),
        *(_Alias(path, native, _present, _present) for path, native in flags),
    )


ALIASES = _aliases()
_SMART_ONLY = ("transport", "transport-smart")


@lru_cache(maxsize=256)
def _views(key: _Identity, shown: Shown) -> Tree:
    root = key.root
    native = shown_shape(Tree(native=get(_with_kbps(root), ("native",), EMPTY)))["native"]
    head = Tree(version=shown.train, **native)
    licence = Tree(head.get("license", EMPTY))
    licence["udi"] = Tree(pid=shown.udi.pid, sn=shown.udi.sn)
    head["license"] = licence
    views = Tree({NATIVE: head})
    config = licensing_config(root)
    if config:
        views[LICENSING] = Tree(config=config)
    if ports := ietf_interfaces.configured(root):
        views[ietf_interfaces.TOP] = ports
    return views


@dataclass(frozen=True, slots=True)
class _Identity:
    """A root as a key: by identity, which is safe because roots are never written in place."""

    root: Tree

    def __hash__(self) -> int:
        return id(self.root)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.root is other.root


def visible(root: Tree, shown: Shown) -> Tree:
    """The views of a stored root, by the keys of their top nodes."""
    return _views(_Identity(root), shown)


def _kbps(root: Tree) -> str | None:
    """A stored level the model has a leaf for, in its word."""
    level = get(root, _LEVEL)
    return str(level) if isinstance(level, int) and level >= _LEAST_KBPS else None


def _with_kbps(root: Tree) -> Tree:
    kbps = _kbps(root)
    return root if kbps is None else apply(root, (Edit("set", _KBPS, kbps),))


def _with_level(old: Tree, new: Tree) -> Tree:
    """The level an edit left or wrote, in its place of the store."""
    kbps = get(new, _KBPS)
    if kbps is not None:
        new = apply(new, (Edit("delete", _KBPS),))
    if kbps == _kbps(old):
        return new
    return apply(new, (Edit("delete", _LEVEL) if kbps is None else Edit("set", _LEVEL, int(kbps)),))


def licensing_config(root: Tree) -> Tree:
    """`licensing/config` of a stored root."""
    smart: Tree = get(root, _SMART, EMPTY)
    edits = []
    for alias in ALIASES:
        value = get(smart, alias.native)
        shown = None if value is None else alias.read(value)
        if shown is None:
            continue
        if alias.path[:2] == _SMART_ONLY and smart.get("transport-type") != "smart":
            continue  # its `when` is false
        edits.append(Edit("set", alias.path, shown))
    return apply(EMPTY, tuple(edits))


def stored(root: Tree, views: Tree, shown: Shown, salt: Salt) -> Tree:
    """The root a device stores after its views were edited from those of `root` to `views`.

    Raises YangError and CommandRefused for interfaces that the device cannot have.
    """
    new = Tree(root)
    before = Tree(native=root.get("native", EMPTY))
    native = stored_shape(Tree(native=views.get(NATIVE, EMPTY)), before)["native"]
    native.pop("version", None)
    licence = Tree(native.pop("license", EMPTY))
    licence.pop("udi", None)
    if licence:
        native["license"] = licence
    new["native"] = native
    new = _with_level(root, new)
    new = _with_licensing(root, new, get(views, (LICENSING, "config"), EMPTY))
    before, after = (v.get(ietf_interfaces.TOP, EMPTY) for v in (visible(root, shown), views))
    new = ietf_interfaces.carried_out(new, before, after)
    return as_commands_do(root, new, salt)


def _with_licensing(old: Tree, new: Tree, config: Tree) -> Tree:
    """Bring a change of `licensing/config` into the native part."""
    before = licensing_config(old)
    if config == before:
        return new
    # the transport first: what belongs to another one only stops being shown
    for alias in ALIASES:
        was, now = get(before, alias.path), get(config, alias.path)
        hidden = (
            now is None
            and alias.path[:2] == _SMART_ONLY
            and get(new, (*_SMART, "transport-type")) != "smart"
        )
        if was == now or hidden:
            continue
        value = None if now is None else alias.write(now)
        path = (*_SMART, *alias.native)
        edit = Edit("delete", path) if value is None else Edit("set", path, value)
        new = apply(new, (edit,))
        if value is not None and alias.native[0] == "url":
            new = _other_urls_gone(new, alias.native)
    return new


def _other_urls_gone(root: Tree, native: Path) -> Tree:
    """`default` and the URLs themselves exclude each other."""
    others = [("name",), ("utility",)] if native == ("url", "default") else [("default",)]
    if native == ("url", "cslu"):
        others = []
    return apply(root, tuple(Edit("delete", (*_SMART, "url", *other)) for other in others))


def new_ports(old: Tree, new: Tree) -> list[str]:
    """Physical interfaces an edit would make: the device has none of these."""
    return [
        f"{kind}{number}"
        for kind, rows in get(new, ("native", "interface"), EMPTY).items()
        if kind not in VIRTUAL_TYPES
        for number in rows
        if number not in get(old, ("native", "interface", kind), Rows())
    ]


def changes(old: Tree, new: Tree) -> tuple[Edit, ...]:
    """The edits a device commits."""
    return tuple(edits_between(old, new))
