"""Small words of English that tell, without any grammar, where a clause begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CLAUSE = _words(
    "and but so because since which when if while then or although though unless until where whereas who"
)
"""A clause may begin with these."""
PHRASE = _words(
    "for with in on at by from into behind between across after before under within through during without as per "
    "against over"
)
"""A clause may be cut before these."""
LEADING = _words("and so but because or then well okay ok yeah right also now like")
"""They join a clause to the one before."""
PERSONS = _words("i we they it there the our my every each you i'd we'd i'll we'll it's there's")
"""After "and" they begin a clause of its own."""
SUBJECTS = (PERSONS - _words("it they it's")) | _words(
    "a an all most both users people clients someone nobody reads writes messages requests links "
    "we've i've any one two three"
)
"""A clause that stands alone may begin with these, or with a name."""
NO_SUBJECTS = (
    CLAUSE
    | PHRASE
    | LEADING
    | _words("to of how what why not no maybe first next let's let actually basically honestly um uh")
)
"""No clause that stands alone begins with these."""
OPEN = (
    CLAUSE
    | PHRASE
    | PERSONS
    | _words(
        "a an of to than that this these those your their its his her all any some no not just only also very more "
        "most less is are was were be been being am has have had do does did will would can could should may might "
        "must shall he she i'm i've we're we've it'll that's there'll they're they'll you'd you're don't doesn't "
        "didn't can't won't isn't aren't wouldn't like about around roughly put puts want wants need needs use uses "
        "say called what how why new short long single popular hot many few several other same big small"
    )
)
"""More is to come after these, so that nothing is cut behind them."""
DANGLING = _words(
    "is are was were be the a an of to like with for in on i'd we'd it's that's there's and but so because"
)
"""Nothing is cut behind these even where a comma follows: the speaker was searching for words."""
BROKEN_OFF = _words("a an the by into and but because")
"""More is to come after these, whatever stop the recogniser wrote behind them. Sentences do end in "of" and "from"."""
COMPARED = (
    *("than", "than with", "than in", "unlike", "against", "beats", "beat", "instead of", "ahead of"),
    *("compared to", "compared with", "opposed to", "and not", "but not"),
)
"""What is named right behind these is what another is compared with; so it is behind "over" and "prefer … to"."""
_ARTICLES = _words("a an the")
MODALS = _words("must can could will would should may might to and don't doesn't didn't can't won't cannot")
"""A verb follows."""
VERBS = _words(
    "is are was has have had do does goes go puts put use uses write writes read reads take takes store stores keep "
    "keeps send sends call calls talk talks sit sits hold holds handle handles need needs want wants would will can "
    "could should must chose choose pick picked get gets hit hits ask asks count counts answer answers looks look "
    "lives live stands stand serve serves feed feeds give gives pass passes create creates pull pulls push pushes "
    "publish publishes run runs work works fit fits scale scales come comes add adds cache caches split splits retry "
    "retries fall falls accept accepts land lands makes make i'd we'd i'll we'll there's it's that's we've i've"
)
"""Common words that make a clause of what they stand in."""


def breaks_off(text: str, bare: str) -> bool:
    """Whether a sentence whose last word is written *text*, *bare* without signs, lacks the rest of its clause: "we
    handle duplicates by".
    """
    is_stopped = text.endswith((".", "?", "!")) and not text.endswith("..")
    return bare in (BROKEN_OFF if is_stopped else BROKEN_OFF | DANGLING | PHRASE)


def compares(words: Sequence[str], *, is_second: bool) -> bool:
    """Whether what is named right behind *words* is only what something else is compared with: "I'd pick SQL over".

    *words*: of its clause, without signs. *is_second*: another thing is named in them; "sent over" and "I prefer to"
    compare nothing else.
    """
    ends = words[:-1] if words and words[-1] in _ARTICLES else words
    *before, last = ends or [""]
    if last == "over" or (last == "to" and any(word.startswith("prefer") for word in before)):
        return is_second
    return list(ends) == ["not"] or last in COMPARED or " ".join(ends[-2:]) in COMPARED
