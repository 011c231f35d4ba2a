"""A YAML file's text changed in some places: all other lines keep their bytes, comments too.

What is new is written as `yaml_writer` does. A change that cannot be put into the text (a list in
another order) is refused: nothing is guessed, and what was made is read again before it is given
back.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from textwrap import dedent, indent
from typing import Any, Final, NamedTuple

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from twingraph.contributions.contribution import tidy
from twingraph.contributions.three_way import identity
from twingraph.sources.curated.yaml_writer import write_yaml

_COMMENT: Final = re.compile(r"^[ \t]*#", re.MULTILINE)


class NotEditable(Exception):
    """The text is written in a way in which this change cannot be put into it."""


class _Edit(NamedTuple):
    """A piece of a text, and what is to stand there."""

    start: int
    end: int
    text: str


def edited(text: str, content: Mapping[str, Any]) -> str:
    """The text of a YAML file, changed so that it holds `content`. Raises NotEditable."""
    mark = "\ufeff" * text.startswith("\ufeff")
    plain = text.removeprefix(mark).replace("\r\n", "\n")
    plain += "\n" * (not plain.endswith("\n"))
    made = _made(plain, content)
    if tidy(_content(made)) != content:
        raise NotEditable
    return mark + (made.replace("\n", "\r\n") if "\r\n" in text else made)


def _made(text: str, content: Mapping[str, Any]) -> str:
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(root, MappingNode) or root.flow_style:
        raise NotEditable
    edits = sorted(_Editor(text).mapping(root, content), key=lambda edit: edit[:2])
    at, parts = 0, list[str]()
    for edit in edits:
        if edit.start < at:
            raise NotEditable
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join((*parts, text[at:]))


def _content(text: str) -> Any:
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise NotEditable from error


def _plain(node: Node) -> Any:
    """What a node holds, as reading gives it."""
    if isinstance(node, MappingNode):
        return {name.value: _plain(value) for name, value in node.value}
    if isinstance(node, SequenceNode):
        return [_plain(one) for one in node.value]
    return node.value


class _Editor:
    """Finds what has to change in a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def mapping(self, node: MappingNode, new: Mapping[str, Any]) -> Iterator[_Edit]:
        """A block's entries: those that changed, are gone, or are new."""
        nodes = {name.value: (name, value) for name, value in node.value}
        if not nodes.keys() & new.keys():
            raise NotEditable
        for name, (key, value) in nodes.items():
            if name not in new:
                yield _Edit(self._line_start(key), self._line_end(self._end(key, value)), "")
            elif _tidy(value) != new[name]:
                yield from self._value(name, key, value, new[name])
        before = next(iter(nodes))
        for name, value in new.items():
            if name in nodes:
                before = name
            else:
                at = self._line_end(self._end(*nodes[before]))
                yield _Edit(at, at, indent(write_yaml({name: value}), _spaces(nodes[before][0])))

    def _value(self, name: str, key: Node, value: Node, new: Any) -> Iterator[_Edit]:
        if isinstance(value, MappingNode) and isinstance(new, Mapping) and not value.flow_style:
            yield from self.mapping(value, new)
        elif isinstance(value, SequenceNode) and isinstance(new, list) and _can_follow(value, new):
            yield from self._sequence(name, value, new)
        else:
            text = indent(write_yaml({name: new}), _spaces(key)).strip()
            yield self._instead(key.start_mark.index, self._end(key, value), text)

    def _instead(self, start: int, end: int, text: str) -> _Edit:
        """A whole piece written anew, where no comment stands in it."""
        if _COMMENT.search(self._text[start:end]):
            raise NotEditable
        return _Edit(start, end, text)

    def _sequence(self, name: str, node: SequenceNode, new: Sequence[Any]) -> Iterator[_Edit]:
        """A list's items: those that changed, are gone, or are new."""
        nodes = {identity(_tidy(one)): one for one in node.value}
        wanted = {identity(one): one for one in new}
        renamed = _renamed(list(nodes), list(wanted))
        for one, item in nodes.items():
            if one in renamed:
                yield from self._item(name, item, wanted[renamed[one]])
            elif one not in wanted:
                yield _Edit(self._line_start(item), self._line_end(self._end(item, item)), "")
            elif _tidy(item) != wanted[one]:
                yield from self._item(name, item, wanted[one])
        before = next(iter(nodes))
        there = {renamed.get(one, one): one for one in nodes}
        for one, value in wanted.items():
            if one in there:
                before = there[one]
            else:
                yield self._new_item(name, nodes[before], value)

    def _item(self, name: str, item: Node, new: Any) -> Iterator[_Edit]:
        # What a block begins with stands behind the hyphen.
        if isinstance(item, MappingNode) and not item.flow_style and isinstance(new, Mapping) and (
            item.value[0][0].value in new
        ):  # fmt: skip
            yield from self.mapping(item, new)
        else:
            text = indent(_as_item(name, new), _spaces(item)[2:]).strip()[2:]
            yield self._instead(item.start_mark.index, self._end(item, item), text)

    def _new_item(self, name: str, after: Node, value: Any) -> _Edit:
        """An item behind another; with an empty line between them where the other has one."""
        start = self._line_start(after)
        hyphen = self._text[start:].partition("-")[0]
        parted = "\n" * self._text[:start].endswith("\n\n")
        at = self._line_end(self._end(after, after))
        return _Edit(at, at, parted + indent(_as_item(name, value), hyphen))

    def _end(self, key: Node, value: Node) -> int:
        """Where what stands in the text for an entry ends: before what follows it."""
        if isinstance(value, (MappingNode, SequenceNode)) and not value.flow_style:
            last = value.value[-1] if value.value else key
            return self._end(*last) if isinstance(last, tuple) else self._end(last, last)
        if isinstance(value, ScalarNode) and value.start_mark.index == value.end_mark.index:
            return key.end_mark.index + 1  # Nothing stands behind the colon.
        return len(self._text[: value.end_mark.index].rstrip())

    def _line_start(self, node: Node) -> int:
        return self._text.rfind("\n", 0, node.start_mark.index) + 1

    def _line_end(self, at: int) -> int:
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found + 1


def _tidy(node: Node) -> Any:
    return tidy(_plain(node))


def _spaces(node: Node) -> str:
    return " " * int(node.start_mark.column)


def _renamed(names: Sequence[Hashable], wanted: Sequence[Hashable]) -> Mapping[Hashable, Hashable]:
    """Of two lists of one length, what is new in the place of what is gone."""
    if len(names) != len(wanted):
        return {}
    pairs = zip(names, wanted, strict=True)
    return {one: new for one, new in pairs if one not in wanted and new not in names}


def _can_follow(node: SequenceNode, new: Sequence[Any]) -> bool:
    """Whether a list can be changed item by item: some stay, in their order, each told apart."""
    names, wanted = [identity(_tidy(one)) for one in node.value], [identity(one) for one in new]
    kept = [one for one in names if one in wanted]
    return (
        not node.flow_style
        and bool(kept or _renamed(names, wanted))
        and len({*names}) == len(names)
        and len({*wanted}) == len(wanted)
        and kept == [one for one in wanted if one in names]
    )


def _as_item(name: str, value: Any) -> str:
    """An item of the list of a name, from its hyphen on."""
    if isinstance(value, Mapping):
        text = write_yaml({name: [value]}).partition("\n")[2]
        return dedent(text)
    return f"- {write_yaml({name: value}).partition(': ')[2]}"
