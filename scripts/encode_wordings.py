"""Encodes every wording of a question that comes with the program: ``python -m scripts.encode_wordings``.

To be run after wordings were changed; those that are missing are encoded in the session, which takes a while.
"""

from __future__ import annotations

from voice_coach.adapters.known_vectors import write_vectors
from voice_coach.compose.book import understanding
from voice_coach.compose.content import load_content
from voice_coach.compose.judging import sentence_encoder
from voice_coach.config import load_config
from voice_coach.core.fact_finder import FactFinder


def main() -> None:
    """Writes the file."""
    content = load_content()
    encoder = sentence_encoder(load_config())
    known = understanding(content, encoder)
    texts = {
        text
        for question in content.questions.values()
        for text in FactFinder(question, content.facts, known).wordings
    }
    write_vectors(content.wordings_file, sorted(texts), encoder)
    print(f"{len(texts)} wordings in {content.wordings_file}")


if __name__ == "__main__":
    main()
