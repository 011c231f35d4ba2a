"""The model: records that know no RDF, how they are merged, and look-up across things."""
