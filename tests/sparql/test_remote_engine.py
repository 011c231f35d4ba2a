"""Places at a store, by themselves: turns between clients, and nothing lost."""

from __future__ import annotations

import asyncio
from collections import Counter

from twingraph.sparql.remote_engine import Places


def test_one_client_leaves_places_to_others() -> None:
    async def run() -> None:
        places, inside, order = Places(3, 2), Counter[str](), list[str]()
        release = asyncio.Event()

        async def hold(client: str) -> None:
            async with places.one(client):
                order.append(client)
                inside[client] += 1
                await release.wait()
                inside[client] -= 1

        greedy = [asyncio.create_task(hold("a")) for _ in range(20)]
        await asyncio.sleep(0)
        others = [asyncio.create_task(hold("b")) for _ in range(2)]
        await asyncio.sleep(0)
        assert inside == {"a": 2, "b": 1} and places.taken == 3
        release.set()
        await asyncio.gather(*greedy, *others)
        # The second of b has its turn before the third of a.
        assert order[:5] in (["a", "a", "b", "b", "a"], ["a", "a", "b", "a", "b"])
        assert places.taken == 0

    asyncio.run(run())


def test_who_leaves_takes_no_place_along() -> None:
    async def run() -> None:
        places = Places(1, 1)
        async with places.one("a"):
            waiting = [asyncio.create_task(_through(places, client)) for client in "abc"]
            await asyncio.sleep(0)
            waiting[0].cancel()
            await asyncio.sleep(0)
        # Given, and cancelled before it came to run.
        waiting[1].cancel()
        assert await asyncio.wait_for(waiting[2], 5) == "c"
        assert places.taken == 0
        assert await asyncio.wait_for(_through(places, "a"), 5) == "a"

    asyncio.run(run())


async def _through(places: Places, client: str) -> str:
    async with places.one(client):
        return client
