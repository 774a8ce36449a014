"""How the site looks and reads; `build.py` lays out its pages."""

from isu_analysis.version import __version__

project = "isu_analysis"
author = "isu_analysis contributors"
version = release = __version__
language = "sv"
extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 4
html_theme = "pydata_sphinx_theme"
html_title = "isu_analysis"
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False, "footer_start": [], "footer_end": []}
html_show_sourcelink = False
autodoc_typehints = "none"  # the docstrings say it with shapes and units
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
