"""Who owns what?

Takes the declarations of the project's ``ownership.py`` files and Django's app registry, and
returns one immutable ``Registry`` plus findings about what is wrong with the declarations.
Never opens a database connection.
"""
