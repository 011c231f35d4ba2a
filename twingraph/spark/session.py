"""A session of Spark, or in words why there is none.

Under `spark-submit` it is the one that was submitted, with its settings. Else one is begun in this
process: on all cores, or where `SPARK_MASTER` or `--master` says.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from twingraph.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXTRA: Final = "pip install 'twingraph[spark]'"
JAVA: Final = "Java 17 is needed for Spark: apt-get install openjdk-17-jre-headless"
MEMORY: Final = "3g"
"""Of Java, where Spark runs in this process: its own choice, 1g, is too little for 200,000
partnerships."""
RETRIES: Final = 4
"""So often a task is tried where Spark runs in this process: its own choice there is once."""

_OURS: Final[Mapping[str, object]] = {
    # A row is some megabytes of packed things.
    "spark.sql.execution.arrow.maxBytesPerBatch": 64 << 20,
    # So many of them are kept together on disk, and brought back: Spark's own choice is 10,000.
    "spark.sql.inMemoryColumnarStorage.batchSize": 8,
    # Partitions are few and known: what is small now may take long.
    "spark.sql.adaptive.coalescePartitions.enabled": "false",
    "spark.sql.execution.pyspark.udf.simplifiedTraceback.enabled": "true",
}


def session(master: str | None = None, settings: Mapping[str, str] | None = None) -> SparkSession:
    """The session that runs, or a new one. Raises UsageError where a package or Java is missing,
    ServiceError where Spark does not start."""
    _check_packages()
    from pyspark.sql import SparkSession

    if running := SparkSession.getActiveSession():
        return _settled(running)
    if "SPARK_HOME" not in os.environ and not _java():
        raise UsageError(JAVA)
    # Python on the other side is this very one, unless somebody has said otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder.appName("twingraph")
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted:
        master = master or os.environ.get("SPARK_MASTER") or f"local[*,{RETRIES}]"
        builder = builder.master(master)
        if master.startswith("local"):
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
            builder = builder.config("spark.driver.host", "127.0.0.1")
            builder = builder.config("spark.driver.memory", MEMORY)
            builder = builder.config("spark.ui.enabled", "false")
            builder = builder.config("spark.ui.showConsoleProgress", "false")
    for name, value in (settings or {}).items():
        builder = builder.config(name, value)
    try:
        return _settled(builder.getOrCreate())
    except Exception as error:
        # Spark raises whatever it likes: Py4J's errors, its own, RuntimeError where Java fails.
        raise ServiceError(f"Spark does not start: {error}") from error


@contextmanager
def spark_errors() -> Iterator[None]:
    """Raise UsageError for a path that is not there, ServiceError where Spark gave up: a task that
    failed each time it was tried, a cluster that went away."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        condition = getattr(error, "getCondition", lambda: None)()
        if condition in _NOT_THERE:
            raise UsageError(why(error)) from error
        raise ServiceError(f"Spark gave up: {why(error)}") from error


_NOT_THERE: Final = ("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA")


def why(error: Exception) -> str:
    """The last cause that Java names, or what Spark says first."""
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line for line in said if line.startswith("Caused by: ")]
    return causes[-1].removeprefix("Caused by: ") if causes else (said or [repr(error)])[0]


def located(spark: SparkSession, path: str) -> Any:
    """A path as Hadoop has it: on this machine's disk, of the folder that this process is in; the
    JVM may have begun in another."""
    context: Any = spark.sparkContext
    made = context._jvm.org.apache.hadoop.fs.Path(path)
    files = made.getFileSystem(context._jsc.hadoopConfiguration())
    if files.getScheme() == "file" and not made.isAbsolute():
        made = context._jvm.org.apache.hadoop.fs.Path(os.path.abspath(path))
    return files.makeQualified(made)


def _settled(running: SparkSession) -> SparkSession:
    running.sparkContext.setLogLevel("ERROR")
    for name, value in _OURS.items():
        running.conf.set(name, str(value))
    return running


def _check_packages() -> None:
    for package in ("pyspark", "pandas", "pyarrow"):
        try:
            found = version(package)
        except PackageNotFoundError as error:
            raise UsageError(f"--engine spark needs {package}: {EXTRA}") from error
        if package == "pandas" and int(found.partition(".")[0]) > 2:
            raise UsageError(f"Spark needs pandas below 3, {found} is installed: {EXTRA}")


def _java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or (home and shutil.which("java", path=f"{home}/bin")))
