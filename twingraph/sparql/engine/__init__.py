"""The query pool: a store in a process of its own, and isolated workers that answer."""
