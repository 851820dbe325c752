"""What is asked about the feedback of a running session, answered from its analysis and its recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_coach.adapters.heard_tape import HeardTape
from voice_coach.compose.options import InputKind
from voice_coach.core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from voice_coach.adapters.session_folder import SessionFolder
    from voice_coach.compose.judging import Judging
    from voice_coach.compose.scene import Scene
    from voice_coach.config import Config
    from voice_coach.core.audio import Clip
    from voice_coach.core.commands import LookUp
    from voice_coach.core.events import Reviewed
    from voice_coach.core.session_state import SessionState


def review_wait_s(scene: Scene, config: Config) -> float:
    """How long somebody may be silent after the feedback; 0: nobody can ask anything."""
    match scene.input:
        case InputKind.DEVICE:
            return config.review.wait_s
        case InputKind.ROOM:
            return config.review.room_wait_s
        case _:
            return 0.0


class ReviewDesk:
    """See :class:`voice_coach.shell.ReviewDesk`."""

    def __init__(
        self, judging: Judging, folder: SessionFolder, tell: Callable[[str], None], *, is_open: bool
    ) -> None:
        """*is_open*: something can be asked, so that the sound has to be kept at hand."""
        self._judging = judging
        self._folder = folder
        self._tell = tell
        self._tape = HeardTape()
        self.tapes = [self._tape] if is_open else []
        """To be written to beside the recording."""

    def answer(self, asked: LookUp, state: SessionState) -> Reviewed:
        """What is said to *asked*. Blocks for some tenths of a second; called from a worker."""
        return self._judging.reviewed(asked, state)

    def prepare(self) -> None:
        """Computes what every sentence means, while the feedback begins to be read."""
        self._judging.prepare_review()

    def clip(self, start_s: float, end_s: float) -> Clip:
        """The candidate's own voice."""
        return self._tape.clip(start_s, end_s)

    def keep(self, state: SessionState) -> None:
        """Writes the analysis anew; where that fails the old one stays, and the session goes on."""
        try:
            self._judging.amend(self._folder, state)
        except StorageError as failure:
            self._tell(str(failure))
