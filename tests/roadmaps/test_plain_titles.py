"""Titles are plain, and pages number them themselves."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadmaps.plain_titles import plain_title, plain_titles

NUMBERED = (
    "Stage 1: {}", "Stage 1 - {}", "Stage 1 – {}", "Stage 1 — {}", "Stage 1. {}", "STAGE 01: {}",
    "Stage One: {}", "Stage II: {}", "Stage 1/5: {}", "Stage 1 of 5: {}", "Stage #1: {}",
    "[Stage 1] {}",
    "(Module 2) {}", "Module 2 - {}", "Module 2: {}", "Module 2.1 – {}", "Module B: {}",
    "Lesson 3 — {}",
    "Lesson 3 —{}", "Chapter 12. {}", "Unit 4) {}", "Part IV: {}", "Week 1: {}",
    "Weeks 1–2: {}", "Step 3: {}",
    "Phase 2 · {}", "Phase 2 | {}", "Section 1.2.3: {}", "Topic 3: {}", "Concept 7: {}",
    "Stage 1: 1. {}", "Module 1: Lesson 2: {}", "1. {}", "1) {}", "(1) {}", "[1] {}", "01. {}",
    "10. {}",
    "1.2. {}", "1.2) {}", "1.2: {}", "1: {}", "01 - {}", "1 – {}", "3 — {}", "#1: {}", "#2. {}",
    "II. {}", "IV) {}", "III: {}", "VII – {}", "① {}", "❷ {}", "1️⃣ {}", "## {}", "## 1. {}",
    "**Stage 1: {}**", "**Stage 1:** {}", "Stage 1: **{}**", "Stage 1: *{}*", "Stage 1: `{}`",
    "**{}**",
    "***{}***", "*{}*", "`{}`", "## **{}** ##", "~~{}~~", "[{}](https://a.example/)", "**1.** {}",
    "第一章：{}", "第1章 {}", "第一章 {}", "第十二章、{}", "第2节：{}", "第三课 {}",
    "第一部分：{}", "第二阶段：{}",
    "第三单元 - {}", "第一讲：{}", "【第一章】{}", "阶段1：{}", "阶段一：{}", "模块 2：{}",
    "单元3 - {}", "一、{}", "（一）{}",
    "1、{}", "十一、{}", "第1章　{}", "第2回：{}", "ステージ1：{}", "モジュール2: {}",
    "レッスン3 - {}", "パート1：{}",
    "제1장 {}", "1장. {}", "2단계: {}", "모듈 3: {}", "레슨 1 - {}",
    "Etapa 1: {}", "Módulo 2 - {}", "Capítulo 3. {}", "Lección 4: {}", "Unidad uno: {}",
    "Étape 1 : {}", "Chapitre 2 – {}", "Leçon 3 : {}", "Module n° 4 : {}", "Partie I : {}",
    "Stufe 1: {}", "Kapitel 2 – {}", "Lektion 3: {}", "Teil 4. {}", "Modul Nr. 5: {}",
    "Teil eins: {}",
    "Глава 1. {}", "Модуль 2 — {}", "Урок 3: {}", "Этап 1: {}", "Часть первая: {}", "ГЛАВА 2: {}",
    "الوحدة 1: {}", "الفصل الأول: {}", "الدرس ٣: {}", "المرحلة 2 - {}", "بخش ۱: {}",
    "अध्याय 1: {}", "चरण २: {}", "मॉड्यूल 3 - {}", "पाठ 4: {}", "บทที่ 1: {}", "פרק 1: {}",
    "Rozdział 1: {}", "Bölüm 2: {}", "Κεφάλαιο 3: {}", "Chương 1: {}", "Modulo 1: {}",
    "Hoofdstuk 2: {}",
    "1.2.3 {}", "Stage-1: {}", "Stage 1 => {}", "Part 1; {}", "Part 1, {}", "Step 1️⃣: {}",
    "Stage Ⅱ: {}", "Ⅱ. {}", "Weeks 1 to 3: {}", "Weeks 1 & 2: {}", "Level 1: {}", "Month 2 – {}",
    "Lab 3: {}", "Nivel 1: {}", "Niveau 2 : {}", "Уровень 1: {}", "级别1：{}", "レベル1：{}",
    "The first stage: {}", "First stage: {}", "2nd module – {}", "Stage first: {}",
    "1. Kapitel: {}", "2. Woche – {}", "I. fejezet: {}", "1. fejezet: {}", "3. Bölüm: {}",
    "Première partie : {}", "1ère partie : {}", "Parte 1ª: {}", "1.ª parte: {}",
    "1º Módulo: {}", "Primera etapa: {}", "Первый этап: {}", "1-й модуль: {}",
    "a) {}", "(b) {}", "A) {}", "(ii) {}", "iv. {}", "1\\. {}", "1\\) {}", "01- {}", "١- {}",
    "No. 1: {}", "№1 {}", "🔟 {}", "1⃣ {}", "📘 Module 1: {}", "🚀 1. {}",
    "- {}", "• **{}**", "- [ ] {}", "_{}_", "_Stage 1:_ {}", "1. _{}_",
    "第一章·{}", "第一节{}", "1章 {}", "阶段一 {}", "模块 1 {}", "第1周 {}", "第一天：{}",
    "第二册：{}", "第一個模組：{}", "第一步：{}",
)  # fmt: skip
TITLES = (
    "Signals",
    "3D printing",
    "Сигналы и шум",
    "信号",
    "2001: A Space Odyssey",
    "الإشارات",
    "C#",
)
UNTOUCHED = (
    "3D printing", "2001: A Space Odyssey", "5 Whys", "HTTP/2", "1984", "C#", "__init__", ".NET",
    "Step-by-step debugging", "Step by step", "Stage fright", "Part of speech", "Parts of a cell",
    "Unit testing", "Unit tests: why", "Module systems", "Section 230", "Phase 2 trials", "Day 1",
    "Chapter and verse", "Lesson planning: basics", "Topic sentences", "Week numbers",
    "Block 4KB",
    "3.11 features", "2.4 GHz radio", "0.1 + 0.2", "1.5 Volt cells", "4 - 2 = 2", "9-to-5",
    "24/7",
    "80/20 rule", "7 habits", "10x engineers", "1NF, 2NF and 3NF", "2D and 3D", "I, Robot",
    "Iodine",
    "I/O", "IV drips", "Vitamin C: why", "C: the language", "C. elegans", "E. coli", "X-rays",
    "V8",
    "A/B testing", "A: an article", "B-trees", "Part-time work", "MIDI", "IIR filters", "IX",
    "CI/CD",
    "2 * 3 * 4", "a*b", "*args and **kwargs", "The ** operator", "snake_case_names", "_private",
    "__dunder__ methods", "Generics<T>", "C++ templates", "#hashtags", "F#", "~/.bashrc",
    "100 days", "404: not found", "99.9% uptime", "365 days: a plan", "1,000 words", "1st steps",
    "第一次世界大战", "第三方库", "第二语言习得", "第一章程", "一带一路", "三国演义", "三角函数",
    "五子棋", "十进制", "部分函数",
    "阶段性总结", "单元测试", "模块化", "二分查找", "第一性原理", "第三阶段临床试验", "章节",
    "課題",
    "Тема и рема", "Часть речи", "День рождения", "Часть вторая", "1С: Бухгалтерия",
    "الوحدة الوطنية",
    "Teilmengen", "Tag und Nacht", "Tag 1", "Partie double", "Deux-points", "La unidad",
    "Día de muertos",
    "पाठक", "चरणामृत", "부정", "장기", "단계별 학습", "レッスン", "パートナー", "Ⅳ", "x² + y²",
    "H₂O",
    "1:n relations", "1:N mapping", "2.0: features", "3.0 – features", "2.0.1 notes", "1.5 degrees",
    "10.0.0.1 is private", "1- and 2-cycles", "2–3 trees", "1–2 years", "7 steps: how",
    "One day: a",
    "Two parts: why", "2 Samuel", "100 days of code", "First class: why", "First part of speech",
    "1st normal form: x", "Level 1 cache", "Stage 1, 2 and 3", "(c) 2024", "(R) marks", "Z) y",
    "_ and __", "$_GET and $_POST", "_foo and bar", "* and **", "- and +", "-5 and 5", "🎉 Party",
    "🐍 Python 3: basics", "第三节课", "第二章程", "第一级火箭", "第一天使", "10 章法",
    "What is `", "`", "**", "1", "1.", "Stage 1", "[citation needed]", "f(x) = x", "Q: and A:",
)  # fmt: skip


@pytest.mark.parametrize("form", NUMBERED)
def test_the_number_and_the_marks_before_a_title_come_off(form: str) -> None:
    assert [plain_title(form.replace("{}", title)) for title in TITLES] == list(TITLES)


@pytest.mark.parametrize("title", UNTOUCHED)
def test_what_belongs_to_a_title_stays(title: str) -> None:
    assert plain_title(title) == title


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("`__init__`", "__init__"),
        ("Stage 2: `__init__` and **friends**", "__init__ and friends"),
        ("The `*` and `**` operators", "The * and ** operators"),
        ("**The `**` operator**", "The ** operator"),
        ("__The big idea__", "The big idea"),
        ("1. 3D printing", "3D printing"),
        ("Lesson 3 —", "Lesson 3 —"),
        ("  Stage 1:   Signals  ", "Signals"),
        ("Module 1.2.3 Signals", "Signals"),
        ("1—Signals", "Signals"),
        ("Section 1.2 Signals", "Signals"),
        (r"The \_\_init\_\_ method", "The __init__ method"),
        (r"\*args and \*\*kwargs", "*args and **kwargs"),
        (r"\*\*Signals\*\*", "**Signals**"),
        (r"C\# and `\*`", r"C# and \*"),
    ],
)
def test_marks_come_off_and_code_stays(title: str, plain: str) -> None:
    assert plain_title(title) == plain


@settings(derandomize=True, deadline=None)
@given(title=st.text(min_size=1, max_size=40))
def test_a_plain_title_is_never_empty_and_stays_plain(title: str) -> None:
    plain = plain_title(title)
    assert plain
    assert len(plain) <= len(title)


@pytest.mark.parametrize(
    ("titles", "plain"),
    [
        (["1 Intro", "2 Loops"], ["Intro", "Loops"]),
        (["1.1 Intro", "1.2 Loops"], ["Intro", "Loops"]),
        (["A. Intro", "B. Loops", "C. Sets"], ["Intro", "Loops", "Sets"]),
        (["I. Intro", "II. Loops"], ["Intro", "Loops"]),
        (["Module 1 Intro", "Module 2 Loops"], ["Intro", "Loops"]),
        (["1 Intro", "Loops"], ["1 Intro", "Loops"]),
        (["5 Whys", "7 habits"], ["5 Whys", "7 habits"]),
        (["1 Intro"], ["1 Intro"]),
        (["Part 1: Loops", "Part 2: Loops"], ["Part 1: Loops", "Part 2: Loops"]),
        (["**Part 1:** Loops", "Part 2: Loops"], ["Part 1: Loops", "Part 2: Loops"]),
        (["Part 1: Loops", "Part 2: Sets"], ["Loops", "Sets"]),
        (["Stage One Intro", "Stage Two Loops"], ["Intro", "Loops"]),
        (["001 Intro", "002 Loops"], ["Intro", "Loops"]),
        (["1-Intro", "2-Loops"], ["Intro", "Loops"]),
        (["1-bit adders", "2-bit rings"], ["1-bit adders", "2-bit rings"]),
        (["(A) Intro", "(B) Loops"], ["Intro", "Loops"]),
        (["1 Samuel", "2 Samuel"], ["1 Samuel", "2 Samuel"]),
        ([], []),
    ],
)
def test_siblings_are_counted_and_told_apart(titles: list[str], plain: list[str]) -> None:
    assert plain_titles(titles) == plain


@pytest.mark.parametrize(
    "scrap",
    [
        "`",
        "**a",
        "\\*",
        "_a",
        "🎉",
        "Stage 1.",
        "1.1",
        "- ",
        "*",
        "__a",
        "~~",
        "[a](",
        "第一章",
        "1.",
        "Stage 1: ",
    ],
)
def test_a_title_that_is_too_long_is_left_to_be_refused(scrap: str) -> None:
    started = process_time()
    title = scrap * 50_000
    assert plain_title(title) == title
    assert plain_titles([title, "1. Loops"]) == [title, "1. Loops"]
    plain_title(title[:300])
    assert process_time() - started < 1
