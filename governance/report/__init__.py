"""How are findings shown?

Takes findings, returns text in one of four forms: text for people, json, GitHub annotations,
SARIF 2.1.0. Never prints and never exits.
"""
