"""`isu new` and `isu init`: a project folder, and a first unit file of a raw file that nobody has described yet."""

from isu_analysis.sketching.project import new_project
from isu_analysis.sketching.source_part import TO_FILL_IN
from isu_analysis.sketching.unit_file import sketch

__all__ = ["TO_FILL_IN", "new_project", "sketch"]
