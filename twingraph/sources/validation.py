"""What a format says of a file's content, told to the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from twingraph.errors import Problem, did_you_mean
from twingraph.sources.lines import Document, Place

M = TypeVar("M", bound=BaseModel)


def validate(
    model: type[M], content: Any, document: Document, at: Place, problems: list[Problem]
) -> M | None:
    """The content as an instance of `model`; or None, with every fault added to `problems`.

    `at` is the place of `content` in the document.
    """
    try:
        return model.model_validate(content)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.append(_problem(model, detail, document, at))
        return None


def field_names(model: type[BaseModel]) -> list[str]:
    """The names that may be written in a block, as a curator writes them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _problem(
    model: type[BaseModel], detail: Mapping[str, Any], document: Document, at: Place
) -> Problem:
    place, last = (
        _place(detail["loc"], document, at),
        str(detail["loc"][-1]) if detail["loc"] else "",
    )
    explain = _EXPLANATIONS.get(detail["type"])
    if explain:
        message, cure = explain(last, detail, _model_at(model, place[len(at) :]))
    else:
        message, cure = f"{_shown(detail['input'])}: {detail['msg']}", ""
        message = f"{place[-1]}: {message}" if place else message
    return document.problem(place, message, cure)


def _place(loc: tuple[str | int, ...], document: Document, at: Place) -> Place:
    """The place an error's location means: steps that are no part of the document are left out."""
    place = at
    for step in loc:
        if (*place, step) in document.lines:
            place = (*place, step)
    return place


def _model_at(model: type[BaseModel], place: Place) -> type[BaseModel]:
    for step in place:
        if isinstance(step, str):
            names = {f.alias or n: f for n, f in model.model_fields.items()}
            if step in names:
                model = _model_in(names[step].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _unknown(last: str, detail: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    known = field_names(model)
    return f"unknown field {last!r}", did_you_mean(last, known, f"known here: {', '.join(known)}")


def _missing(last: str, detail: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    return f"{last!r} is missing", f"add `{last}:` to this block"


def _ours(last: str, detail: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    message, _, cure = str(detail["ctx"]["error"]).partition(": ")
    return f"{last}: {message}", cure


def _wrong_type(last: str, detail: Mapping[str, Any], model: type[BaseModel]) -> tuple[str, str]:
    wanted = {
        "string_type": ("a text", "quote it if need be"),
        "tuple_type": ("a list", "put it in brackets: [a, b], or in lines that start with a dash"),
        "dict_type": ("a block of `name: value` lines", "see data/sources/ for an example"),
        "model_type": ("a block of `name: value` lines", "see data/sources/ for an example"),
        "model_attributes_type": ("a block of `name: value` lines", "indent its lines below it"),
        "decimal_parsing": ("a number", "write digits with a point: 30296.38"),
        "int_parsing": ("a whole number", "write digits only"),
        "bool_parsing": ("true or false", "write true or false"),
    }[detail["type"]]
    value = "nothing" if detail["input"] is None else _shown(detail["input"])
    where = f"{last}: " if last else ""
    return f"{where}{value} stands where {wanted[0]} is expected", wanted[1]


_EXPLANATIONS: dict[str, Callable[[str, Mapping[str, Any], type[BaseModel]], tuple[str, str]]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "value_error": _ours,
    **dict.fromkeys(
        (
            "string_type",
            "tuple_type",
            "dict_type",
            "model_type",
            "model_attributes_type",
            "decimal_parsing",
            "int_parsing",
            "bool_parsing",
        ),
        _wrong_type,
    ),
}
