"""What the live sessions are tried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import rig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def card(tmp_path: Path) -> Iterator[rig.VirtualSoundCard]:
    rig.skip_without_card()
    virtual = rig.VirtualSoundCard(tmp_path / "card")
    virtual.up()
    yield virtual
    virtual.down()
