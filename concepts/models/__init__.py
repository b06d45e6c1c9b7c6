"""One aggregate a file; imported from here."""

from concepts.models.artifact import (
    Artifact,
    ArtifactKindLabel,
    ArtifactStateLabel,
    ArtifactVersion,
    Origin,
)
from concepts.models.concept import Concept, ConceptKind, ConceptPrerequisite
from concepts.models.quiz import Choice, Question, QuestionType, Quiz
from concepts.models.resource import LinkState, Resource, ResourceKind
from concepts.models.tutorial import Tutorial

__all__ = [
    "Artifact",
    "ArtifactKindLabel",
    "ArtifactStateLabel",
    "ArtifactVersion",
    "Choice",
    "Concept",
    "ConceptKind",
    "ConceptPrerequisite",
    "LinkState",
    "Origin",
    "Question",
    "QuestionType",
    "Quiz",
    "Resource",
    "ResourceKind",
    "Tutorial",
]
