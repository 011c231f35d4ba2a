"""What a job wrote, under a folder that any file system of Spark can hold: whole or not at all.

    manifest.json      what there is, and in which folder
    parts-…/           the files: graph=triples/, graph=quads/ (.txt.gz), tables/NAME/, results/
    parts-….new/       those of a job that runs, or that was killed: the next job sweeps it away

The files of a job have a folder of their own, and `manifest.json` is replaced in one step when all
of them are there: a job that fails or is killed leaves what was there as it was.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from twingraph.errors import UsageError
from twingraph.spark.manifest import FORMAT, MANIFEST
from twingraph.spark.session import located, why

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PARTS: Final = "parts-"
_NEW: Final = ".new"


class Output:
    """A folder of any file system that Hadoop knows; paths without a scheme are of its default."""

    def __init__(self, spark: SparkSession, out: str) -> None:
        self._jvm: Any = spark.sparkContext._jvm
        context: Any = spark.sparkContext
        self._path = self._jvm.org.apache.hadoop.fs.Path
        self.root = located(spark, out)
        self._files = self.root.getFileSystem(context._jsc.hadoopConfiguration())

    @contextmanager
    def staged(self) -> Iterator[str]:
        """A new folder to write files to; what is left of it is swept away when the block ends,
        unless it was published. Raises UsageError where nothing can be written."""
        try:
            self._files.mkdirs(self.root)
            self._sweep(self._named())
            # The clock would do as well, but two jobs may begin in the same moment.
            self._folder = f"{_PARTS}{secrets.token_hex(6)}"
            staged = self._path(self.root, f"{self._folder}{_NEW}")
            self._files.mkdirs(staged)
        except Exception as error:
            raise UsageError(f"{self.root} cannot be written: {why(error)}") from error
        try:
            yield str(staged)
        finally:
            # What a JVM that is gone cannot sweep away the next job will.
            with suppress(Exception):
                self._files.delete(staged, True)

    def publish(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep the staged folder, point the manifest to it, and drop the folder before. Returns
        what the manifest says."""
        staged = self._path(self.root, f"{self._folder}{_NEW}")
        kept = self._path(self.root, self._folder)
        self._rename(staged, kept)
        files = [{"name": name, "size": size} for name, size in self._listed(kept)]
        document = {"format": FORMAT, "folder": self._folder, "files": files, **said}
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        new = self._path(self.root, f".{MANIFEST}{_NEW}")
        stream = self._files.create(new, True)
        stream.write(bytearray(text.encode()))
        stream.close()
        self._rename(new, self._path(self.root, MANIFEST))
        self._sweep(self._folder)
        return document

    def _rename(self, old: Any, new: Any) -> None:
        """Rename, in the place of what is there: where the file system can, in one step."""
        overwrite = self._jvm.org.apache.hadoop.fs.Options.Rename.OVERWRITE
        options = self._jvm.java.lang.reflect.Array.newInstance(overwrite.getClass(), 1)
        options[0] = overwrite
        contexts = self._jvm.org.apache.hadoop.fs.FileContext
        contexts.getFileContext(old.toUri(), self._files.getConf()).rename(old, new, options)

    def _named(self) -> str:
        """The folder that the manifest names; "" where there is no manifest."""
        path = self._path(self.root, MANIFEST)
        if not self._files.exists(path):
            return ""
        stream = self._files.open(path)
        text = self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
        stream.close()
        return str(json.loads(text)["folder"])

    def _sweep(self, kept: str) -> None:
        for status in self._files.listStatus(self.root):
            name = status.getPath().getName()
            if status.isDirectory() and name.startswith(_PARTS) and name != kept:
                self._files.delete(status.getPath(), True)

    def write(self, name: str, data: bytes) -> None:
        """Write a file of the driver's own into the staged folder."""
        stream = self._files.create(self._path(self.root, f"{self._folder}{_NEW}/{name}"), True)
        stream.write(bytearray(data))
        stream.close()

    def _listed(self, folder: Any) -> Iterator[tuple[str, int]]:
        """The files of a folder, each with its size, in order."""
        listed = self._files.listFiles(folder, True)
        found = []
        while listed.hasNext():
            status = listed.next()
            name = status.getPath().toString().removeprefix(f"{folder.toString()}/")
            if not name.endswith("_SUCCESS"):
                found.append((name, int(status.getLen())))
        yield from sorted(found)
