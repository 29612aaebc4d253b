"""A CSSM and a CSLU with records in memory, linked without sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterparts.cslu import Cslu
from counterparts.cssm import Cssm, CssmSettings
from counterparts.direct import LinkedCslu, LocalCssm
from counterparts.records import IN_MEMORY, SqlCsluRecords, SqlCssmRecords
from counterparts.uplink import CsluSettings


@pytest.fixture
def cssm_records() -> Iterator[SqlCssmRecords]:
    records = SqlCssmRecords(IN_MEMORY)
    yield records
    records.close()


@pytest.fixture
def cslu_records() -> Iterator[SqlCsluRecords]:
    records = SqlCsluRecords(IN_MEMORY)
    yield records
    records.close()


@pytest.fixture
def cssm(cssm_records: SqlCssmRecords) -> Cssm:
    return Cssm(cssm_records, CssmSettings(), "seed")


@pytest.fixture
def cslu(cslu_records: SqlCsluRecords, cssm: Cssm) -> LinkedCslu:
    return LinkedCslu(Cslu(cslu_records, CsluSettings()), LocalCssm(cssm).carry)
