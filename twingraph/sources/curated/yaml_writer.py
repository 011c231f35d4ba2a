"""A source file's text, as curators write it: the counterpart of yaml_reader.

Values are texts, and are written bare where YAML allows it and an editor takes them for what they
are: the reader guesses at nothing. What is written is read back the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

WIDTH: Final = 100

# An editor takes them for no text (YAML 1.2, 10.3.2): they are quoted, but where a number or a
# truth may stand.
_NO_TEXT: Final = re.compile(
    r"|true|false|null|~|[-+]?(\d+|0o[0-7]+|0x[0-9a-f]+|(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?|\.inf)|\.nan",
    re.IGNORECASE,
)
_BARE: Final = frozenset(
    {
        *("key", "agreement", "replaces", "rank", "derived", "total_budget", "grant", "date"),
        *("since", "first_contact", "signed_on", "signed_again_on", "planned_for", "valid_until"),
        *("changed_on", "start", "end", "formed_on", "dissolved_on", "retrieved"),
    }
)
_PARTED: Final = frozenset({"partnerships", "projects", "authorities", "mentions"})
"""Lists of blocks that have an empty line between them."""


def write_yaml(content: Mapping[str, Any], head: Iterable[str] = (), *, open_: bool = False) -> str:
    """The text of a file that holds `content` (mappings, lists, texts), under the lines of `head`,
    each a comment.

    `open_`: each value on a line of its own, so that a line tells which value is meant.
    """
    parts = [f"# {line}\n" for line in head]
    for name, value in content.items():
        if name in _PARTED and _are_blocks(value):
            blocks = [_text({name: [block]}, open_).partition("\n")[2] for block in value]
            parts.append(("\n" if parts else "") + f"{name}:\n" + "\n".join(blocks))
        elif isinstance(value, Mapping) and name.startswith("each_"):
            parts.append("\n" + _text({name: value}, open_))
        else:
            parts.append(_text({name: value}, open_))
    return "".join(parts)


def _are_blocks(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


class _Dumper(yaml.BaseDumper):
    """Indents lists below the name that they stand under. To it every bare value is a text."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _text(content: Mapping[str, Any], open_: bool) -> str:
    node = _node(content, "", open_)
    text = yaml.serialize(node, Dumper=_Dumper, width=WIDTH, allow_unicode=True)
    assert isinstance(text, str)
    return text


def _node(value: Any, name: str, open_: bool) -> Node:
    if isinstance(value, Mapping):
        items = [(_scalar(key, "key"), _node(one, key, open_)) for key, one in value.items()]
        return MappingNode("tag:yaml.org,2002:map", items, flow_style=not value or None)
    if isinstance(value, (list, tuple)):
        nodes = [_node(one, name, open_) for one in value]
        short = all(isinstance(one, str) and "\n" not in one for one in value) and not open_
        flow = not value or (short and len(name) + sum(len(one) + 2 for one in value) < 80)
        return SequenceNode("tag:yaml.org,2002:seq", nodes, flow_style=flow)
    return _scalar(value, name)


def _scalar(value: str, name: str) -> ScalarNode:
    style = None
    if _NO_TEXT.fullmatch(value) and (name not in _BARE or value.lower() in ("", "~", "null")):
        style = "'"
    elif "\n" in value:
        style = "|"
    elif len(value) > WIDTH - 20:
        style = ">"
    return ScalarNode("tag:yaml.org,2002:str", value, style=style)
