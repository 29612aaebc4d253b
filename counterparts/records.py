"""The counterparts' records in SQL: one SQLite database each, in a file or in memory.

A transaction commits before a reply leaves; with write-ahead logging a killed process loses
nothing that was committed. The schema has a version row: a database of another version, of another
counterpart or a damaged file is refused with an InputError that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.pool import StaticPool

from agent.core.clock import Instant
from agent.core.errors import InputError
from agent.core.identity import Udi
from counterparts.repository import (
    IssuedTrust,
    Parcel,
    ParcelState,
    ProductInstance,
    Upload,
    Usage,
)

SCHEMA_VERSION = "1"
IN_MEMORY = "sqlite://"
_OPEN_STATES = (ParcelState.TO_FORWARD.value, ParcelState.AT_CSSM.value)

Row = TypeVar("Row", ProductInstance, Usage, IssuedTrust, Upload, Parcel)

_META = sa.MetaData()
_CSSM_META = sa.MetaData()
_CSLU_META = sa.MetaData()


def _text(name: str, *, key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _instance_table(meta: sa.MetaData) -> sa.Table:
    return sa.Table(
        "product_instance",
        meta,
        _text("pid", key=True),
        _text("sn", key=True),
        _text("hostname"),
        _text("software_tag"),
        _text("product_instance_identifier"),
        _number("first_contact"),
        _number("last_contact"),
        _text("alert"),
        _number("alert_time"),
        _number("trust_proved", null=True),
    )


def _setting_table(meta: sa.MetaData) -> sa.Table:
    return sa.Table("setting", meta, _text("name", key=True), _text("value"))


_USAGE = sa.Table(
    "usage",
    _CSSM_META,
    _text("pid", key=True),
    _text("sn", key=True),
    _number("report_id", key=True),
    _text("payload_sha256"),
    _text("entitlement_tag"),
    _number("count"),
    _number("start"),
    _number("end"),
    _number("received"),
    _text("signing_type"),
)
_TRUST = sa.Table(
    "trust",
    _CSSM_META,
    _number("trust_id", key=True),
    _text("pid"),
    _text("sn"),
    _text("request_nonce"),
    _text("csr"),
    _text("id_cert"),
    _number("valid_from"),
    _number("valid_to"),
    sa.Index("trust_request", "pid", "sn", "request_nonce"),
)
_UPLOAD = sa.Table(
    "upload",
    _CSSM_META,
    _number("poll_id", key=True),
    _text("pid", key=True),
    _text("sn", key=True),
    _text("software_tag"),
    _number("received"),
    _number("ready"),
    _text("licence_file"),
    sa.Index("upload_of", "pid", "sn", "poll_id"),
)
_PARCEL = sa.Table(
    "parcel",
    _CSLU_META,
    _number("poll_id", key=True),
    _text("pid"),
    _text("sn"),
    _text("nonce"),
    _text("state"),
    _text("body"),
    _number("received"),
    _number("due", null=True),
    _number("attempts"),
    _number("cssm_poll_id"),
    _text("licence_file"),
    sa.Column("delivered", sa.Boolean, nullable=False),
    _text("message"),
    sa.Index("parcel_nonce", "pid", "sn", "nonce"),
    sa.Index("parcel_due", "due"),
)


class SqlRecords:
    """What both counterparts keep; the shared part of their records."""

    kind = ""
    meta: sa.MetaData

    def __init__(self, url: str) -> None:
        """Open or make the database at an SQLAlchemy URL. Raises InputError when it is no use."""
        self._url = url
        self._settings = self.meta.tables["setting"]
        self._instances = self.meta.tables["product_instance"]
        self._engine = sa.create_engine(
            url, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": 2}
        )
        sa.event.listen(self._engine, "connect", _prepare)
        try:
            self._connection = self._engine.connect()
            self._check_schema()
        except sa.exc.DatabaseError as error:
            self._engine.dispose()
            raise InputError(f"cannot be used: {error.orig}", where=url) from None
        except InputError:
            self.close()
            raise

    def close(self) -> None:
        """Give the database free."""
        self._connection.close()
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, on disk when the block ends."""
        with self._connection.begin():
            yield

    def setting(self, name: str) -> str | None:
        query = sa.select(self._settings.c.value).where(self._settings.c.name == name)
        found = self._connection.execute(query).scalar_one_or_none()
        return None if found is None else str(found)

    def set_setting(self, name: str, value: str) -> None:
        self._put(self._settings, {"name": name, "value": value})

    def take_number(self, name: str, first: int) -> int:
        """The next number of a series that starts with `first`."""
        key = f"next {name}"
        number = int(self.setting(key) or first)
        self.set_setting(key, str(number + 1))
        return number

    def instance(self, udi: Udi) -> ProductInstance | None:
        return self._one(ProductInstance, self._of(self._instances, udi))

    def instances(self) -> list[ProductInstance]:
        table = self._instances
        return self._all(ProductInstance, sa.select(table).order_by(table.c.pid, table.c.sn))

    def save_instance(self, row: ProductInstance) -> None:
        self._put(self._instances, _columns(row))

    def _check_schema(self) -> None:
        tables = set(sa.inspect(self._connection).get_table_names())
        self._connection.rollback()
        with self.transaction():
            if not tables:
                self.meta.create_all(self._connection)
                self.set_setting("schema", f"{self.kind} {SCHEMA_VERSION}")
                return
            found = self.setting("schema") if "setting" in tables else None
        wanted = f"{self.kind} {SCHEMA_VERSION}"
        if found != wanted:
            what = f"holds records of {found or 'something else'!r}"
            raise InputError(what, where=self._url, allowed=f"{wanted!r}, or a new file")

    def _put(self, table: sa.Table, values: dict[str, Any]) -> None:
        """Insert a row or take its place."""
        statement = insert(table).values(values)
        keys = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in values if name not in keys}
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=rest))

    def _of(self, table: sa.Table, udi: Udi) -> sa.Select[Any]:
        return sa.select(table).where(table.c.pid == udi.pid, table.c.sn == udi.sn)

    def _one(self, kind: type[Row], query: sa.Select[Any]) -> Row | None:
        found = self._connection.execute(query.limit(1)).mappings().first()
        return None if found is None else _row(kind, dict(found))

    def _all(self, kind: type[Row], query: sa.Select[Any]) -> list[Row]:
        return [_row(kind, dict(found)) for found in self._connection.execute(query).mappings()]


class SqlCssmRecords(SqlRecords):
    """CSSM's records."""

    kind = "cssm"
    meta = _CSSM_META

    def usage(self, udi: Udi, report_id: int) -> Usage | None:
        return self._one(Usage, self._of(_USAGE, udi).where(_USAGE.c.report_id == report_id))

    def all_usage(self) -> list[Usage]:
        order = (_USAGE.c.pid, _USAGE.c.sn, _USAGE.c.end, _USAGE.c.report_id)
        return self._all(Usage, sa.select(_USAGE).order_by(*order))

    def add_usage(self, row: Usage) -> None:
        self._put(_USAGE, _columns(row))

    def trust(self, udi: Udi, trust_id: int) -> IssuedTrust | None:
        return self._one(IssuedTrust, self._of(_TRUST, udi).where(_TRUST.c.trust_id == trust_id))

    def trust_for(self, udi: Udi, request_nonce: str) -> IssuedTrust | None:
        query = self._of(_TRUST, udi).where(_TRUST.c.request_nonce == request_nonce)
        return self._one(IssuedTrust, query.order_by(_TRUST.c.trust_id.desc()))

    def add_trust(self, row: IssuedTrust) -> None:
        self._put(_TRUST, _columns(row))

    def uploads(self, poll_id: int) -> list[Upload]:
        query = sa.select(_UPLOAD).where(_UPLOAD.c.poll_id == poll_id)
        return self._all(Upload, query.order_by(_UPLOAD.c.pid, _UPLOAD.c.sn))

    def upload_before(self, udi: Udi, poll_id: int) -> Upload | None:
        query = self._of(_UPLOAD, udi).where(_UPLOAD.c.poll_id < poll_id)
        return self._one(Upload, query.order_by(_UPLOAD.c.poll_id.desc()))

    def add_upload(self, row: Upload) -> None:
        self._put(_UPLOAD, _columns(row))


class SqlCsluRecords(SqlRecords):
    """A CSLU's records."""

    kind = "cslu"
    meta = _CSLU_META

    def parcel(self, poll_id: int) -> Parcel | None:
        return self._one(Parcel, sa.select(_PARCEL).where(_PARCEL.c.poll_id == poll_id))

    def parcel_with_nonce(self, udi: Udi, nonce: str) -> Parcel | None:
        return self._one(Parcel, self._of(_PARCEL, udi).where(_PARCEL.c.nonce == nonce))

    def parcel_before(self, udi: Udi, poll_id: int) -> Parcel | None:
        """The device's parcel before this one that has its ACK."""
        done = _PARCEL.c.state == ParcelState.DONE.value
        query = self._of(_PARCEL, udi).where(done, _PARCEL.c.poll_id < poll_id)
        return self._one(Parcel, query.order_by(_PARCEL.c.poll_id.desc()))

    def file_of_another(self, udi: Udi) -> str | None:
        """The newest ACK of any other device."""
        other = sa.or_(_PARCEL.c.pid != udi.pid, _PARCEL.c.sn != udi.sn)
        done = _PARCEL.c.state == ParcelState.DONE.value
        query = sa.select(_PARCEL).where(other, done).order_by(_PARCEL.c.poll_id.desc())
        found = self._one(Parcel, query)
        return found.licence_file if found else None

    def save_parcel(self, row: Parcel) -> None:
        self._put(_PARCEL, _columns(row))

    def undelivered(self, udi: Udi) -> list[Parcel]:
        """ACKs that wait for the device, oldest first."""
        waiting = sa.and_(_PARCEL.c.state == ParcelState.DONE.value, ~_PARCEL.c.delivered)
        return self._all(Parcel, self._of(_PARCEL, udi).where(waiting).order_by(_PARCEL.c.poll_id))

    def due_parcels(self, now: Instant) -> list[Parcel]:
        query = sa.select(_PARCEL).where(_PARCEL.c.due <= now)
        return self._all(Parcel, query.order_by(_PARCEL.c.due, _PARCEL.c.poll_id))

    def next_due(self) -> Instant | None:
        found = self._connection.execute(sa.select(sa.func.min(_PARCEL.c.due))).scalar_one()
        return None if found is None else int(found)

    def resume_parcels(self) -> None:
        """After a start: calls that were under way when the process ended are due again."""
        lost = sa.and_(_PARCEL.c.state.in_(_OPEN_STATES), _PARCEL.c.due.is_(None))
        self._connection.execute(sa.update(_PARCEL).where(lost).values(due=_PARCEL.c.received))


for _meta in (_CSSM_META, _CSLU_META):
    _setting_table(_meta)
    _instance_table(_meta)


def _prepare(connection: Any, _record: Any) -> None:
    """Quick and safe against a killed process; a crash of the machine may lose the last commits."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _columns(row: Any) -> dict[str, Any]:
    values = asdict(row)
    values.update(values.pop("udi"))
    if "state" in values:
        values["state"] = values["state"].value
    return values


def _row(kind: type[Row], values: dict[str, Any]) -> Row:
    values["udi"] = Udi(values.pop("pid"), values.pop("sn"))
    if "state" in values:
        values["state"] = ParcelState(values["state"])
    return kind(**{field.name: values[field.name] for field in fields(kind)})
