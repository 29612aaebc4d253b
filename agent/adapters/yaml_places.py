"""Where something stands in a YAML file: the line of a location, and its name for a person.

A location is what pydantic gives, `("devices", 0, "platform")`; the nearest node names a line.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

Location = tuple[str | int, ...]


def real_location(location: Location, data: object) -> Iterator[str | int]:
    """The steps of a pydantic location that are in the file; names of its own are left out."""
    node = data
    for position, step in enumerate(location):
        last = position == len(location) - 1
        if isinstance(node, dict) and (step in node or last):
            yield step
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int):
            yield step
            node = node[step] if step < len(node) else None


def line_of(root: yaml.Node, location: Location) -> int:
    """The line of the nearest node to this location, from 1."""
    node: yaml.Node = root
    line = root.start_mark.line + 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if step >= len(node.value):
                return line
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def key_of(location: Location) -> str:
    """`devices[0].platform`."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
