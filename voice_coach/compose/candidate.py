"""What is known of the candidate, put into the question: how it is asked, and what a résumé names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voice_coach.config import complain
from voice_coach.core.content import CompanyStyle, FollowUp
from voice_coach.core.lexicon import TermFinder
from voice_coach.core.transcript import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voice_coach.compose.content import Content
    from voice_coach.config import CandidateSettings, Config
    from voice_coach.core.content import Question

_MOST_NAMED = 6
"""Things of a résumé that are asked about; more would be a quiz."""
_CATEGORIES = frozenset({"store", "cache", "queue", "index", "balancer", "worker", "product"})
"""What one builds a system of: mechanisms and protocols are no parts that one can be asked about by name."""


def question_for(config: Config, content: Content, question: Question, config_path: Path | None) -> Question:
    """*question* as the configured company puts it, and about what the configured résumé names.

    Raises ConfigError where that cannot be read.
    """
    question = in_style(question, config.candidate.company_style)
    if not question.is_own_system or not config.candidate.resume:
        return question
    resume = _resume(config.candidate, config_path)
    return replace(question, follow_ups=(*_about(resume, content, question), *question.follow_ups))


def in_style(question: Question, style: CompanyStyle) -> Question:
    """*question* put as a company of this *style* does."""
    asked = {
        CompanyStyle.PLAIN: question.asked,
        CompanyStyle.TERSE: question.terse,
        CompanyStyle.VAGUE: question.vague,
    }[style]
    return replace(question, asked=asked or question.asked)


def _resume(candidate: CandidateSettings, config_path: Path | None) -> str:
    path = Path(candidate.resume).expanduser()
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as failure:
        reason = f"{path} is no text; save the résumé as plain text in UTF-8"
        raise complain(config_path, ("candidate", "resume"), reason) from failure
    except OSError as failure:
        reason = f"{path} cannot be read: {failure.strerror}; name a text file, or leave the key empty"
        raise complain(config_path, ("candidate", "resume"), reason) from failure


def _about(resume: str, content: Content, question: Question) -> Iterator[FollowUp]:
    """A follow-up about each part that *resume* names, in its order."""
    words = laid_out(resume, 0.0, 1.0)
    mentions = TermFinder(content.lexicon).find(words)
    terms = dict.fromkeys(mention.term for mention in mentions if mention.term.category in _CATEGORIES)
    for number, term in enumerate(list(terms)[:_MOST_NAMED]):
        template = question.resume_follow_ups[number % len(question.resume_follow_ups)]
        yield replace(
            template,
            id=f"{template.id}_{term.id}",
            text=template.text.replace("{named}", term.text),
            covered=(f"({term.text.lower()}) ... (because|since|instead)",),
        )
