"""The engine beyond one machine: the same functions inside Apache Spark (PySpark 4).

Nothing here says how records are read, merged, described or checked: that is said elsewhere, and
called on a part of the data at a time. What a part must know of the others gets there by a
broadcast, where it is small, or in a shuffle. Imported only by those who ask for it: Spark is an
extra (`twingraph[spark]`), and needs Java.

session      Spark, or in words why there is none
rows         what goes from task to task: packed things, each to its partition
reading      lines of harvests, placed
plan         what every task must know of all data
survey       how that is found
merging      the things of a partition, merged
describing   as RDF, as rows of tables, and what they say of things elsewhere
checking     the shapes' verdict by partition
output       parts written to any file system, whole or not at all
manifest     what was written, to be read without Spark
build        the main job
harvest      Wikidata's dump
release      a release of the parts
"""
