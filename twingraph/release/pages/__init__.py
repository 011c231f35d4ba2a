"""The pages of a release: landing page, quality report, changes."""
