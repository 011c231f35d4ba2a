"""What `spark-submit` is given: the command line, with the arguments that follow.

spark-submit [its options] deploy/spark_submit.py build --engine spark --data data --out graph
"""

from twingraph.cli import main

main()
