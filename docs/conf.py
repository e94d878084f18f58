"""Sphinx builds docs/ with this: Markdown by MyST, looks by Furo, nothing fetched from anywhere."""

project = "Keepwell"
author = "The Keepwell authors"
project_copyright = "The Keepwell authors, Apache-2.0"
release = "0.1.0"
extensions = ["myst_parser"]
exclude_patterns = ["_build", "pictures/README.md"]
nitpicky = True

myst_enable_extensions = ["attrs_block", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"Keepwell {release}"
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5c68", "color-brand-content": "#0b5c68"},
    "dark_css_variables": {"color-brand-primary": "#6fc6d2", "color-brand-content": "#6fc6d2"},
}
