"""What the pages of a release and of the service share: languages, words, templates."""
