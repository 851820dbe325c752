"""``python -m voice_coach``: the same as the console script."""

import sys

from voice_coach.cli import main

if __name__ == "__main__":
    sys.exit(main())
