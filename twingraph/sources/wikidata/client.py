"""The client: items in batches, one item, a search, a query. Everything is kept on disk.

Whatever fails outside arises as ServiceError; what has come so far is in the cache, and the same
call goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any, TypeVar

from twingraph.errors import ServiceError, UsageError
from twingraph.sources.wikidata.answers import NotFound, TooMuch, api_error
from twingraph.sources.wikidata.cache import Cache, Fetched
from twingraph.sources.wikidata.entities import is_item
from twingraph.sources.wikidata.pacing import Clock
from twingraph.sources.wikidata.settings import WikibaseSettings
from twingraph.sources.wikidata.transport import Transport

Json = Mapping[str, Any]
Batch = Sequence[str]
T = TypeVar("T")

PROPS = "info|labels|aliases|descriptions|claims|sitelinks"
_GATEWAY_TIMEOUT = 504


class WikibaseClient(AbstractContextManager["WikibaseClient"]):
    """Asks one Wikibase. Use as a context manager, or call `close`."""

    def __init__(
        self, settings: WikibaseSettings, cache: Cache | None = None, clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self._cache = cache or Cache()
        self._transport = Transport(settings, clock)
        self._clock = self._transport.clock

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and the cache."""
        self._transport.close()
        self._cache.close()

    def document(self, url: str, fields: Mapping[str, str]) -> Json:
        """The JSON at an address, with parameters; kept like an answer."""
        asked = {"url": url, **fields}
        answer: Json = self._kept(asked, lambda: self._transport.get(url, fields))
        return answer

    # Items

    def items(self, ids: Iterable[str]) -> Iterator[Fetched]:
        """The items of the given ids, each once; redirects are followed, missing items told.

        Those checked within `fresh_for` come from disk; of those that are older only the revision
        is asked for, and only what has changed is fetched. Raises UsageError for what is no item
        id, and ServiceError.
        """
        wanted = list(dict.fromkeys(ids))
        wrong = next((item for item in wanted if not is_item(item)), None)
        if wrong is not None:
            raise UsageError(f"{wrong!r} is no item id such as Q36")
        ask: list[str] = []
        for item in wanted:
            kept = self._cache.item(item, self._since())
            if kept:
                yield kept
            else:
                ask.append(item)
        known = [item for item in ask if self._cache.revision(item)]
        unchanged = set(self._each_batch(self._unchanged, known))
        for item in sorted(unchanged):
            kept = self._cache.item(item, self._since())
            if kept:
                yield kept
        yield from self._each_batch(self._fetch, [i for i in ask if i not in unchanged])

    def item(self, item: str) -> Fetched:
        """One item, always fresh, by Special:EntityData."""
        if not is_item(item):
            raise UsageError(f"{item!r} is no item id such as Q36")
        try:
            document = self._transport.get(f"{self.settings.entity_data}{item}.json", {})
        except NotFound:
            document = {"entities": {item: {"id": item, "missing": ""}}}
        return self._keep(item, _entity(document, item))

    def search(self, text: str, language: str, limit: int = 7) -> Sequence[Json]:
        """What wbsearchentities finds for a name: the hits, as the API gives them."""
        fields = {
            "action": "wbsearchentities",
            "search": text,
            "language": language,
            "uselang": language,
            "type": "item",
            "limit": str(limit),
        }
        document = self._kept(fields, lambda: self._api(fields))
        hits: Sequence[Json] = document.get("search", [])
        return hits

    def query(self, text: str) -> Sequence[Json]:
        """The bindings of a SPARQL SELECT (SPARQL 1.1 Query Results JSON Format)."""
        document = self._kept({"query": text}, lambda: self._transport.query(text))
        try:
            bindings: Sequence[Json] = document["results"]["bindings"]
        except (KeyError, TypeError) as error:
            raise ServiceError(f"{self.settings.sparql} answered without bindings") from error
        return bindings

    # How

    def _since(self) -> float:
        return self._seconds() - self.settings.fresh_for

    def _seconds(self) -> float:
        return self._clock.now().timestamp()

    def _kept(self, question: Json, ask: Callable[[], Any]) -> Any:
        """The answer from disk, or else from the service."""
        where = question if "query" not in question else {**question, "at": self.settings.sparql}
        key = json.dumps({**where, "api": self.settings.api}, sort_keys=True)
        answer = self._cache.answer(key, self._since())
        if answer is None:
            answer = ask()
            self._cache.keep_answer(key, answer, self._seconds())
        return answer

    def _api(self, fields: Mapping[str, str], *, too_much: int | None = None) -> Json:
        common = {"format": "json", "maxlag": str(self.settings.maxlag)}
        document = self._transport.get(self.settings.api, {**fields, **common}, too_much=too_much)
        if not isinstance(document, Mapping):
            raise ServiceError(f"{self.settings.api} answered with {type(document).__name__}")
        error = api_error(document)
        if error and error[0] != "no-such-entity":
            raise ServiceError(f"{self.settings.api}: {error[0]}: {error[1]}")
        return document

    def _each_batch(self, work: Callable[[Batch], Sequence[T]], ids: Batch) -> Iterator[T]:
        """Work on the ids in batches, several at once if the settings say so, in order."""
        size = self.settings.batch
        batches = [ids[start : start + size] for start in range(0, len(ids), size)]
        if self.settings.at_once == 1 or len(batches) < 2:
            yield from chain.from_iterable(map(work, batches))
            return
        with ThreadPoolExecutor(self.settings.at_once) as pool:
            try:
                yield from chain.from_iterable(pool.map(work, batches))
            finally:
                pool.shutdown(cancel_futures=True)

    def _fetch(self, batch: Batch) -> Sequence[Fetched]:
        documents = self._documents(batch, PROPS)
        return [self._keep(item, documents[item]) for item in batch]

    def _unchanged(self, batch: Batch) -> Sequence[str]:
        """Those of the batch whose newest revision is the one on disk."""
        documents = self._documents(batch, "info")
        same = []
        for item in batch:
            document, kept = documents[item], self._cache.revision(item)
            if kept and document.get("id") == item and document.get("lastrevid") == kept:
                self._cache.confirm(item, kept, self._seconds())
                same.append(item)
        return same

    def _documents(self, batch: Batch, props: str) -> Mapping[str, Json]:
        """The documents of a batch, by the id asked for. A 504 halves the batch."""
        fields = {"action": "wbgetentities", "ids": "|".join(batch), "props": props}
        halve = len(batch) > 1
        try:
            document = self._api(fields, too_much=_GATEWAY_TIMEOUT if halve else None)
        except TooMuch:
            document = {"error": {"code": "no-such-entity"}}
        if "error" not in document:
            return {item: _entity(document, item) for item in batch}
        # Too much at once, or one id that the Wikibase refuses and does not say which.
        if not halve:
            return {batch[0]: {"id": batch[0], "missing": ""}}
        middle = len(batch) // 2
        return {
            **self._documents(batch[:middle], props),
            **self._documents(batch[middle:], props),
        }

    def _keep(self, asked: str, document: Json) -> Fetched:
        now = self._clock.now()
        missing = "missing" in document
        fetched = Fetched(
            asked=asked,
            id=asked if missing else str(document["id"]),
            document=None if missing else document,
            revision=0 if missing else int(document.get("lastrevid", 0)),
            retrieved=now.isoformat(timespec="seconds"),
        )
        self._cache.keep(fetched, now.timestamp())
        return fetched


def _entity(document: Json, asked: str) -> Json:
    """An item of an answer: under the id asked for, or as what a redirect leads to."""
    entities = document.get("entities")
    if isinstance(entities, Mapping):
        if asked in entities:
            return _whole(entities[asked], asked)
        for entity in entities.values():
            if isinstance(entity, Mapping) and asked in _names(entity):
                return _whole(entity, asked)
        if len(entities) == 1 and "missing" not in next(iter(entities.values())):
            # Special:EntityData says where it went and not whence.
            return _whole(next(iter(entities.values())), asked)
    raise ServiceError(f"the answer says nothing of {asked}")


def _names(entity: Json) -> tuple[object, ...]:
    redirect = entity.get("redirects")
    return entity.get("id"), redirect.get("from") if isinstance(redirect, Mapping) else None


def _whole(entity: object, asked: str) -> Json:
    if isinstance(entity, Mapping) and is_item(entity.get("id")):
        return entity
    raise ServiceError(f"the answer holds no item for {asked}")
