"""The migrations of `dev` plus one that is only proposed, so that the normal project never runs it.

`project.settings_proposal` points Django here. The real migrations are found on the path too.
"""

from project.dev import migrations

__path__ = [*__path__, *migrations.__path__]
