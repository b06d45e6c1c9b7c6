"""A roadmap whose content is read from right to left, while the pages around it are not."""

from __future__ import annotations

from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    ChoiceContent,
    QuestionContent,
    QuizContent,
    ResourceContent,
    ResourcesContent,
    TutorialContent,
)
from generation.port.outline import ConceptOutline, ModuleOutline, Outline, StageOutline
from tests.generation.cast import ScriptedProvider
from tests.learning.library import QuickProvider

TITLES = ("أول برنامج", "المتغيرات", "القوائم", "الدوال")
TUTORIAL = """\
نكتب في هذا الدرس سطرًا واحدًا، ثم نرى ما يفعله الحاسوب به، كلمة بعد كلمة.

## اطبع كلمة

تطبع الدالة `print` ما بين القوسين:

```python
name = "سلمى"
print("مرحبا", name)
```

| الرمز | المعنى |
|---|---|
| `=` | احفظ القيمة |
| `print` | اطبع القيمة |

## الخلاصة

- النص بين علامتي اقتباس.
- الاسم بلا علامات.
"""
RESOURCES = ResourcesContent(
    resources=[
        ResourceContent(
            title="دليل بايثون",
            url="https://docs.python.org/3/tutorial/",
            kind="docs",
            why="للبدء.",
        ),
        ResourceContent(
            title="مكتبة بايثون",
            url="https://docs.python.org/3/library/",
            kind="docs",
            why="للبحث.",
        ),
    ]
)
QUIZ = QuizContent(
    questions=[
        QuestionContent(
            type="single",
            stem=f"{number}. ما الذي تطبعه `print(2 + 3)`؟",
            choices=[
                ChoiceContent(text=text, is_correct=text == "خمسة", rationale="تجمع أولًا ثم تطبع.")
                for text in ("خمسة", "اثنان وثلاثة", "لا شيء")
            ],
            explanation="تُحسب القيمة قبل أن تُطبع.",
            objective="طباعة قيمة",
            difficulty=1,
        )
        for number in range(1, 4)
    ]
)
WRITTEN: dict[ArtifactKind, ArtifactContent] = {
    ArtifactKind.TUTORIAL: TutorialContent(markdown=TUTORIAL),
    ArtifactKind.RESOURCES: RESOURCES,
    ArtifactKind.QUIZ: QUIZ,
}


def make_arabic_provider() -> ScriptedProvider:
    concepts = [_concept(number, title) for number, title in enumerate(TITLES, start=1)]
    module = ModuleOutline(title="الأساسيات", summary="ما يبدأ به كل برنامج.", concepts=concepts)
    plan = Outline(
        title="البرمجة بلغة بايثون",
        summary="من السطر الأول إلى برنامج صغير يعمل.",
        language="ar",
        level="beginner",
        stages=[StageOutline(title="البداية", summary="الخطوات الأولى.", modules=[module])],
    )
    content = {
        (concept.key, kind): written for concept in concepts for kind, written in WRITTEN.items()
    }
    return QuickProvider(plan, content=content)


def _concept(number: int, title: str) -> ConceptOutline:
    return ConceptOutline(
        key=f"c{number:02}",
        title=title,
        summary="خطوة صغيرة مع مثال.",
        kind="procedure",
        difficulty=1,
        est_minutes=20,
        objectives=["طباعة قيمة", "قراءة خطأ"],
        keywords=["بايثون"],
        requires=[f"c{number - 1:02}"] if number > 1 else [],
    )
