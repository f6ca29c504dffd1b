"""Settings of the documentation build. Nothing is read from the network: no intersphinx, no remote assets."""

from sphinx_gallery.sorting import ExplicitOrder

from mlestat._version import __version__

project = "mlestat"
author = "the mlestat developers"
copyright = "2026, the mlestat developers"
version = release = __version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx-mathjax-offline",  # MathJax from the built pages themselves, not from a remote host
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "gallery/**.ipynb", "gallery/**.py", "gallery/**.json", "gallery/**.zip"]
suppress_warnings = ["config.cache"]  # the order of the gallery is an object, which cannot be cached
templates_path = ["_templates"]

myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"  # types stand in the docstrings, in words
numpydoc_show_class_members = False  # the class template lists them

ORDER = [
    "plot_michelson.py",
    "plot_role_of_mu_sigma.py",
    "plot_sigma_intervals.py",
    "plot_probability_and_likelihood.py",
    "plot_likelihood_recipe.py",
    "plot_censored_lifetimes.py",
    "plot_truncation.py",
    "plot_mixture.py",
    "plot_zeros.py",
    "plot_no_finite_maximum.py",
    "plot_map_prior.py",
]
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"plot_",
    "ignore_pattern": r"readme_picture\.py",
    "within_subsection_order": ExplicitOrder([*ORDER, "*"]),
    "abort_on_example_error": True,
    "capture_repr": (),  # pictures and what is printed, not the value of a block's last line
    "download_all_examples": False,
    "remove_config_comments": True,
    "write_computation_times": False,
}

html_theme = "pydata_sphinx_theme"
html_title = f"mlestat {release}"
html_static_path: list[str] = []
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
