"""What a format says of a file's content, told to the person who wrote the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twingraph.errors import MOST_SHOWN, BadValue, Problem, did_you_mean
from twingraph.sources.curated.values import CheckedText
from twingraph.sources.curated.yaml_reader import Document, Place

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
        details = error.errors(include_url=False)
        for detail in details:
            if len(problems) >= MOST_SHOWN:
                place = _place(detail["loc"], document, at)
                problems.append(document.problem(place, detail["msg"]))
            elif _is_true(detail, details):
                problems.append(_problem(model, detail, document, at))
        return None


def _is_true(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Whether an error stands by itself: pydantic calls a list too short whose items are faulty."""
    at = detail["loc"]
    return detail["type"] != "too_short" or all(
        other is detail or other["loc"][: len(at)] != at for other in details
    )


def field_names(model: type[BaseModel]) -> list[str]:
    """The names that may be written in a block, as a curator writes them."""
    return [field.alias or name for name, field in model.model_fields.items()]


class _Fault(NamedTuple):
    """One thing that pydantic refuses: where, what stands there, in which block."""

    field: str
    value: Any
    context: Mapping[str, Any]
    block: type[BaseModel]
    part: str

    @property
    def named(self) -> str:
        """The start of a message: the field, where the fault is in one."""
        return f"{self.field}: " if self.field else ""


def _problem(
    model: type[BaseModel], detail: ErrorDetails, document: Document, at: Place
) -> Problem:
    place = _place(detail["loc"], document, at)
    fault = _Fault(
        field=_field(detail, place),
        value=detail["input"],
        context=detail.get("ctx", {}),
        block=_model_at(model, place[len(at) :]),
        part=document.part,
    )
    explain = _EXPLANATIONS.get(detail["type"])
    message, cure = explain(fault) if explain else (f"{fault.named}{detail['msg']}", "")
    return document.problem(place, message, cure)


def _field(detail: ErrorDetails, place: Place) -> str:
    """The field at fault: the one that is missing, or the one whose value or name is refused."""
    loc = detail["loc"]
    names = [
        step for step in (loc if detail["type"] == "missing" else place) if isinstance(step, str)
    ]
    if loc and loc[-1] == "[key]":
        del names[-1:]
    return names[-1] if names else ""


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
                model = model_in(names[step].annotation) or model
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(model_in, get_args(annotation))), None)


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (list, dict)):
        kind = "a list" if isinstance(value, list) else "a block of names and values"
        return kind if value else f"{kind} with nothing in it"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _unknown(fault: _Fault) -> tuple[str, str]:
    known = field_names(fault.block)
    cure = did_you_mean(fault.field, known, f"known here: {', '.join(known)}")
    return f"unknown field {fault.field!r}", cure


def _missing(fault: _Fault) -> tuple[str, str]:
    cure = "fill in its cell" if fault.part == "row" else f"add `{fault.field}:` to this block"
    return f"{fault.field!r} is missing", cure + _what_fits(fault)


def _what_fits(fault: _Fault) -> str:
    """What may stand in a field, as its schema for editors has it."""
    names = {field.alias or name: field for name, field in fault.block.model_fields.items()}
    checks = names[fault.field].metadata if fault.field in names else []
    schema = next((check.schema() for check in checks if isinstance(check, CheckedText)), {})
    if "examples" in schema:
        return f": such as {schema['examples'][0]}"
    known = schema.get("enum", ())
    if len(known) > _MANY:
        return f": such as {known[0]}"
    told = names[fault.field].description if fault.field in names else None
    return f": one of {', '.join(known)}" if known else f": {told}" if told else ""


_MANY: Final = 20
"""More values are not listed in a message."""


def _ours(fault: _Fault) -> tuple[str, str]:
    error = fault.context["error"]
    if isinstance(error, BadValue):
        return f"{fault.named}{error.message}", error.cure
    return f"{fault.named}{error}", ""


def _no_text(fault: _Fault) -> tuple[str, str]:
    if fault.value is None:
        return f"{fault.named}nothing stands where a text is expected", (
            "write the text, or leave the field out; a text such as ~ or null needs quotes"
        )
    cure = "write one value; a text that starts with [ or { needs quotes"
    return f"{fault.named}{_shown(fault.value)} stands where a text is expected", cure


def _no_list(fault: _Fault) -> tuple[str, str]:
    cure = "start each thing of the list with a dash, or leave the field out"
    if isinstance(fault.value, str):
        cure = f"put it in brackets: [{fault.value}]"
    return f"{fault.named}{_shown(fault.value)} stands where a list is expected", cure


def _no_block(fault: _Fault) -> tuple[str, str]:
    message = f"{_shown(fault.value)} stands where a block of `name: value` lines is expected"
    return f"{fault.named}{message}", _as_block(fault)


def _as_block(fault: _Fault) -> str:
    """How what stands there is written as a block: under the name of the first field it needs."""
    needed = (name for name, field in fault.block.model_fields.items() if field.is_required())
    name = next(needed, None)
    if name is None or not isinstance(fault.value, str):
        return "see data/sources/ for an example"
    return f"write `{name}: {fault.value}`, and its other fields each on a line below"


def _too_few(fault: _Fault) -> tuple[str, str]:
    least = fault.context["min_length"]
    return f"{fault.named}holds {fault.context['actual_length']}, needs {least} or more", "add more"


def _too_many(fault: _Fault) -> tuple[str, str]:
    most = fault.context["max_length"]
    return f"{fault.named}holds more than {most}", f"keep {most} here; write the others separately"


_EXPLANATIONS: Mapping[str, Callable[[_Fault], tuple[str, str]]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "value_error": _ours,
    "string_type": _no_text,
    "tuple_type": _no_list,
    "dict_type": _no_block,
    "model_type": _no_block,
    "model_attributes_type": _no_block,
    "too_short": _too_few,
    "too_long": _too_many,
}
