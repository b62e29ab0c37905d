"""The words dumps label their metadata with, in many languages; all lower case, each a piece of a regular expression."""

from __future__ import annotations

TAG_LABELS = (
    "tags?", "tagged(?: (?:with|under|as))?", "topics?", "keywords?", "labels?", "filed under",
    "schlagw[oö]rte?r?", "stichw[oö]rte?r?", "themen", "thema", "mots[- ]clés", "étiquettes", "thèmes?",
    "etiquetas", "temas", "palabras clave", "palavras-chave", "assuntos", "parole chiave", "argomenti", "trefwoorden",
    "onderwerpen", "tagi", "słowa kluczowe", "štítky", "témata", "címkék", "etiketler", "ετικέτες",
    "теги", "метки", "темы", "ключевые слова", "ключові слова", "етикети",
    "标签", "標籤", "关键词", "關鍵詞", "タグ", "キーワード", "태그", "키워드",
    "وسوم", "كلمات مفتاحية", "الكلمات الدلالية", "برچسب‌?ها", "תגיות",
)  # fmt: skip
"""What stands before a list of tags."""
