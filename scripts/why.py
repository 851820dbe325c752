"""Tells in plain words why the coach spoke: ``python -m scripts.why SESSION [TIME]``.

SESSION is a session's folder, TIME in seconds or as minutes:seconds. The line of the coach that sounds at that time,
or is the next to, is explained from the cues in the journal; without a time all of them are.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_coach.adapters.session_folder import SessionFolder
from voice_coach.core.errors import StorageError
from voice_coach.core.turn_taking import Mode, Tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TAILS: Mapping[str, str] = {
    Tail.NOTHING: "nothing was said",
    Tail.HOLD: "it sounded as if more was to come",
    Tail.THINK: "time to think was asked for",
    Tail.COMPLETE: "a sentence was finished",
    Tail.HAND_OVER: "the turn was handed over",
    Tail.QUESTION: "the interviewer was asked something",
    Tail.UNSURE_QUESTION: "it may have been a question to the interviewer",
    Tail.DONE: "the answer was said to be over",
    Tail.COMMAND: "a command was given",
    Tail.UNSURE_COMMAND: "it may have been a command",
}
MODES: Mapping[str, str] = {
    Mode.MONOLOGUE: "a monologue",
    Mode.SHORT: "a short answer",
    Mode.THINKING: "time to think",
}


def main(arguments: Sequence[str]) -> int:
    if not 1 <= len(arguments) <= 2:  # noqa: PLR2004 - the folder, perhaps the time
        print("usage: python -m scripts.why SESSION [TIME]", file=sys.stderr)
        return 2
    try:
        lines = SessionFolder(path=Path(arguments[0])).journal_lines()
        at_s = seconds(arguments[1]) if len(arguments) > 1 else None
    except (StorageError, ValueError) as failure:
        print(failure, file=sys.stderr)
        return 2
    for told in why(lines, at_s):
        print(told)
    return 0


def seconds(text: str) -> float:
    """*text* ("95", "1:35") in seconds. Raises ValueError."""
    minutes, _, rest = text.rpartition(":")
    return 60.0 * float(minutes or 0) + float(rest)


def why(lines: Sequence[Mapping[str, Any]], at_s: float | None) -> list[str]:
    """One paragraph for each line of the coach among the journal's *lines*, or for the one at *at_s*."""
    said = [line for line in lines if line.get("kind") == "coach_said"]
    if at_s is not None:
        said = [line for line in said if line["end"] >= at_s][:1]
    if not said:
        return ["The coach said nothing then."]
    return [explained(line, lines) for line in said]


def explained(line: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> str:
    """Why the coach said *line*, and what followed."""
    because = line["because"]
    told = [f"At {_clock(line['start'])} the coach said “{line['text']}” ({line['intent']})."]
    told += [_waited(because)] if "tail" in because else [f"The reason: {because.get('reason', 'unknown')}."]
    changes = [item for item in lines if item.get("kind") == "wait_changed" and item["t"] <= line["start"]]
    if changes and "tail" in because:
        told.append(f"Waits were last changed at {_clock(changes[-1]['t'])} by {changes[-1]['reason']}.")
    if any(
        item.get("kind") == "wait_changed" and "pause_s" in item and line["start"] <= item["t"] <= line["end"]
        for item in lines
    ):
        told.append("It was a false cut-off: the candidate had not finished, and the coach fell silent.")
    return " ".join(told)


def _waited(because: Mapping[str, Any]) -> str:
    """The cues of a decision as sentences."""
    covered = "what this part needs was covered" if because["covered"] else "the part was not covered"
    near = ", the end was near" if because.get("near_end") else ""
    lengths = f"There was silence for {because['silence_s']:.1f} s; {because['wait_s']:.1f} s were asked for"
    cues = f"{TAILS[because['tail']]}, {covered} ({because['part']}){near}"
    told = [f"{lengths} in {MODES[because['mode']]}: {cues}."]
    changed = []
    if because.get("factor", 1.0) > 1.0:
        changed.append(f"a false cut-off made it {because['factor']:g} times as long")
    if "pace_s" in because:
        changed.append(f"the speaker's own pauses ask for {because['pace_s']:.1f} s")
    if "hint" in because:
        changed.append(f"the voice sounded finished with a probability of {because['hint']:.2f}")
    if because.get("table_s", because["wait_s"]) == because["wait_s"]:
        told.append("That is the usual wait.")
    else:
        told.append(f"The usual wait is {because['table_s']:.1f} s, but {' and '.join(changed)}.")
    return " ".join(told)


def _clock(at_s: float) -> str:
    return f"{int(at_s // 60)}:{at_s % 60:04.1f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
