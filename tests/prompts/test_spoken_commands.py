"""The bundled commands, as the session hears them."""

import pytest

from voice_coach.core.spoken_commands import CommandReader
from voice_coach.core.transcript import laid_out
from voice_coach.prompts.commands import load_commands
from voice_coach.prompts.folder import prompts_folder

READER = CommandReader(load_commands(prompts_folder() / "commands.toml"), gap_s=0.7, doubt=0.6)


def command_in(said: str) -> str | None:
    """The command that *said* is; "resume" is asked for in a pause."""
    words = laid_out(said, 0.0, 0.4 * len(said.split()))
    given = READER.command(words) or READER.in_pause(words)
    return None if given is None else given.name


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("How much time do I have left?", "time"),
        ("How much time do I have?", "time"),
        ("Sorry, how much time is left?", "time"),
        ("how am I doing on time?", "time"),
        ("Okay, how are we doing for time?", "time"),
        ("What's the time?", "time"),
        ("Can I get a time check, please?", "time"),
        ("How long have I been talking?", "time"),
        ("Am I running out of time?", "time"),
        ("How many minutes are left?", "time"),
        ("Give me a minute.", "think"),
        ("Let me think for a second.", "think"),
        ("Um, give me thirty seconds please.", "think"),
        ("Can I have a moment to think?", "think"),
        ("Okay, let me think about that.", "think"),
        ("Just a second.", "think"),
        ("Hold on a second.", "think"),
        ("I need a minute.", "think"),
        ("Could I take a minute to gather my thoughts?", "think"),
        ("Can you repeat the question?", "repeat_question"),
        ("Could you please repeat the question one more time?", "repeat_question"),
        ("What was the question again?", "repeat_question"),
        ("I forgot the question.", "repeat_question"),
        ("Can you say the question again?", "repeat_question"),
        ("Sorry, what was the question?", "repeat_question"),
        ("The question again, please.", "repeat_question"),
        ("Sorry, the question was what?", "repeat_question"),
        ("Come again?", "say_again"),
        ("Sorry, come again?", "say_again"),
        ("Say it again, please.", "say_again"),
        ("Please say that again.", "say_again"),
        ("Sorry, say that again.", "say_again"),
        ("Sorry, can you say that again?", "say_again"),
        ("I didn't catch that.", "say_again"),
        ("Pardon?", "say_again"),
        ("Could you repeat that please?", "say_again"),
        ("Sorry, what did you say?", "say_again"),
        ("I'm done.", "done"),
        ("Okay, I'm done.", "done"),
        ("That's it from me.", "done"),
        ("I think that's it.", "done"),
        ("So that's my design.", "done"),
        ("I have nothing else to add.", "done"),
        ("And that's it.", "done"),
        ("Let's pause.", "pause"),
        ("Can we pause for a moment?", "pause"),
        ("Pause the session, please.", "pause"),
        ("I need a break.", "pause"),
        ("Resume.", "resume"),
        ("Okay, I'm back.", "resume"),
        ("Let's continue.", "resume"),
        ("I'm back. Let's continue.", "resume"),
        ("I'm back, let's continue.", "resume"),
        ("Okay, I'm back. Let's go on.", "resume"),
        ("I'm back. Okay. Let's continue, please.", "resume"),
        ("Thanks. I'm ready. We can go on.", "resume"),
        ("Sorry. I'm back now.", "resume"),
        ("Coach, I'm back. We can continue.", "resume"),
        ("Couch, resume.", "resume"),
        ("Coach resume.", "resume"),
        ("Review.", "resume"),
        ("End the interview.", "stop"),
        ("I'm done. That's it.", "done"),
        ("Remind me of the question.", "repeat_question"),
        ("Could you tell me how much time is left?", "time"),
        ("Let's take a short break.", "pause"),
        ("I want to just stop the interview.", "stop"),
        ("Resume the interview, please.", "resume"),
        ("Pause. I need a break.", "pause"),
        ("Sorry, I missed that. Can you repeat the question?", "repeat_question"),
        ("Next question, please.", "skip"),
        ("Next.", "skip"),
        ("Can we skip this one?", "skip"),
        ("I'd like to skip that.", "skip"),
        ("I don't know, let's move on.", "skip"),
        ("Stop the session.", "stop"),
        ("Let's end the interview.", "stop"),
        ("I have to go.", "stop"),
    ],
)
def test_a_whole_utterance_is_a_command(said: str, expected: str) -> None:
    assert command_in(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Cancel it.", "stop"),
        ("Stop now.", "stop"),
        ("And then exit now.", "stop"),
        ("Should we stop here?", "stop"),
        ("Let's move on.", "skip"),
        ("Okay, moving on.", "skip"),
        ("Skip it.", "skip"),
        ("Another one.", "skip"),
        ("We can stop there.", "done"),
        ("Pause it.", "pause"),
    ],
)
def test_what_is_said_of_designs_as_well_needs_the_coachs_name(said: str, expected: str) -> None:
    assert command_in(said) is None
    assert command_in(f"Coach, {said}") == expected


@pytest.mark.parametrize(
    "said",
    [
        "We pause the consumer and replay the log.",
        "Then the worker is done.",
        "We stop here and retry with backoff.",
        "If it fails we skip this one and move it to the dead letter queue.",
        "How much time do I have to invalidate the cache?",
        "The client can repeat the request again.",
        "Let me think about the failure modes of the cache.",
        "The next question is storage.",
        "Give me a minute of traffic and I'd size it at four thousand a second.",
        "Stop the consumer.",
        "I'm done with the API, now the data model.",
        "That's it for the write path, so next comes the read path.",
        "When the queue resumes it continues from the offset.",
        "So what happens next?",
        "Okay.",
        "The session is stored in Redis.",
        "",
    ],
)
def test_words_of_an_answer_are_no_command(said: str) -> None:
    assert command_in(said) is None
