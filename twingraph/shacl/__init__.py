"""SHACL: shapes, the prefilter, pySHACL's verdict and the report."""
