from governance import Module

MODULE = Module(
    name="core",
    apps=["core"],
    interfaces=["project.core.services"],
    team="Platform",
    contact="#platform",
)
