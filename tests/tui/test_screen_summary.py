from __future__ import annotations

from typing import Any

from voice_coach.tui import summary


class TestSummary:
    ANALYSIS: dict[str, Any] = {
        "pacing": {"target_min_s": 600, "target_max_s": 900, "answer_s": 612.4, "verdict": "within"},
        "speech": {"words": 1480, "wpm": 131.2, "fillers": [{}, {}], "longest_pause_s": 3.44},
        "checklist": [
            {"id": "high_level_first", "verdict": "met", "prompted": True},
            {"id": "storage_decision", "verdict": "not_met", "prompted": False},
            {"id": "tradeoff_summary", "verdict": "not_assessed", "prompted": False},
        ],
        "mistakes": [{"id": "planet_scale", "verdict": "made"}, {"id": "rambling", "verdict": "not_made"}],
        "delivery": [{"id": "signposts", "verdict": "met"}],
        "clarification": [{"id": "scale", "verdict": "not_met"}],
        "deep_dives": [{"id": "data_model", "verdict": "met"}, {"id": "api", "verdict": "met"}],
        "feedback": {"spoken": "One. Two.", "lines": ["One.", "Two."]},
    }

    def test_it_tells_time_speech_checklist_and_feedback(self) -> None:
        assert summary(self.ANALYSIS) == [
            "",
            "Answer: 10:12 (within; the target is 10:00 to 15:00)",
            "Speech: 1480 words, 131 a minute, 2 fillers, longest pause 3.4 s",
            "  yes  high level first (when asked)",
            "  no   storage decision",
            "   ?   tradeoff summary",
            "  mistakes: planet scale",
            "  delivery: signposts",
            "  deep dives: data model, api",
            "",
            "Feedback:",
            "  One.",
            "  Two.",
        ]

    def test_what_a_transcript_does_not_show_is_left_out(self) -> None:
        speech = {"words": 90, "wpm": 130.6, "fillers": [{}], "longest_pause_s": None}
        told = [row for row in summary({**self.ANALYSIS, "speech": speech}) if row.startswith("Speech")]
        assert told == ["Speech: 90 words, 131 a minute, 1 filler"]
        speech = {"words": 90, "wpm": 130.6, "fillers": None, "longest_pause_s": 1.25}
        told = [row for row in summary({**self.ANALYSIS, "speech": speech}) if row.startswith("Speech")]
        assert told == ["Speech: 90 words, 131 a minute, longest pause 1.2 s"]

    def test_without_measured_times_nothing_is_said_of_speech(self) -> None:
        speech = {"words": 10, "wpm": None, "fillers": None, "longest_pause_s": None}
        assert not [row for row in summary({**self.ANALYSIS, "speech": speech}) if row.startswith("Speech")]
