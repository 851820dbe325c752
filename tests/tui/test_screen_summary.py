from __future__ import annotations

from typing import Any

import pytest

from voice_coach.report import labels
from voice_coach.tui import summary

DOUBT_BELOW = 0.62


class TestSummary:
    ANALYSIS: dict[str, Any] = {
        "source": {"kind": "session"},
        "pacing": {"target_min_s": 600, "target_max_s": 900, "answer_s": 612.4, "verdict": "within"},
        "speech": {"words": 1480, "wpm": 131.2, "fillers": [{}, {}], "longest_pause_s": 3.44},
        "checklist": [
            {"id": "high_level_first", "verdict": "met", "confidence": 0.9, "prompted": True},
            {"id": "storage_decision", "verdict": "not_met", "confidence": 0.62, "prompted": False},
            {"id": "tradeoff_summary", "verdict": "not_assessed", "confidence": 0.0, "prompted": False},
        ],
        "mistakes": [
            {"id": "planet_scale", "verdict": "made", "confidence": 0.8},
            {"id": "rambling", "verdict": "not_made", "confidence": 0.5},
        ],
        "delivery": [{"id": "signposts", "verdict": "met", "confidence": 0.7}],
        "clarification": [{"id": "scale", "verdict": "not_met", "confidence": 0.7}],
        "deep_dives": [
            {"id": "data_model", "verdict": "met", "confidence": 0.9},
            {"id": "api", "verdict": "met", "confidence": 0.61},
        ],
        "feedback": {"spoken": "One. Two.", "lines": ["One.", "Two."]},
    }

    def test_it_tells_time_speech_checklist_and_feedback(self) -> None:
        assert summary(self.ANALYSIS, DOUBT_BELOW) == [
            "",
            "Answer: 10:12 (within; the target is 10:00 to 15:00)",
            "Speech: 1,480 words, 131 a minute, 2 fillers, longest pause 3.4 s",
            "  yes         high level first (when asked)",
            "  no          storage decision",
            "  not judged  tradeoff summary",
            "  mistakes: planet scale",
            "  delivery: signposts",
            "  deep dives: data model, api (perhaps)",
            "",
            "Feedback:",
            "  One.",
            "  Two.",
        ]

    def test_what_a_transcript_does_not_show_is_left_out(self) -> None:
        speech = {"words": 90, "wpm": 130.6, "fillers": [{}], "longest_pause_s": None}
        told = [
            row
            for row in summary({**self.ANALYSIS, "speech": speech}, DOUBT_BELOW)
            if row.startswith("Speech")
        ]
        assert told == ["Speech: 90 words, 131 a minute, 1 filler"]
        speech = {"words": 90, "wpm": 130.6, "fillers": None, "longest_pause_s": 1.25}
        told = [
            row
            for row in summary({**self.ANALYSIS, "speech": speech}, DOUBT_BELOW)
            if row.startswith("Speech")
        ]
        assert told == ["Speech: 90 words, 131 a minute, longest pause 1.2 s"]

    def test_without_measured_times_nothing_is_said_of_speech(self) -> None:
        speech = {"words": 10, "wpm": None, "fillers": None, "longest_pause_s": None}
        assert not [
            row
            for row in summary({**self.ANALYSIS, "speech": speech}, DOUBT_BELOW)
            if row.startswith("Speech")
        ]

    @pytest.mark.parametrize("verdict", ["met", "not_met", "not_assessed"])
    @pytest.mark.parametrize("confidence", [0.0, 0.3, 0.6199, 0.62, 0.7, 1.0])
    def test_it_doubts_what_the_report_doubts(self, verdict: str, confidence: float) -> None:
        item = {"id": "high_level_first", "verdict": verdict, "confidence": confidence, "prompted": False}
        judged = {"id": "scale", "verdict": "met", "confidence": 0.9, "prompted": False}
        (shown,) = (
            row.removesuffix("  high level first").strip()
            for row in summary({**self.ANALYSIS, "checklist": [item, judged]}, DOUBT_BELOW)
            if row.endswith("high level first")
        )
        _, said = labels.verdict(item, DOUBT_BELOW)
        assert {
            "Heard": "yes",
            "Not heard": "no",
            "Perhaps heard": "perhaps",
            "Perhaps not heard": "perhaps not",
            "Not judged": "not judged",
        }[said] == shown

    def test_what_was_not_judged_says_why_once(self) -> None:
        why = "Only 1 word came through, and it takes 40 to judge an answer."
        item = {"verdict": "not_assessed", "confidence": 0.0, "prompted": False, "why": why}
        items = [{**item, "id": "high_level_first"}, {**item, "id": "storage_decision"}]
        told = summary({**self.ANALYSIS, "checklist": items}, DOUBT_BELOW)
        assert told.count(f"Not judged: {why}") == 1
        assert not [row for row in told if "storage decision" in row]

    def test_without_times_no_length_is_judged(self) -> None:
        analysis = {**self.ANALYSIS, "source": {"kind": "transcript", "times": "estimated"}}
        (told,) = (row for row in summary(analysis, DOUBT_BELOW) if row.startswith("Answer"))
        assert told == (
            "Answer: about 10:12 at an ordinary pace. The words came without times, so all times are estimated, "
            "and neither length nor pace is judged."
        )
