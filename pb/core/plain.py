"""Dataclasses to plain data and back, strictly; this file alone reads and writes the stored form of
rulebooks.

Understood: int, str, bool, date, dataclasses, tuples of one type, mappings from text, and any of these or
None.

A field that came later than the first rulebooks (``later``) is left out while it says what held before there was
such a field: what is stored keeps its bytes and its fingerprint.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from pb.core.errors import Invalid

T = TypeVar("T")

_LATER = {"later": True}


def later(default: T) -> T:
    """The default of a dataclass field that stored documents may lack."""
    made: T = dataclasses.field(default=default, metadata=_LATER)
    return made


_EXPECTED = {int: "integer", str: "text", bool: "truth", date: "date"}


@lru_cache(maxsize=64)
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def to_plain(value: Any) -> Any:
    """Dicts, lists, int, str, bool and None; dates as ISO text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        values = {field: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {
            field.name: to_plain(found)
            for field, found in values.items()
            if "later" not in field.metadata or found != field.default
        }
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_plain(cls: type[T], data: Any) -> T:
    """An instance of the dataclass ``cls`` from what ``to_plain`` gave.

    Every key must be there (but one that came ``later``) and none may be too many. Raises Invalid("missing_key" |
    "unknown_key" | "wrong_type" with ``expected``), ``field`` being the path, such as ``rubric.criteria.2.levels``.
    """
    return typing.cast(T, _read(cls, data, ""))


def _read(kind: Any, data: Any, path: str) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        if data is None and type(None) in arguments:
            return None
        return _read(next(option for option in arguments if option is not type(None)), data, path)
    if origin is tuple:
        if not isinstance(data, list):
            raise Invalid("wrong_type", field=path, expected="list")
        return tuple(_read(arguments[0], item, f"{path}.{index}") for index, item in enumerate(data))
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
            raise Invalid("wrong_type", field=path, expected="object")
        return {key: _read(arguments[1], item, f"{path}.{key}") for key, item in data.items()}
    if dataclasses.is_dataclass(kind):
        return _read_object(kind, data, path)
    if kind is date and isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError as error:
            raise Invalid("wrong_type", field=path, expected="date") from error
    if type(data) is not kind:
        raise Invalid("wrong_type", field=path, expected=_EXPECTED.get(kind, str(kind)))
    return data


def _read_object(cls: Any, data: Any, path: str) -> Any:
    if not isinstance(data, dict):
        raise Invalid("wrong_type", field=path or None, expected="object")
    prefix = f"{path}." if path else ""
    fields = {field.name: field for field in dataclasses.fields(cls)}
    for name, field in fields.items():
        if name not in data and "later" not in field.metadata:
            raise Invalid("missing_key", field=f"{prefix}{name}")
    for key in data:
        if key not in fields:
            raise Invalid("unknown_key", field=f"{prefix}{key}")
    hints = _hints(cls)
    return cls(**{name: _read(hints[name], data[name], f"{prefix}{name}") for name in fields if name in data})
