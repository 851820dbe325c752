"""Encodes every wording of a question that comes with the program: ``python -m scripts.encode_wordings``.

To be run after wordings were changed; those that are missing are encoded in the session, which takes a while.
"""

from __future__ import annotations

from voice_coach.adapters.known_vectors import write_vectors
from voice_coach.compose.content import Content, load_content
from voice_coach.compose.judging import sentence_encoder
from voice_coach.config import load_config
from voice_coach.core.content import Fact


def wordings(content: Content) -> list[str]:
    """All that are compared with what candidates ask, in any pack."""
    book = content.facts
    facts: list[Fact] = [fact for pack in content.questions.values() for fact in pack.facts]
    asked = {text for fact in facts for text in fact.asked}
    shared = {text for fact in book.fact for text in fact.asked}
    return sorted({*asked, *shared, *book.oneself, *book.decisions, *(fact.answer for fact in facts)})


def main() -> None:
    """Writes the file."""
    content = load_content()
    texts = wordings(content)
    write_vectors(content.wordings_file, texts, sentence_encoder(load_config()))
    print(f"{len(texts)} wordings in {content.wordings_file}")


if __name__ == "__main__":
    main()
