"""Small words of spoken English that tell, without any grammar, where a speaker began anew or named something."""

from __future__ import annotations

from voice_coach.core.english import CLAUSE, LEADING, OPEN, PERSONS, PHRASE, VERBS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MEANT_TWICE = _words(
    "very really no yeah yes so many much that had bye okay is do more long far way right well again please what ha "
    "plus fifty boom knock"
)
"""Said twice on purpose or by grammar ("that that", "what it is is")."""
HANDED_ON = _words("it you him her them us that")
"""A clause may end and the next begin with these: "you send it, it arrives"."""
SUBJECTS = _words("i we you they he she it")
OPENERS = _words("and but so then or well okay yeah")
"""A subject behind one of these begins a clause: "so you you can" is a restart, "tell you you can" is none."""
AUXILIARIES = _words(
    "am is are was were will would can could should may might must shall has have had do does did don't doesn't "
    "didn't can't couldn't won't wouldn't shouldn't isn't aren't need want"
)
SUBORDINATE = _words(
    "what whatever when whenever where wherever while as if once since because than how that which who whom whether "
    "until unless though although before after why"
)
"""Behind a clause that begins with one of these, another may have the same subject: "if it can it will"."""
ARTICLES = _words("a an the my our your their its")
PREPOSITIONS = _words("in on at for with of from by about into to over under between through after before")
BEFORE_NOUNS = _words(
    "a an the my our your their its his her this that these those each every some any another of for with from into "
    "between per about"
)
NO_NOUNS = (
    CLAUSE
    | LEADING
    | OPEN
    | PERSONS
    | PHRASE
    | VERBS
    | _words(
        "i'll i'd me him us them up out off down back away again still even really pretty actually basically thing "
        "things stuff way lot bit kind sort part point case one ones first second last next other others something "
        "anything everything someone maybe probably guess think know mean see say going gonna want let let's here "
        "there now today please sorry yeah yes okay um uh er hmm which whose where why how what that much most less "
        "least both either neither same own whole sure right left good bad great"
    )
)
"""None of these tells what is talked about."""
