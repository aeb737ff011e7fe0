"""Does this migration go forwards, backwards and forwards again, with rows, under two releases?

``choosing`` says which migrations, ``server`` and ``templates`` where, ``rows`` fills tables,
``probes`` speaks as a release does, ``running`` is the flow of one rehearsal, ``judging`` makes
findings of what came out. ``result`` holds the values.
"""
