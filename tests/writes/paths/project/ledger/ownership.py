from governance import Module

MODULE = Module(name="ledger", apps=["ledger"], interfaces=["ledger.services"], team="Books")
