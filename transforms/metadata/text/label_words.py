"""The words dumps label their metadata with, in many languages, in lower case; those of `TAG_LABELS` are regular expressions."""

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
"""What is before a list of tags."""

INTRODUCTIONS = frozenset(
    """
    a a.cura about af all alle article articles aut auteur auteure auteurs author authors autor autora autoras autore autoren
    autores autori autorin autorius autors autorzy autoři av avtor bericht by bởi chefredakteur contributed contributor created de
    der di die door editor ein eine erstellt escrito forfatter foto fotos fotoğraf from författare gastautor geplaatst gepostet
    geschreven geschrieben haber interview journalist kirjoittaja kirjoittanut latest medically more napisał napisała napsal
    napsala oleh oprac opracowanie opracował other par parengė penulis piše por posted posts propos publicado publicat publisert
    published publiziert publié redacción redactado redactie redakteur redakteurin redaktion reportagem reported reporter reviewed
    rédigé scris scritto skrevet skribent skriven sobre story submitted szerző tekst teksti teksts testo text texte texto
    themenstarter the theo thread tác una ver verfasser verfasst veröffentlicht view voir vom von weitere words writer written yazan
    yazar à écrit über
    """.split()
)
"""First words of lines that may introduce a name ("By", "Geschrieben von"): lines in other scripts always may. A first sieve;
`names` decides."""

TOPICS = frozenset(
    """
    actualidad actualites africa africas all ambiente america analysis and archive arte artes arts asia asien auto beauty blog
    breaking business car cars celebrity central checked ciencia cinema city climate columns comment comments community contact
    cover crime cultura culture deporte deportes design desk digital east eastern economia economie economy educacion education
    election energy entertainment environment esportes estate europa europe event events fact familia familie famille fashion
    featured features film finance fitness food football forum games garden general gesellschaft gesundheit global guides health
    home house india internacional international internationale interviews job jobs kultur latest latin leben legal library life
    lifestyle list listen live living local magazine markets media meinung middle mobile moderator monde mondo money more motoring
    movies mundo music musica musik nacional nation national nature news newsletter north northern notes noticias of office
    opinion opinione opinions pacific panorama party people photo photos podcast podcasts policia policy politica politics politik
    politique popular privacy products property radio ratgeber reading real recipes regional reise related research resources
    review reviews russia salud sante saude school science sections security serie series service services shop size social
    sociedad sociedade societe society south southern space special sport sports stand state stories story style tech technik
    technology tecnologia television terms text the theater theatre this tiempo tips today top topic topics trade training travel
    trends tv uk umwelt university us usa vida video videos views watch weather week wellness west western wirtschaft wissen
    wissenschaft women work world your
    """.split()
)
"""Words that sections and menus are made of, folded: a line of nothing else names no person."""

WEEKDAYS = frozenset(
    """
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles jueves viernes sabado domingo lunedi martedi
    mercoledi giovedi venerdi sabato domenica segunda terca quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag
    zondag poniedziałek wtorek sroda czwartek piatek sobota niedziela понедельник вторник среда четверг пятница суббота воскресенье
    pazartesi salı carsamba persembe cuma cumartesi pazar الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت الاحد شنبه یکشنبه دوشنبه
    سه‌شنبه چهارشنبه پنجشنبه جمعه
    mandag tisdag tirsdag onsdag torsdag fredag lordag lørdag sondag søndag maanantai tiistai keskiviikko torstai perjantai lauantai
    sunnuntai pondeli utery streda ctvrtek patek nedele pondelok utorok stvrtok piatok nedela hetfo kedd szerda csutortok pentek
    szombat vasarnap ponedjeljak utorak srijeda cetvrtak petak subota nedjelja luni marti miercuri joi vineri sambata duminica
    senin selasa rabu kamis jumat sabtu minggu понеділок вівторок середа четвер пʼятниця субота неділя
    """.split()
)
"""Weekdays, folded: what is alone beside a date and is not a name."""
