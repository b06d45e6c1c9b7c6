"""What is known of languages: their names, labels, scripts and sisters. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """`request` asks for the language in itself, which models obey better than English."""

    name: str
    own_name: str
    request: str
    true: str
    false: str


LANGUAGES = {
    "ar": Language("Arabic", "العربية", "اكتب كل شيء باللغة العربية.", "صحيح", "خطأ"),
    "bg": Language("Bulgarian", "български", "Пиши всичко на български.", "Вярно", "Невярно"),
    "bn": Language("Bengali", "বাংলা", "সবকিছু বাংলায় লিখুন।", "সত্য", "মিথ্যা"),
    "ca": Language("Catalan", "català", "Escriu-ho tot en català.", "Cert", "Fals"),
    "cs": Language("Czech", "čeština", "Pište vše česky.", "Pravda", "Nepravda"),
    "da": Language("Danish", "dansk", "Skriv alt på dansk.", "Sandt", "Falsk"),
    "de": Language("German", "Deutsch", "Schreibe alles auf Deutsch.", "Richtig", "Falsch"),
    "el": Language("Greek", "ελληνικά", "Γράψε τα πάντα στα ελληνικά.", "Σωστό", "Λάθος"),
    "en": Language("English", "English", "Write everything in English.", "True", "False"),
    "es": Language("Spanish", "español", "Escribe todo en español.", "Verdadero", "Falso"),
    "fa": Language("Persian", "فارسی", "همه چیز را به فارسی بنویس.", "درست", "نادرست"),
    "fi": Language("Finnish", "suomi", "Kirjoita kaikki suomeksi.", "Oikein", "Väärin"),
    "fr": Language("French", "français", "Écris tout en français.", "Vrai", "Faux"),
    "he": Language("Hebrew", "עברית", "כתוב הכול בעברית.", "נכון", "לא נכון"),
    "hi": Language("Hindi", "हिन्दी", "सब कुछ हिन्दी में लिखें।", "सही", "गलत"),
    "hr": Language("Croatian", "hrvatski", "Piši sve na hrvatskom.", "Točno", "Netočno"),
    "hu": Language("Hungarian", "magyar", "Írj mindent magyarul.", "Igaz", "Hamis"),
    "id": Language("Indonesian", "Indonesia", "Tulis semuanya dalam bahasa Indonesia.", "Benar", "Salah"),
    "it": Language("Italian", "italiano", "Scrivi tutto in italiano.", "Vero", "Falso"),
    "ja": Language("Japanese", "日本語", "すべて日本語で書いてください。", "正しい", "誤り"),
    "ko": Language("Korean", "한국어", "모든 내용을 한국어로 작성하세요.", "참", "거짓"),
    "ms": Language("Malay", "Melayu", "Tulis semuanya dalam bahasa Melayu.", "Betul", "Salah"),
    "nl": Language("Dutch", "Nederlands", "Schrijf alles in het Nederlands.", "Waar", "Onwaar"),
    "no": Language("Norwegian", "norsk", "Skriv alt på norsk.", "Sant", "Usant"),
    "pl": Language("Polish", "polski", "Pisz wszystko po polsku.", "Prawda", "Fałsz"),
    "pt": Language("Portuguese", "português", "Escreva tudo em português.", "Verdadeiro", "Falso"),
    "ro": Language("Romanian", "română", "Scrie totul în limba română.", "Adevărat", "Fals"),
    "ru": Language("Russian", "русский", "Пиши всё на русском языке.", "Верно", "Неверно"),
    "sk": Language("Slovak", "slovenčina", "Píš všetko po slovensky.", "Pravda", "Nepravda"),
    "sr": Language("Serbian", "српски", "Пиши све на српском језику.", "Тачно", "Нетачно"),
    "sv": Language("Swedish", "svenska", "Skriv allt på svenska.", "Sant", "Falskt"),
    "ta": Language("Tamil", "தமிழ்", "அனைத்தையும் தமிழில் எழுதவும்.", "சரி", "தவறு"),
    "th": Language("Thai", "ไทย", "เขียนทุกอย่างเป็นภาษาไทย", "ถูก", "ผิด"),
    "tr": Language("Turkish", "Türkçe", "Her şeyi Türkçe yaz.", "Doğru", "Yanlış"),
    "uk": Language("Ukrainian", "українська", "Пиши все українською мовою.", "Правильно", "Неправильно"),
    "ur": Language("Urdu", "اردو", "سب کچھ اردو میں لکھیں۔", "درست", "غلط"),
    "vi": Language("Vietnamese", "Tiếng Việt", "Hãy viết mọi thứ bằng tiếng Việt.", "Đúng", "Sai"),
    "zh": Language("Chinese", "中文", "请用简体中文撰写全部内容。", "正确", "错误"),
    "zh-hant": Language("Traditional Chinese", "繁體中文", "請用繁體中文撰寫全部內容。", "正確", "錯誤"),
}  # fmt: skip
ALIASES = {"nb": "no", "nn": "no", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant"}
# What models write whatever the language.
TRUE_WORDS, FALSE_WORDS = {"true", "对", "是", "yes"}, {"false", "错", "否", "no", "不对"}

RANGES = {
    "Latn": r"A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    "Cyrl": r"\u0400-\u052f",
    "Grek": r"\u0370-\u03ff\u1f00-\u1fff",
    "Arab": r"\u0600-\u06ff\u0750-\u077f",
    "Hebr": r"\u0590-\u05ff",
    "Deva": r"\u0900-\u097f",
    "Beng": r"\u0980-\u09ff",
    "Guru": r"\u0a00-\u0a7f",
    "Gujr": r"\u0a80-\u0aff",
    "Taml": r"\u0b80-\u0bff",
    "Telu": r"\u0c00-\u0c7f",
    "Knda": r"\u0c80-\u0cff",
    "Mlym": r"\u0d00-\u0d7f",
    "Sinh": r"\u0d80-\u0dff",
    "Thai": r"\u0e00-\u0e7f",
    "Laoo": r"\u0e80-\u0eff",
    "Mymr": r"\u1000-\u109f",
    "Geor": r"\u10a0-\u10ff",
    "Armn": r"\u0530-\u058f",
    "Ethi": r"\u1200-\u137f",
    "Khmr": r"\u1780-\u17ff",
    "Hang": r"\uac00-\ud7af\u1100-\u11ff",
    "Kana": r"\u3040-\u30ff",
    "Hani": r"\u3400-\u4dbf\u4e00-\u9fff",
}
# A character of these says as much as three letters of others.
DENSE = {"Hani": 3, "Kana": 2, "Hang": 2}
SCRIPTS = {
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "kk", "ky", "mn", "tg", "tt"), ("Cyrl",)),
    **dict.fromkeys(("sr", "az", "uz"), ("Latn", "Cyrl")),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug"), ("Arab",)),
    **dict.fromkeys(("he", "yi"), ("Hebr",)),
    **dict.fromkeys(("hi", "mr", "ne", "sa"), ("Deva",)),
    # One script each.
    "el": ("Grek",),
    "bn": ("Beng",),
    "pa": ("Guru",),
    "gu": ("Gujr",),
    "ta": ("Taml",),
    "te": ("Telu",),
    "kn": ("Knda",),
    "ml": ("Mlym",),
    "si": ("Sinh",),
    "th": ("Thai",),
    "lo": ("Laoo",),
    "my": ("Mymr",),
    "ka": ("Geor",),
    "hy": ("Armn",),
    "am": ("Ethi",),
    "km": ("Khmr",),
    "ko": ("Hang", "Hani"),
    "ja": ("Kana", "Hani"),
    "zh": ("Hani",),
}
# Scripts that one language alone writes its goals in.
TELLING = {"Grek": "el", "Hebr": "he", "Thai": "th", "Hang": "ko", "Kana": "ja"}
# Ideographs are told by the encodings made for those who write them.
ENCODINGS = {"zh": "gb2312", "zh-Hant": "big5", "ja": "shift_jis"}
# What only Chinese writes, though Japanese encodings have its characters: words, then the old forms
# that Japan simplified.
CHINESE_ALONE = {
    *("我", "你", "智能", "数据", "算法", "信息", "程序", "如何", "吉他", "程式", "網路", "資料庫"),
    *"學國發會數體點來對讀經濟實當應變寫圖畫戰歷灣鐵單處關觀權價營勞醫藥藝樂萬與從氣廣譯證讓賣",
    *"繪聲邏雙隨續總轉輕邊驗攝劍戲擇釋",
}
# Written too much alike to be told apart with certainty: what is said to be one may be the other.
SISTERS = ({"da", "no"}, {"cs", "sk"}, {"id", "ms"}, {"hr", "sr", "bs", "sh"})
