"""Entry point of `python -m prepare_data`, which scripts/prepare runs."""

import sys

from .cli import main

sys.exit(main())
