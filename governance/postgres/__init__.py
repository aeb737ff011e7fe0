"""What does PostgreSQL say?

Reads statements with PostgreSQL's own grammar, reads its catalogue, and starts an embedded
server. Takes texts and connections, returns values. Knows facts, never decides whether
something is permitted.
"""
