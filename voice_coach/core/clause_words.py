"""Words by which a clause that a better sentence can be built upon is told from one that it cannot."""

from __future__ import annotations

from voice_coach.core.english import CLAUSE


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NEGATIONS = _words("no not never nobody nothing none neither nor cannot without hardly instead")
"""They turn a statement into its opposite."""
PAST = _words("was were had did used went became began broke told said thought")
"""A clause with one of these tells what was, not what is designed."""
ASIDES = _words(
    "like basically actually literally sort kind sure yeah okay ok mean know guess honestly whatever stuff anyway "
    "please sorry see always everybody everyone somebody someone anybody team "
    "think thinks wonder let love hate wish hope "
    "because since cause cos if unless or why what how suppose imagine say said maybe perhaps"
)
"""Nothing can be added to a clause with one of these: an aside, a reason, a condition, a doubt."""
OPINIONS = _words(
    "best better great good terrible awful awesome amazing perfect excellent brilliant scalable resilient robust "
    "tolerant powerful super fancy modern nice nicely favourite favorite highly right wrong bad poor "
    "worse worst correct weak strong clever smart stupid confused tradeoff drawback problem"
)
"""A clause with one of these praises or blames."""
STATES = _words(
    "is are was has have had do does need needs want wants would will can could should must i'd we'd i'll we'll "
    "there's it's that's we've i've fit fits work works scale scales"
)
"""Verbs that alone do not tell what something does."""
AT_WORK = _words("for in on behind between")
"""With one of these "there is" tells what something is used for: "a cache for the links"."""
BREAKS = _words(
    "i i'm i've i'd i'll it's that's there's we we're we've we'd we'll they're they he's she's let's"
)
"""In the middle of a clause they begin another one."""
JOINTS = CLAUSE | _words("that which as all everything")
"""Behind these another clause may begin."""
PLACES = _words("in on for behind between next with from at before after")
"""A whole sentence may begin with where something stands: "in front of the reads I put"."""
RELATIVES = _words("that which who where whose")
"""What stands behind them tells about a word, and is not what the clause says."""
NO_STARTS = _words(
    "that's so should would could can do does is are was were has have which who because it they he she this these "
    "those there one it'll it'd must will"
)
"""In the middle of a sentence, what begins with one of these hangs on what was said before."""
ASKING = _words("that's so should would could can do does is are which who because")
"""What begins with one of these hangs on what was said before, or asks."""
