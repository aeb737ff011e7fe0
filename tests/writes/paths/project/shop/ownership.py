from governance import Module

MODULE = Module(name="shop", apps=["shop"], team="Sales")
