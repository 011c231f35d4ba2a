"""SPARQL: questions, datasets, results, the engine, and stores elsewhere."""
