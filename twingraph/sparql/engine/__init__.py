"""The query pool: a store in a process of its own, and isolated workers that answer.

pool            which query runs in which worker, for how long, what is killed when
answers         a whole answer, or a head and a body that still arrives
process_client  the service's end of the processes
frames          what goes between the service and a worker
store_process   holds the store and forks the workers, which share its memory
loading         a release's quads into a store, piece by piece
query_process   one query at a time, parsed, run and written out
sandbox         no file, no network, bounded memory, gone with its parent
"""
