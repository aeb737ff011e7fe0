"""Find the writes in the source, without running it. See ``project`` for the way through."""
