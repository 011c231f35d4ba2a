"""The small release of `tests.service`, and a server over it."""

from tests.service import release, server

__all__ = ["release", "server"]
