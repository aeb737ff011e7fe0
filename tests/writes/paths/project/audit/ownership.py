from governance import Module

MODULE = Module(name="audit", apps=["audit"], team="Audit")
