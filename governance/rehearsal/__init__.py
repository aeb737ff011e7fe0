"""Does this migration go forwards, backwards and forwards again, with rows, under two releases?

``choosing`` puts migrations in order, ``server`` and ``templates`` say where, ``rows`` fills
tables, ``steps`` goes both ways, ``probes`` speaks as a release does, ``structure`` and
``objects`` say what there is, ``running`` is the flow of one rehearsal, ``judging`` makes findings
of what came out. ``result`` holds the values.
"""
