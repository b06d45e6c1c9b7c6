"""The signs of a tutorial's grammar: headings that say what follows them. Pure.

`### Check yourself: QUESTION`, `### Exercise N: TITLE` with `#### Hint`, `#### Solution` and
`#### Check`, and `## Recap`, in the words of many languages.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum


class Sign(Enum):
    QUESTION = "question"
    EXERCISE = "exercise"
    HINT = "hint"
    SOLUTION = "solution"
    CHECK = "check"
    RECAP = "recap"


_IN_ORDER = (
    Sign.QUESTION, Sign.EXERCISE, Sign.HINT, Sign.SOLUTION, Sign.CHECK, Sign.RECAP,
)  # fmt: skip
# By language, in the order above; several words for one sign are parted by a bar.
WORDS = {
    "ar": ("تحقق من فهمك|اختبر نفسك", "تمرين", "تلميح", "الحل|حل", "التحقق|تحقق", "خلاصة|الخلاصة"),
    "bn": ("নিজেকে যাচাই করুন", "অনুশীলন", "ইঙ্গিত", "সমাধান", "যাচাই", "সারসংক্ষেপ"),
    "cs": ("Ověřte si|Ověř si", "Cvičení", "Nápověda", "Řešení", "Kontrola", "Shrnutí"),
    "da": ("Tjek dig selv", "Øvelse", "Hint|Vink", "Løsning", "Tjek", "Opsummering"),
    "de": ("Prüfe dich selbst|Prüfen Sie sich selbst", "Übung|Aufgabe", "Hinweis|Tipp", "Lösung",
           "Prüfung|Probe", "Zusammenfassung|Rückblick"),
    "el": ("Έλεγξε τον εαυτό σου|Ελέγξτε τον εαυτό σας", "Άσκηση", "Υπόδειξη", "Λύση", "Έλεγχος",
           "Ανακεφαλαίωση"),
    "en": ("Check yourself", "Exercise", "Hint", "Solution", "Check", "Recap"),
    "es": ("Compruébalo|Comprueba lo aprendido|Ponte a prueba", "Ejercicio", "Pista", "Solución",
           "Comprobación", "Resumen"),
    "fa": ("خودتان را بیازمایید|خودت را بیازما", "تمرین", "راهنمایی", "راه‌حل|پاسخ", "بررسی",
           "جمع‌بندی|خلاصه"),
    "fi": ("Testaa itsesi", "Harjoitus", "Vihje", "Ratkaisu", "Tarkistus", "Kertaus|Yhteenveto"),
    "fr": ("Vérifiez-vous|Vérifie-toi|Testez-vous|Teste-toi", "Exercice", "Indice", "Solution",
           "Vérification", "Récapitulatif|Résumé"),
    "he": ("בדקו את עצמכם|בדוק את עצמך", "תרגיל", "רמז", "פתרון", "בדיקה", "סיכום"),
    "hi": ("खुद को जाँचें|स्वयं जाँचें", "अभ्यास", "संकेत", "समाधान|हल", "जाँच", "सारांश"),
    "hu": ("Ellenőrizd magad|Ellenőrizze magát", "Gyakorlat|Feladat", "Tipp|Segítség", "Megoldás",
           "Ellenőrzés", "Összefoglalás"),
    "id": ("Uji diri Anda|Uji dirimu", "Latihan", "Petunjuk", "Solusi|Jawaban", "Pemeriksaan",
           "Rangkuman|Ringkasan"),
    "it": ("Mettiti alla prova|Verifica", "Esercizio", "Suggerimento", "Soluzione", "Controllo",
           "Riepilogo"),
    "ja": ("理解度チェック|確認してみよう", "演習|練習問題", "ヒント", "解答|解答例",
           "確認|チェック", "まとめ"),
    "ko": ("스스로 확인하기|스스로 점검", "연습|연습 문제", "힌트", "풀이|해답",
           "확인", "요약|정리"),
    "nb": ("Test deg selv|Sjekk deg selv", "Øvelse|Oppgave", "Hint", "Løsning", "Sjekk",
           "Oppsummering"),
    "nl": ("Test jezelf|Controleer jezelf", "Oefening", "Hint|Tip", "Oplossing", "Controle",
           "Samenvatting"),
    "pl": ("Sprawdź się", "Ćwiczenie", "Wskazówka", "Rozwiązanie", "Sprawdzenie",
           "Podsumowanie"),
    "pt": ("Teste-se|Verifique o que aprendeu|Teste os seus conhecimentos", "Exercício", "Dica",
           "Solução", "Verificação", "Resumo|Recapitulação"),
    "ro": ("Verifică-te", "Exercițiul|Exercițiu", "Indiciu", "Soluție|Rezolvare", "Verificare",
           "Recapitulare|Rezumat"),
    "ru": ("Проверьте себя|Проверь себя", "Упражнение", "Подсказка", "Решение", "Проверка",
           "Итоги|Краткие итоги"),
    "sv": ("Testa dig själv", "Övning", "Ledtråd|Tips", "Lösning", "Kontroll", "Sammanfattning"),
    "th": ("ตรวจสอบตัวเอง|ทดสอบตัวเอง", "แบบฝึกหัด", "คำใบ้", "เฉลย", "ตรวจสอบ", "สรุป"),
    "tr": ("Kendini sına|Kendinizi sınayın", "Alıştırma", "İpucu", "Çözüm", "Kontrol", "Özet"),
    "uk": ("Перевірте себе|Перевір себе", "Вправа", "Підказка", "Розв’язок|Розв'язання",
           "Перевірка", "Підсумки|Підсумок"),
    "ur": ("خود کو جانچیں", "مشق", "اشارہ", "حل", "جانچ", "خلاصہ"),
    "vi": ("Tự kiểm tra", "Bài tập", "Gợi ý", "Lời giải", "Kiểm tra", "Tóm tắt|Tổng kết"),
    "zh-Hans": ("自我检测|自测|检查一下", "练习", "提示", "解答|答案", "检验|检查", "小结|回顾"),
    "zh-Hant": ("自我檢測|自測|檢查一下", "練習", "提示", "解答|答案", "檢驗|檢查", "小結|回顧"),
}  # fmt: skip
LEVELS = {
    Sign.QUESTION: 3,
    Sign.EXERCISE: 3,
    Sign.HINT: 4,
    Sign.SOLUTION: 4,
    Sign.CHECK: 4,
    Sign.RECAP: 2,
}
# A longer heading is none of these.
_LONGEST = 300
_NUMBERED = re.compile(r"(\D{1,60}?)\s?(\d{1,3})")
# Marks that people set around such words, and what ends them.
_AROUND = " \t*_`:："


def find_sign(level: int, heading: str) -> Sign | None:
    """What a heading of this level stands for; None for any other heading."""
    if len(heading) > _LONGEST:
        return None
    first, colon, rest = heading.replace("：", ":").partition(":")
    sign = _BY_WORD.get((level, _folded(first)))
    if sign is None and level == LEVELS[Sign.EXERCISE]:
        return _find_exercise(first)
    if sign is Sign.EXERCISE:
        return None  # it has a number
    if sign is Sign.QUESTION:
        return sign if colon and rest.strip(_AROUND) else None
    return sign if not rest.strip(_AROUND) else None


def _find_exercise(before_colon: str) -> Sign | None:
    numbered = _NUMBERED.fullmatch(_folded(before_colon))
    word = numbered and numbered[1].strip()
    return _BY_WORD.get((LEVELS[Sign.EXERCISE], word)) if word else None


def _folded(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words.strip(_AROUND)).casefold()
    return folded.replace("’", "'").strip(_AROUND)


_BY_WORD = {
    (LEVELS[sign], _folded(word)): sign
    for words in WORDS.values()
    for sign, alternatives in zip(_IN_ORDER, words, strict=True)
    for word in alternatives.split("|")
}
