"""``python -m flows`` is ``tocsin``."""

from flows.cli import main

main(prog_name="tocsin")
