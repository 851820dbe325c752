"""What the candidate sees while practising: a full-screen view on a terminal, plain lines anywhere else."""

from voice_coach.tui.choice import Screen, Screens, screen_for
from voice_coach.tui.lines import LineScreen
from voice_coach.tui.parts import Look
from voice_coach.tui.summary import summary
from voice_coach.tui.words import activity

__all__ = ["LineScreen", "Look", "Screen", "Screens", "activity", "screen_for", "summary"]
