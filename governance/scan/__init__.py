"""Which code writes which table, as the source tells? Nothing of it is imported or run.

The way through, from the outside in:

- ``project`` finds the files (``sources``), makes an index of their words (``callers``), and lets
  each file be looked at, in several processes.
- ``sites`` takes one file, read once into scopes, bindings and calls (``reader``, ``syntax``).
  It asks for each call that looks like a write what the thing in front of the dot is, and
  ``writing`` says which tables that writes, ``saving`` what forms, serializers and views do
  (``effects`` is what they say). ``statements`` does the same for SQL, ``declared`` for classes
  that write by being what they are, ``reading`` for reads.
- ``inference`` answers what an expression may stand for (``values``). It goes through names
  (``names``, ``flow``), parameters (``arguments``, ``handed``), containers, attributes
  (``members``, ``kinds``), calls, and what frameworks and libraries are known to give
  (``framework``, ``forms``, ``choosing``, ``library``, ``querysets``). Models come from Django's
  registry (``facts``); of what is not loaded, the source is read (``units``, ``late``).
- ``attribution`` says in whose name a place acts, as the guard does at run time, and ``judging``
  whether that is permitted.

Nothing that can't be understood is passed over in silence: it counts against the resolution.
"""
