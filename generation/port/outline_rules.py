"""What is wrong with an outline."""

from __future__ import annotations

from concepts.languages.judging import find_wrong_language
from generation.outline import Outline


def outline_language_problems(outline: Outline, language: str) -> list[str]:
    """Titles are judged all together and by script, the sentences by script and words."""
    stages, modules, concepts = outline.stages, outline.modules(), outline.concepts()
    sentences = [
        outline.summary,
        *(stage.summary for stage in stages),
        *(module.summary for module in modules),
        *(text for concept in concepts for text in (concept.summary, *concept.objectives)),
    ]
    titles = [
        *(stage.title for stage in stages),
        *(module.title for module in modules),
        *(concept.title for concept in concepts),
    ]
    complaints = {
        "the summaries and objectives": find_wrong_language("\n".join(sentences), language),
        "the titles": find_wrong_language("\n".join(titles), language, by_words=False),
    }
    return [f"{name}: {wrong}" for name, wrong in complaints.items() if wrong]
