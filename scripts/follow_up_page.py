"""A page on which somebody chooses between two follow-ups without knowing whose they are, and what was chosen."""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from math import sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SAME = "same"
_Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Two follow-ups to one beginning of an answer."""

    prefix: str
    first: str
    """The interviewer whose preference is measured."""
    second: str
    texts: tuple[str, str]
    """Of the first, of the second."""
    talk: tuple[tuple[str, str], ...]
    """Speaker and words of each turn; the question is the first."""


def blind(contests: Sequence[Contest], seed: int) -> tuple[str, dict[str, Any]]:
    """The page, and the key to it: which interviewer is A and which is B in each pair.

    The order of the pairs and of their sides is drawn by *seed*.
    """
    chance = random.Random(seed)  # noqa: S311 - hides an order, keeps no secret
    shuffled = chance.sample(contests, len(contests))
    sides: dict[str, dict[str, str]] = {}
    sections: list[str] = []
    for number, contest in enumerate(shuffled, 1):
        pair = f"p{number:02}"
        names, texts = (contest.first, contest.second), contest.texts
        if chance.random() < 0.5:  # noqa: PLR2004 - a coin
            names, texts = names[::-1], texts[::-1]
        sides[pair] = {
            "prefix": contest.prefix, "A": names[0], "B": names[1], "of": contest.first, "over": contest.second
        }  # fmt: skip
        sections.append(_section(pair, number, len(shuffled), contest.talk, texts))
    body = "\n".join(sections)
    id_ = sha256(body.encode()).hexdigest()[:12]
    return _PAGE.replace("@ID@", id_).replace("@PAIRS@", body), {"page": id_, "seed": seed, "pairs": sides}


def preferences(judged: Mapping[str, Any], key: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was chosen in *judged*, by pair of interviewers. "No difference" is no preference.

    Raises ValueError where the key is another page's, or a choice is none.
    """
    if judged["page"] != key["page"]:
        raise ValueError(f"the key is of page {key['page']}, the choices are of page {judged['page']}")
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for pair, choice in judged["choices"].items():
        if pair not in key["pairs"] or choice not in {"A", "B", SAME}:
            raise ValueError(f"{pair}: {choice!r} is no choice on this page")
        sides = key["pairs"][pair]
        count = counts.setdefault((sides["of"], sides["over"]), {"preferred": 0, "other": 0, SAME: 0})
        chosen = SAME if choice == SAME else "preferred" if sides[choice] == sides["of"] else "other"
        count[chosen] += 1
    for (of, over), count in counts.items():
        judged_pairs = sum(count.values())
        low, high = wilson(count["preferred"], judged_pairs)
        yield {
            "interviewer": of,
            "over": over,
            "judged": judged_pairs,
            **count,
            "share": round(count["preferred"] / judged_pairs, 3),
            "low": round(low, 3),
            "high": round(high, 3),
        }


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The interval in which a share lies with 95 % confidence (Wilson 1927); all of [0, 1] where nothing is known."""
    if not whole:
        return 0.0, 1.0
    share, z2 = part / whole, _Z95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    around = _Z95 * sqrt(share * (1 - share) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return max(0.0, middle - around), min(1.0, middle + around)


def _section(
    pair: str, number: int, total: int, talk: Sequence[tuple[str, str]], texts: tuple[str, str]
) -> str:
    said = "\n".join(
        f'<p class="{escape(who)}"><b>{escape(who)}</b> {escape(text)}</p>' for who, text in talk
    )
    choices = "\n".join(
        f'<button type="button" data-choice="{choice}"><kbd>{place}</kbd> {escape(text)}</button>'
        for place, choice, text in ((1, "A", texts[0]), (2, "B", texts[1]), (3, SAME, "No difference"))
    )
    return (
        f'<section id="{pair}" hidden>\n<h2>{number} of {total}</h2>\n{said}\n'
        f"<h3>Which question should the interviewer ask now?</h3>\n{choices}\n</section>"
    )


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Which question is better?</title>
<style>
body { font: 18px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
 background: #fff; }
section p { margin: 0 0 .8rem; }
.coach { color: #555; }
button { display: block; width: 100%; margin: .6rem 0; padding: .8rem; font: inherit; text-align: left;
 background: #f4f4f4; color: #1a1a1a; border: 2px solid #767676; border-radius: .4rem; cursor: pointer; }
button:focus-visible { outline: 3px solid #0b57d0; }
button[aria-pressed="true"] { border-color: #0b57d0; background: #e8f0fe; }
nav button, #done button { display: inline-block; width: auto; margin-right: .5rem; }
textarea { width: 100%; height: 12rem; font: 14px/1.4 monospace; }
</style>
</head>
<body data-page="@ID@">
<h1>Which question is better?</h1>
<p>Read what was said so far, then choose the question that a strong interviewer would rather ask. Keys: 1, 2 or 3;
the left and right arrows go back and on.</p>
<main>
@PAIRS@
</main>
<nav><button type="button" id="back">Back</button><button type="button" id="on">On</button>
<span id="count" role="status"></span></nav>
<div id="done">
<h2>Your choices</h2>
<textarea id="result" readonly aria-label="Your choices as JSON"></textarea>
<button type="button" id="save">Save as a file</button><button type="button" id="copy">Copy</button>
</div>
<script>
"use strict";
const page = document.body.dataset.page;
const pairs = [...document.querySelectorAll("section")];
const stored = "follow-ups-" + page;
let choices = {};
try { choices = JSON.parse(localStorage.getItem(stored)) || {}; } catch (error) { choices = {}; }
let at = Math.max(0, pairs.findIndex((pair) => !(pair.id in choices)));

function text() { return JSON.stringify({ page, choices }, null, 1); }

function show() {
  pairs.forEach((pair, number) => {
    pair.hidden = number !== at;
    pair.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", String(choices[pair.id] === button.dataset.choice));
    });
  });
  document.getElementById("count").textContent = Object.keys(choices).length + " of " + pairs.length + " chosen";
  document.getElementById("result").value = text();
}

function move(by) {
  at = Math.min(pairs.length - 1, Math.max(0, at + by));
  show();
  window.scrollTo(0, 0);
}

function choose(choice) {
  choices[pairs[at].id] = choice;
  try { localStorage.setItem(stored, JSON.stringify(choices)); } catch (error) { /* kept on the page alone */ }
  move(1);
}

document.querySelectorAll("section button").forEach((button) => {
  button.addEventListener("click", () => choose(button.dataset.choice));
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) { return; }
  const chosen = { 1: "A", 2: "B", 3: "same" }[event.key];
  if (chosen) { choose(chosen); }
  if (event.key === "ArrowLeft") { move(-1); }
  if (event.key === "ArrowRight") { move(1); }
});
document.getElementById("back").addEventListener("click", () => move(-1));
document.getElementById("on").addEventListener("click", () => move(1));
document.getElementById("save").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text()], { type: "application/json" }));
  link.download = "judged-" + page + ".json";
  link.click();
});
document.getElementById("copy").addEventListener("click", () => {
  document.getElementById("result").select();
  document.execCommand("copy");
});
show();
</script>
</body>
</html>
"""
