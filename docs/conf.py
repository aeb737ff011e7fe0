"""Sphinx configuration. Some pages are generated from the code each time: see generate.py."""

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generate  # noqa: E402

from governance.rules import RULES  # noqa: E402

project = "django-schema-governance"
author = "the django-schema-governance authors"
copyright = f"2026, {author}"

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

smartquotes_action = "qe"  # quotes and ellipses; two dashes begin an option

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["outputs.css"]
html_copy_source = False
html_show_sourcelink = False

LINK_TO_RULE = re.compile(r"\(rules\.md#(" + "|".join(rule.slug for rule in RULES) + r")\)")
"""On GitHub it leads to the page about the catalogue, here to the page of the rule."""


def setup(app: Sphinx) -> None:
    app.connect("source-read", lead_to_pages)


def lead_to_pages(_app: Sphinx, _page: str, text: list[str]) -> None:
    text[0] = LINK_TO_RULE.sub(r"(rules/\1.md)", text[0])


generate.write(HERE / "_build" / "generated", HERE / "rules")
