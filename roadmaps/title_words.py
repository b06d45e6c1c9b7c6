"""What parts of a roadmap are called, and how they are counted, in many languages. Pure data."""

from __future__ import annotations

PARTS = frozenset(
    word
    for words in (
        # English, German, French, Spanish, Portuguese, Italian, Dutch, Scandinavian languages
        "stage phase part module unit chapter lesson section topic step week day concept session",
        "lecture milestone block stages parts modules units chapters lessons sections steps weeks",
        "days level month sprint lab exercise task project",
        "stufe etappe teil modul einheit kapitel lektion abschnitt thema schritt woche tag konzept",
        "étape etape partie unité chapitre leçon lecon séance semaine jour bloc",
        "etapa fase parte módulo modulo unidad capítulo capitulo lección leccion sección seccion",
        "tema paso semana día clase bloque sesión unidade lição aula seção passo",
        "niveau mois nivel mes nível mês livello mese monat уровень месяц",
        "tappa unità capitolo lezione sezione settimana argomento passaggio",
        "deel hoofdstuk les eenheid stap onderdeel steg del kapittel lektion leksjon avsnitt enhet",
        "vaihe osa moduuli luku oppitunti jakso",
        # Slavic languages, Romanian, Hungarian, Greek, Turkish, Indonesian, Vietnamese
        "etap część moduł jednostka rozdział lekcja sekcja temat krok část jednotka kapitola lekce",
        "lekcia časť faza dio poglavlje lekcija etapă parte unitate capitol lecție modulul",
        "szakasz rész egység fejezet lecke στάδιο φάση μέρος ενότητα κεφάλαιο μάθημα βήμα",
        "aşama aşaması bölüm bölümü modül ünite ders kısım adım tahap bagian modul bab pelajaran",
        "giai_đoạn phần mô_đun bài chương chuyên_đề",
        "этап стадия часть модуль раздел глава урок тема шаг блок неделя день лекция занятие",
        "етап частина розділ заняття тиждень крок част раздел урок етапа део поглавље лекција",
        # Arabic, Persian, Urdu, Hebrew
        "المرحلة مرحلة الوحدة وحدة الفصل فصل الدرس درس الجزء جزء القسم قسم الباب الموضوع الخطوة",
        "بخش فصل مرحله ماژول درس واحد گام قسمت باب حصہ سبق ماڈیول",
        "שלב חלק מודול יחידה פרק שיעור נושא צעד",
        # Hindi, Bengali, Tamil, Thai
        "चरण भाग मॉड्यूल इकाई अध्याय पाठ खंड विषय कदम पড়া ধাপ পর্যায় অংশ মডিউল অধ্যায় পাঠ একক",
        "நிலை பகுதி தொகுதி அலகு அத்தியாயம் பாடம் படி",
        "ขั้นตอนที่ ขั้นที่ ส่วนที่ โมดูล โมดูลที่ หน่วยที่ บทที่ บทเรียนที่ บท ตอนที่",
        # Chinese, Japanese, Korean
        "概念 知识点 知識點 级别 級別 レベル 레벨 المستوى مستوى स्तर",
        "阶段 模块 单元 章节 课程 部分 步骤 主题 課 階段 模組 單元 章節 步驟 主題",
        "ステージ フェーズ モジュール ユニット パート レッスン チャプター",
        "セクション ステップ 単元 段階",
        "단계 모듈 단원 파트 레슨 챕터 섹션 장 부",
    )
    for name in words.split()
    for word in [name.replace("_", " ")]
)

# Those of them that a line of its own names a part by, by how deep it lies.
STAGES = frozenset(
    word
    for words in (
        "stage phase part stufe etappe teil étape etape partie etapa fase parte tappa",
        "этап часть етап частина etap część المرحلة مرحلة",
        "阶段 階段 部分 部 篇 ステージ フェーズ 단계 부",
    )
    for word in words.split()
)
MODULES = frozenset(
    word
    for words in (
        "module unit chapter week section modul einheit kapitel woche abschnitt",
        "unité chapitre semaine módulo modulo unidad capítulo semana unità capitolo settimana",
        "модуль раздел глава неделя розділ тиждень moduł rozdział الوحدة وحدة الفصل فصل",
        "模块 模組 单元 單元 章 モジュール ユニット 모듈 단원 장",
    )
    for word in words.split()
)
CONCEPTS = frozenset(
    word
    for words in (
        "concept lesson topic konzept lektion thema leçon lección concepto tema lezione lição",
        "урок тема lekcja الدرس درس 概念 课 課 レッスン 레슨",
    )
    for word in words.split()
)

CARDINALS = frozenset(
    word
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "eins zwei drei vier fünf sechs sieben acht neun zehn",
        "un une deux trois quatre cinq sept huit neuf dix",
        "uno una dos tres cuatro cinco seis siete ocho nueve diez um uma dois duas três quatro",
        "due tre quattro cinque sei sette otto nove dieci",
        "один одна два две три четыре пять шесть семь восемь девять десять",
        "एक दो तीन चार पाँच पांच छह सात आठ नौ दस",
    )
    for word in words.split()
)

ORDINALS = frozenset(
    word
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth",
        "erste erster erstes zweite zweiter zweites dritte dritter drittes vierte vierter viertes",
        "premier première deuxième troisième quatrième cinquième sixième",
        "primero primera segundo segunda tercero tercera cuarto cuarta quinto quinta sexto sexta",
        "primeiro primeira terceiro terceira quarto primo prima secondo seconda terzo terza quarta",
        "первый первая первое второй вторая второе третий третья третье четвёртый четвертый",
        "четвёртая четвертая пятый пятая шестой шестая седьмой седьмая восьмой восьмая",
        "الأول الأولى الثاني الثانية الثالث الثالثة الرابع الرابعة الخامس الخامسة السادس السادسة",
        "السابع السابعة الثامن الثامنة التاسع التاسعة العاشر العاشرة اول دوم سوم چهارم پنجم",
    )
    for word in words.split()
)
