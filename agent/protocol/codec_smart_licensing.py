"""JSON of the model before SLP: a writer and a reader for its request and for its result.

Sources: docs/sources.md, entry envelope; every member is ours (`slp-emu/1`).
"""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from agent.protocol.codec_fields import Fields, MessageError, ReturnCode
from agent.protocol.sender import Sender
from agent.protocol.smart_licensing import (
    Compliance,
    Entitled,
    SmartLicensingRequest,
    SmartLicensingResult,
    Step,
)

E = TypeVar("E", bound=Enum)


def write_request(request: SmartLicensingRequest) -> dict[str, Any]:
    return {
        "step": request.step.value,
        "idtoken": request.idtoken,
        "force": request.force,
        "licenses": [{"tag": tag, "count": count} for tag, count in request.licences],
    }


def read_request(sender: Sender, data: Fields) -> SmartLicensingRequest:
    return SmartLicensingRequest(
        sender,
        data.integer("timestamp"),
        data.text("nonce"),
        step=_word(Step, data.text("step")),
        idtoken=data.text("idtoken", ""),
        force=data.flag("force", False),
        licences=tuple(
            (row.text("tag"), row.integer("count"))
            for row in data.objects("licenses", required=False)
        ),
    )


def write_result(result: SmartLicensingResult) -> dict[str, Any]:
    return {
        "until": result.until,
        "product_instance_identifier": result.product_instance_identifier,
        "smart_account": result.smart_account,
        "virtual_account": result.virtual_account,
        "export_allowed": result.export_allowed,
        "licenses": [
            {"tag": row.tag, "compliance": row.compliance.value} for row in result.entitled
        ],
    }


def read_result(data: Fields) -> SmartLicensingResult:
    return SmartLicensingResult(
        until=data.integer("until"),
        product_instance_identifier=data.text("product_instance_identifier", ""),
        smart_account=data.text("smart_account", ""),
        virtual_account=data.text("virtual_account", ""),
        export_allowed=data.flag("export_allowed", False),
        entitled=tuple(
            Entitled(row.text("tag"), _word(Compliance, row.text("compliance")))
            for row in data.objects("licenses", required=False)
        ),
    )


def _word(kind: type[E], text: str) -> E:
    try:
        return kind(text)
    except ValueError:
        raise MessageError(ReturnCode.PARSE, f"{text[:40]} is not known") from None
