"""The curators' format as docs/curator.md tells it: every block, column, concept and key, made of
the classes that reading validates with.

    python -c "from twingraph.sources.curated import manual; manual.renew('docs/curator.md')"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from twingraph import identifiers as ids
from twingraph.rdf import concepts
from twingraph.sources.curated import format as f
from twingraph.sources.curated.redirects import REDIRECTS
from twingraph.sources.curated.registers import REGISTERS

BEGIN: Final = "<!-- From here on made of the code: make manual -->"
"""What stands above the reference in its page."""
_FEW: Final = 12
"""So many choices are written out."""
Schema = Mapping[str, Any]


def renew(page: str) -> None:
    """Write the reference anew into its page, below what is written by hand."""
    path = Path(page)
    by_hand, begin, _ = path.read_text("utf-8").partition(BEGIN)
    path.write_text(f"{by_hand}{begin or BEGIN}\n\n{reference()}", "utf-8")


def reference() -> str:
    """The reference in Markdown."""
    return "\n".join([*_keys(), *_registers(), *_blocks(), *_concepts()]).strip() + "\n"


# --- keys ----------------------------------------------------------------------------------------


def _keys() -> Iterator[str]:
    town, other = "pl-sieniawa", f"sk-{ids.slug('Pečovská Nová Ves')}"
    partnership = ids.partnership_key([other, town])
    agreement = ids.nested_key(partnership, "1")
    yield from ("## Keys", "")
    yield from _table(
        ("of", "form", "example"),
        [
            ("a town or another body that can be a partner", ids.AUTHORITY_KEY, other),
            ("a partnership: the keys of its partners, sorted", ids.PARTNERSHIP_KEY, partnership),
            ("a document, a change of status: within its partnership", ids.KEY, "1"),
            ("the same in addresses", ids.THING_KEY, agreement),
            ("a person, a project, a programme, an organisation", ids.KEY, ids.slug("Adam Woś")),
            ("a source: the name of its file", ids.KEY, "sieniawa-partner-towns"),
        ],
        code=(1, 2),
    )


# --- files ---------------------------------------------------------------------------------------


def _registers() -> Iterator[str]:
    yield from ("## Registers", "", "A row is a thing. What is needed stands in every row.", "")
    for register in REGISTERS.values():
        yield from _fields(f"`{register.file}`", register.model)
    yield from _fields(f"`{REDIRECTS}`", f.RedirectRow)


def _blocks() -> Iterator[str]:
    yield from ("## A source file", "", "`data/sources/**/KEY.yaml`, made of these blocks.", "")
    yield from _fields("SourceFile", f.SourceFile)
    for name in f.SourceFile.model_json_schema()["$defs"]:
        yield from _fields(name, getattr(f, name))
    yield from ("## `dataset.yaml`", "")
    yield from _fields("DatasetFile", f.DatasetFile)
    for name in f.DatasetFile.model_json_schema()["$defs"]:
        yield from _fields(name, getattr(f, name))


def _fields(title: str, model: type[BaseModel]) -> Iterator[str]:
    """A heading, what the class is, and a table of its fields."""
    schema = model.model_json_schema()
    needed = schema.get("required", ())
    yield from (f"### {title}", "")
    if means := schema.get("description"):
        yield from (" ".join(means.split()), "")
    rows = [
        (name, "yes" if name in needed else "", _held(said), said.get("description", ""))
        for name, said in schema["properties"].items()
    ]
    yield from _table(("field", "needed", "holds", "means"), rows, code=(0,))


def _held(said: Schema) -> str:
    """What a field may hold, in words."""
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in said or "oneOf" in said:
        some = [_held(one) for one in said.get("anyOf") or said["oneOf"] if one != _NOTHING]
        return " or ".join(dict.fromkeys(some))
    if "enum" in said:
        return _one_of(said)
    match said.get("type"):
        case "array":
            least = f", {said['minItems']} or more" if said.get("minItems") else ""
            return f"a list{least}: {_held(said['items'])}"
        case "object":
            return _by_name(said)
        case "boolean":
            return "true or false"
        case "integer":
            return f"a whole number from {said['minimum']} to {said['maximum']}"
    return _text(said)


_NOTHING: Final = {"type": "null"}


def _one_of(said: Schema) -> str:
    names = said["enum"]
    for scheme, known in concepts.schemes().items():
        if set(names) == known:
            return f"one of [{scheme}](#{scheme})"
    if len(names) <= _FEW:
        return f"one of {_coded(names)}"
    return f"one of {len(names)} codes, such as {_coded(said.get('examples') or names[:3])}"


def _by_name(said: Schema) -> str:
    """A value under each of some names, which are mostly languages."""
    values = [*said.get("patternProperties", {}).values()]
    if not values:
        values = [said.get("additionalProperties") or {}]
    if names := said.get("propertyNames", {}).get("enum"):
        return f"under one of {_coded(names)}: {_held(values[0])}"
    return f"by language (`pl`, `sr-Latn`): {_held(values[0])}"


def _text(said: Schema) -> str:
    if said.get("examples"):
        return f"such as {_coded(said['examples'])}"
    if "pattern" in said:
        bounds = f", {said['minimum']} to {said['maximum']}" if "maximum" in said else ""
        return f"of the form {_coded([said['pattern'].strip('^$')])}{bounds}"
    most = f", at most {said['maxLength']} letters" if "maxLength" in said else ""
    return f"text{most}"


def _coded(values: Sequence[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)


# --- concepts ------------------------------------------------------------------------------------


def _concepts() -> Iterator[str]:
    yield from ("## Concepts", "", "The names that fields may hold, and what they mean.", "")
    for scheme, names in sorted(concepts.schemes().items()):
        yield from (f"### {scheme}", "", _said(scheme, "definition") or _said(scheme), "")
        rows = [
            (name, _said(f"{scheme}/{name}"), _said(f"{scheme}/{name}", "definition"))
            for name in sorted(names)
        ]
        yield from _table(("name", "called", "means"), rows, code=(0,))


def _said(concept: str, word: str = "prefLabel") -> str:
    """What SKOS says of a concept in English; "" where it says nothing."""
    return next((text for text, tag in concepts.texts(concept, word) if tag == "en"), "")


# --- as Markdown ---------------------------------------------------------------------------------


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], code: Sequence[int] = ()
) -> Iterator[str]:
    """A table; the columns of some numbers are code."""
    yield _row(head)
    yield _row(["---"] * len(head))
    for row in rows:
        yield _row([f"`{cell}`" if n in code and cell else cell for n, cell in enumerate(row)])
    yield ""


def _row(cells: Sequence[str]) -> str:
    # A bar parts cells even within code.
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
