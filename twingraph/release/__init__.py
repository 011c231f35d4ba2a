"""Write a release: dumps, tables, catalogue and what goes with them."""
