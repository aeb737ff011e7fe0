"""Sphinx configuration. Some pages are generated from the code each time: see generate.py."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generate  # noqa: E402

project = "django-schema-governance"
author = "the django-schema-governance authors"
copyright = f"2026, {author}"

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["outputs.css"]
html_copy_source = False
html_show_sourcelink = False

generate.write(HERE / "_build" / "generated", HERE / "rules")
