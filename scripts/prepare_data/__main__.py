"""Entry point of `python -m prepare_data`, which scripts/prepare runs."""

import sys

from .cli import main

sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show
sys.exit(main())
