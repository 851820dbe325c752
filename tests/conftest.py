"""In which order tests run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole sessions first: begun last, they would keep one processor busy while the other has nothing left."""
    items.sort(key=lambda item: "end_to_end" not in item.nodeid)
