from governance import Module

MODULE = Module(
    name="dev",
    apps=["dev"],
    interfaces=["project.dev.services"],
    team="Engineering",
    contact="#engineering",
)
