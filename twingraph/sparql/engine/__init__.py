"""The query pool: a store in a process of its own, and isolated workers that answer.

scheduler       which query runs in which worker, for how long, what is killed when
actions         what it decides, for others to carry out
pool            its input and output, in one event loop
process_client  the service's end of the processes
frames          what goes between the service and a worker
store_process   holds the store and forks the workers, which share its memory
loading         a release's quads into a store, piece by piece
query_process   one query at a time, parsed, run and written out
sandbox         no file, no network, bounded memory, gone with its parent
"""
