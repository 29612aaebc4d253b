"""Models that are like another one of their family, but for their name and a few facts.

`[model."C9300-24H"]` with `like = "C9300-24U"` has that model's licences, interfaces, texts and
modules, with its own name where theirs has the other's; what it states itself comes before that.
Rows that are for the other model alone, of throughput levels or enforced licences, are for it too,
unless rows name it.
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def with_likes(raw: Row) -> Row:
    """A profile's tables with every model whole. Raises KeyError for a model like none."""
    models: dict[str, Row] = raw["model"]
    likes = {pid: row["like"] for pid, row in models.items() if "like" in row}
    if not likes:
        return raw
    whole = {pid: _whole(pid, row, models) for pid, row in models.items()}
    raw = {**raw, "model": whole}
    if "throughput" in raw:
        own = dict(raw["throughput"])
        own["level"] = _for_likes(own["level"], likes)
        own["defaults"] = {
            **{pid: level for pid, like in likes.items() if (level := _default(own, like))},
            **own.get("defaults", {}),
        }
        raw["throughput"] = own
    if "enforced" in raw:
        raw["enforced"] = _for_likes(raw["enforced"], likes)
    return raw


def _default(throughput: Row, pid: str) -> str:
    level: str = throughput.get("defaults", {}).get(pid, "")
    return level


def _whole(pid: str, row: Row, models: dict[str, Row]) -> Row:
    if "like" not in row:
        return row
    base = models[row["like"]]
    theirs, ours = _short(row["like"]), _short(pid)

    def named(value: Any) -> Any:
        return value.replace(theirs, ours) if isinstance(value, str) else value

    texts = {key: named(value) for key, value in base.get("texts", {}).items()}
    modules = [
        {key: named(value) for key, value in module.items()} for module in base.get("modules", [])
    ]
    own = {key: value for key, value in row.items() if key != "like"}
    return {**base, "modules": modules, **own, "texts": {**texts, **row.get("texts", {})}}


def _short(pid: str) -> str:
    """`ISR4351` of ISR4351/K9."""
    return pid.partition("/")[0]


def _for_likes(rows: list[Row], likes: dict[str, str]) -> list[Row]:
    named = {pid for row in rows for pid in row.get("models", ())}
    return [
        {**row, "models": [*row["models"], *_more(row["models"], likes, named)]}
        if row.get("models")
        else row
        for row in rows
    ]


def _more(models: list[str], likes: dict[str, str], named: set[str]) -> list[str]:
    return [pid for pid, like in likes.items() if like in models and pid not in named]
