"""Long lists in pages, stably: the same page of the same release holds the same things."""

from __future__ import annotations

from dataclasses import dataclass

from twingraph.serve.messages import Refused, Request
from twingraph.serve.pages.site import address, parameters

_MOST = 9


@dataclass(frozen=True)
class Paging:
    """One page of a list, counted from 1. Raises Refused (404) past the end."""

    number: int
    count: int
    size: int

    def __post_init__(self) -> None:
        if self.number > self.pages:
            raise Refused(404, "the list ends before this page")

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.count // self.size))

    @property
    def start(self) -> int:
        """The place of the first thing on this page, from 0."""
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        """The place after the last thing on this page."""
        return min(self.start + self.size, self.count)

    def links(self, request: Request) -> list[tuple[int, str]]:
        """The pages near this one, the first and the last, with their addresses."""
        near = range(self.number - 2, self.number + 3)
        numbers = sorted(
            {1, self.pages, *(n for n in near if 1 <= n <= self.pages)}
            if self.pages > _MOST
            else range(1, self.pages + 1)
        )
        return [(n, address(request, {"page": str(n) if n > 1 else None})) for n in numbers]


def number_of(request: Request) -> int:
    """The page that an address asks for. Raises Refused (404) for what is no page's number."""
    number = parameters(request).get("page", "1")
    if not (number.isascii() and number.isdigit() and int(number[:9]) > 0 and len(number) < 9):
        raise Refused(404, "there is no such page")
    return int(number)
