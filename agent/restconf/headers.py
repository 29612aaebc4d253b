"""What the headers of a request ask for: forms, methods, entity tags and dates.

Types beside those of RFC 8040 are taken from clients that send them; a refusal names what is taken.
Sources: docs/sources.md, entries restconf-root, restconf-methods.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from agent.restconf.messages import JSON, XML, Refused, Request, Response, refused

_JSON_TYPES = frozenset({JSON, "application/json", "application/vnd.yang.data+json"})
_XML_TYPES = frozenset(
    {XML, "application/xml", "text/xml", "application/vnd.yang.data+xml", "application/*"}
)


def wants_json(request: Request) -> bool:
    """Is JSON the form of the answer? XML is, where the client does not care. Raises Refused."""
    accepted = request.header("accept")
    if not accepted.strip():
        kind = content_type(request)
        return kind in _JSON_TYPES
    ranges = []
    for part in accepted.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        ranges.append((weight, kind))
    for weight, kind in sorted(ranges, key=lambda found: -found[0]):
        if weight <= 0:
            continue
        if kind in _JSON_TYPES:
            return True
        if kind in _XML_TYPES:
            return False
        if kind == "*/*":
            return content_type(request) in _JSON_TYPES
    known = f"{JSON} or {XML}"
    raise refused("invalid-value", f"answers come as {known}", status=406, kind="protocol")


def content_type(request: Request) -> str:
    """The type of the body, without parameters, in lower case."""
    return request.header("content-type").partition(";")[0].strip().lower()


def is_json(request: Request) -> bool:
    """Is the body JSON? Raises Refused (415) for a type that is not read here."""
    kind = content_type(request)
    if kind in _JSON_TYPES:
        return True
    if kind in _XML_TYPES or (not kind and not request.body):
        return False
    raise unread()


def unread() -> Refused:
    """415: a body of a type that is not read here."""
    message = f"bodies are read as {JSON} or {XML}"
    return refused("invalid-value", message, status=415, kind="protocol")


def only(request: Request, *methods: str) -> None:
    """Raises Refused (405) for another method."""
    if request.method not in methods:
        raise not_allowed(", ".join(methods))


def not_allowed(allowed: str) -> Refused:
    """405, with the methods that are."""
    refusal = refused("operation-not-supported", "the method is not allowed here", kind="protocol")
    return Refused(405, refusal.error, {"Allow": allowed})


def options(request: Request, method: str) -> Response | None:
    """The answer to OPTIONS of a resource with this method alone; None for other requests."""
    if request.method != "OPTIONS":
        return None
    listed = "GET, HEAD, OPTIONS" if method == "GET" else "POST, OPTIONS"
    return Response(200, {"Allow": listed})


def base_url(request: Request) -> str:
    """Where the client sees this server."""
    host = request.header("host")
    return f"https://{host}" if host else ""


def tags_in(text: str) -> list[str]:
    """The entity tags of a header; weak ones are compared as strong ones."""
    return [part.strip().removeprefix("W/") for part in text.split(",")]


def date_in(text: str) -> datetime | None:
    """A date of HTTP; None for what is none."""
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
