"""What holds of every feedback, whatever the answer."""

from __future__ import annotations

import re

from tests.core.bundled import RULES
from tests.core.spoken import is_said
from voice_coach.core.feedback import Feedback
from voice_coach.core.lexicon_cues import COMPONENT
from voice_coach.core.transcript import Speaker, Transcript, laid_out, turn_of

LINE_WORDS = 25
QUOTE_WORDS = 12
GRADES = re.compile(
    r"\b(excellent|perfect|great|good|bad|poor|weak|strong|brilliant|amazing|awesome|terrible|wrong|"
    r"score|grade|senior|junior|accent|nervous|confident|confused|personality|emotion|smart|talent)\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b(seconds?|minutes?|very start|half a minute)\b")


def plain(text: str) -> str:
    """Its words in small letters, without the signs at their edges."""
    return " ".join(filter(None, (word.strip("'") for word in re.sub(r"[^\w']+", " ", text.lower()).split())))


def quotes_in(text: str) -> list[str]:
    return re.findall(r'"([^"]+)"', text)


def parts_in(transcript: Transcript) -> set[str]:
    """The lexicon's ids of the parts that the candidate names."""
    lines = RULES.listen(transcript).lines
    return {RULES.terms[hit.cue] for line in lines for hit in line.hits.get(COMPONENT, ())}


def laws(feedback: Feedback, transcript: Transcript) -> None:
    """Fails where *feedback* on *transcript* breaks one."""
    spoken = plain(" ".join(word.text for word in transcript.by(Speaker.CANDIDATE)))
    for line in feedback.lines:
        assert len(line.split()) <= LINE_WORDS, line
        assert "{" not in line, line
        assert not GRADES.search(re.sub(r'"[^"]*"', "", line)), line
        for quote in quotes_in(line):
            assert len(quote.split()) <= QUOTE_WORDS, quote
            assert f" {plain(quote)} " in f" {spoken} ", quote
    for fix in feedback.improvements:
        assert quotes_in(fix.text) or _TIME.search(fix.text), fix.text
        for evidence in fix.evidence:
            assert is_said(evidence, transcript), evidence
    assert quotes_in(feedback.strengths[0]) or re.search(r"minute|second|very start", feedback.strengths[0])
    assert _TIME.search(feedback.lines[-1]), feedback.lines[-1]
    advice = " ".join(re.sub(r'"[^"]*"', "", line) for line in feedback.lines)
    said = Transcript(turns=(turn_of(Speaker.CANDIDATE, laid_out(advice, 0.0, 60.0)),))
    assert parts_in(said) <= parts_in(transcript), parts_in(said) - parts_in(transcript)
