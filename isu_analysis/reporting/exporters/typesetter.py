"""The typesetter, which sees the report's own typeface and nothing else of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typst

from isu_analysis.presentation.fonts import private_folder

Blame = Mapping[str, str]


def compiled(files: Mapping[str, str], **options: Any) -> Any:
    """Return what the typesetter makes of source files by name; `options` are those of its own ``compile``."""
    # A compiler of its own for each report: one may not be used from two threads, and making one is cheap.
    with private_folder() as folder:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        sources: Any = {
            name: content.encode() for name, content in files.items()
        }  # several files, unknown to the stubs
        compiler = typst.Compiler(sources, root=folder, font_paths=fonts, ignore_system_fonts=True)
        return compiler.compile(**options)
