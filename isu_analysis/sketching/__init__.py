"""`isu init`: a first unit file, sketched from a raw file that nobody has described yet."""

from isu_analysis.sketching.source_part import TO_FILL_IN
from isu_analysis.sketching.unit_file import sketch

__all__ = ["TO_FILL_IN", "sketch"]
