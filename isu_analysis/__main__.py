"""Let ``python -m isu_analysis`` do what ``isu`` does, where the command is not on the path."""

from isu_analysis.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
