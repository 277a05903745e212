"""Values for parameters of which only the name and the annotation are known."""

import collections.abc
import enum
import json
import pathlib
import types
import typing

# Of several values that a parameter takes, those that a first run on this machine is meant for.
FIRST = ("dev", "development", "test", "staging")
UNIONS = (typing.Union, getattr(types, "UnionType", typing.Union))


def hints_of(function):
    """The annotations of a function's parameters as what they name; as they are written where they name nothing."""
    try:
        return typing.get_type_hints(function)
    except Exception:
        return dict(getattr(function, "__annotations__", {}))


def value_for(annotation, value, make):
    """
    A value that an annotation allows: the one that is there where it does.
    make  makes an object of a class, and gives None where it cannot
    """
    origin, inside = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return value if value in inside else next((one for one in FIRST if one in inside), inside[0])
    if origin is getattr(typing, "Annotated", None) and inside:
        return value_for(inside[0], value, make)
    if origin in UNIONS:
        wanted = [one for one in inside if one is not type(None)]
        return value_for(wanted[0], value, make)
    if isinstance(annotation, str):
        annotation = {"int": int, "float": float, "bool": bool, "dict": dict, "list": list}.get(annotation)
    kind = origin or annotation
    if not isinstance(kind, type) or kind in (str, object) or (kind is not int and isinstance(value, kind)):
        return value
    if issubclass(kind, enum.Enum):
        members = list(kind)
        named = [one for one in members if one.name.lower() in FIRST or one.value in FIRST]
        return next(iter([*named, *members]), value)
    if issubclass(kind, bool):
        return False
    if issubclass(kind, int):
        return value if type(value) is int else 1
    if issubclass(kind, float):
        return float(value) if type(value) is int else 1.0
    if issubclass(kind, collections.abc.Mapping):
        return {}
    if issubclass(kind, pathlib.PurePath):
        return kind(str(value))
    if issubclass(kind, collections.abc.Collection) and not issubclass(kind, (str, bytes)):
        return list(value) if isinstance(value, list) else []
    made = make(kind)
    return value if made is None else made


def shown(value):
    """A value as a person is told it: what JSON can say, else the class that it is of."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError):
        return value.name if isinstance(value, enum.Enum) else f"{type(value).__name__}()"
