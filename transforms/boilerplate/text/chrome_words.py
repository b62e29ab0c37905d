"""The words by which chrome gives itself away, in the languages of the pages we meet most.

There are three kinds of entry, each under the reason that it names. Those of the first two are written as `line_rules.fold_line`
writes a line: case folded, every run of characters other than letters as one space. Those of the third are case folded only.

* `WHOLE`: a line that is nothing but one of these ("get short url", "compartir", "コメント").
* `STARTS`: a short line that begins with one ("read more", "lire aussi", "читайте также", "相关新闻").
* `INSIDE`: words that decide wherever they are in a line ("your email address will not be published").

A word belongs here when it is chrome on any site of its language. Words of one site do not belong here.
"""

from __future__ import annotations

from broadsheet.schemas import reasons


def _entries(text: str) -> tuple[str, ...]:
    return tuple(entry.strip() for entry in text.casefold().replace("\n", "|").split("|") if entry.strip())


WHOLE: dict[str, tuple[str, ...]] = {
    reasons.SHARE: _entries("""
        share|share this|share article|share on facebook|share on twitter|share on linkedin|share this article|get short url|tweet
        like|print|print this page|email|e mail|email this|facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|copy link
        bookmark|save|embed|teilen|drucken|merken|artikel teilen|per e mail teilen|link kopieren|auf facebook teilen|twittern
        empfehlen|partager|imprimer|envoyer|partager sur facebook|partager sur twitter|partager cet article|copier le lien
        compartir|imprimir|enviar|compartir en facebook|compartir en twitter|copiar enlace|guardar|condividi|stampa|invia
        condividi su facebook|compartilhar|compartilhe|partilhar|salvar|copiar link|поделиться|распечатать|печать|отправить
        версия для печати|твитнуть|код для вставки|udostępnij|drukuj|wyślij|podziel się|poleć|κοινοποίηση|εκτύπωση|μοιραστείτε το
        μοιράσου το|στείλε το|分享|打印|分享到|收藏|转发|列印|轉寄|推文|印刷|シェア|مشاركة|شارك|طباعة|انشر|delen|deel
        deel dit artikel|paylaş|yazdır|bagikan|compartir no facebook
    """),
    reasons.NAVIGATION: _entries("""
        home|homepage|menu|main menu|search|skip to content|skip to main content|back to top|sign in|log in|login|register
        subscribe|sign up|listen live|watch live|live|video|videos|contact|contact us|about|about us|advertise|rss|sitemap
        site map|next|previous|close|more|privacy|privacy policy|terms of use|terms of service|terms and conditions|cookies
        cookie policy|help|faq|careers|startseite|suche|suchen|anmelden|registrieren|impressum|datenschutz|kontakt|agb|menü
        zum inhalt springen|nach oben|weiter|zurück|accueil|rechercher|recherche|se connecter|mentions légales|nous contacter
        plan du site|s abonner|haut de page|suivant|précédent|inicio|buscar|iniciar sesión|aviso legal|contacto
        política de privacidad|suscríbete|siguiente|anterior|mapa web|cerca|accedi|contatti|chi siamo|abbonati|início|entrar
        contato|quem somos|assine|política de privacidade|главная|поиск|войти|вход|регистрация|контакты|о проекте|о нас|реклама
        карта сайта|меню|наверх|далее|назад|подписаться|strona główna|szukaj|zaloguj|zaloguj się|rejestracja|o nas|reklama
        mapa strony|do góry|dalej|wstecz|regulamin|polityka prywatności|αρχική|αναζήτηση|σύνδεση|εγγραφή|επικοινωνία|διαφήμιση
        όροι χρήσης|ταυτότητα|επόμενο|προηγούμενο|αρχική σελίδα|首页|首頁|搜索|搜尋|登录|登入|注册|註冊|关于我们|關於我們|联系我们
        聯絡我們|网站地图|下一页|上一页|返回顶部|ホーム|検索|ログイン|الرئيسية|الصفحة الرئيسية|بحث|تسجيل الدخول|اتصل بنا|من نحن
        القائمة|سياسة الخصوصية|zoeken|inloggen|contacteer ons|over ons|adverteren|ana sayfa|anasayfa|ara|giriş yap|giriş|iletişim
        hakkımızda|künye|üye ol
    """),
    reasons.COMMENT_FORM: _entries("""
        comments|comment|leave a reply|leave a comment|post a comment|post comment|add comment|add a comment|write a comment|reply
        name|your name|your email|your comment|website|captcha|captcha refresh|security key|security code|notify of
        inline feedbacks|cancel reply|view all comments|view comments|show comments|what do you think|join the discussion
        community standards|community standardsdiscussion|discussion|submit|report|be the first to comment|log in to comment
        no comments|no comments yet|comments are closed|kommentare|kommentar schreiben|kommentar abschicken|kommentar hinterlassen
        antworten|diskutieren sie mit|alle kommentare anzeigen|commentaires|laisser un commentaire|poster un commentaire
        ajouter un commentaire|répondre|réagir|votre nom|commenter|comentarios|deja un comentario|dejar un comentario|comentar
        responder|añadir comentario|escribe un comentario|publicar comentario|commenti|lascia un commento|scrivi un commento
        rispondi|commenta|comentários|deixe um comentário|deixe uma resposta|комментарии|комментировать|оставить комментарий
        добавить комментарий|ответить|написать комментарий|ваше имя|обсуждение|обсудить|komentarze|dodaj komentarz|skomentuj
        odpowiedz|napisz komentarz|twoje imię|wasze komentarze|σχόλια|σχολιάστε|γράψτε το σχόλιό σας|προσθήκη σχολίου
        προσθέστε σχόλιο|απάντηση|评论|发表评论|网友评论|我要评论|匿名发表|回复|評論|發表評論|留言|我要留言|回應|コメント
        コメントする|التعليقات|تعليق|أضف تعليق|اترك تعليقا|اترك رد|رد|reacties|reageer|plaats een reactie|yorumlar|yorum yap
        yorum yaz|yanıtla
    """),
    reasons.SOURCE_LINK: _entries("""
        source|source link|original source|original article|via|link to original|quelle|zum original|lien source|source originale
        enlace a la fuente|fuente original|fonte|link originale|link original|ссылка на источник|источник|оригинал|źródło
        link do źródła|πηγή|原文链接|原文連結|查看原文|阅读原文|元記事|المصدر|رابط المصدر|bron|kaynak
    """),
    reasons.RELATED: _entries("""
        related|related articles|related stories|related news|related topics|related posts|related content|most read|most popular
        most viewed|trending|popular|more news|more stories|latest news|top stories|you may also like|you might also like
        recommended|recommended for you|editor s picks|around the web|from the web|sponsored|promoted|more from this section
        don t miss|also on|see also|in other news|must read|mehr zum thema|das könnte sie auch interessieren|meistgelesen
        ähnliche artikel|weitere artikel|lesen sie auch|verwandte themen|auch interessant|à lire aussi|sur le même sujet
        articles liés|les plus lus|vous aimerez aussi|lire aussi|voir aussi|dernières nouvelles|noticias relacionadas
        artículos relacionados|lo más leído|más leídas|te puede interesar|también te puede interesar|más noticias|últimas noticias
        articoli correlati|leggi anche|i più letti|potrebbe interessarti|potrebbero interessarti anche|ultime notizie|leia também
        notícias relacionadas|mais lidas|veja também|últimas notícias|relacionadas|leia mais|читайте также|по теме
        материалы по теме|похожие новости|популярное|самое читаемое|последние новости|смотрите также|новости по теме
        другие новости|ещё по теме|еще по теме|новости партнеров|новости партнёров|лента новостей|czytaj także|zobacz także
        zobacz też|czytaj też|przeczytaj także|powiązane artykuły|najczęściej czytane|polecamy|najnowsze|podobne artykuły
        διαβάστε επίσης|δείτε επίσης|σχετικά άρθρα|δημοφιλή|τελευταία νέα|περισσότερα νέα|διαβάστε ακόμα|σχετικά θέματα|相关新闻
        相關新聞|相关阅读|相关报道|相关链接|热点新闻|推荐阅读|延伸阅读|延伸閱讀|熱門新聞|热门推荐|今日热点|最新新聞|相关专题
        関連記事|人気記事|اقرأ أيضا|اقرأ أيضًا|مواضيع ذات صلة|أخبار ذات صلة|الأكثر قراءة|مقالات ذات صلة|آخر الأخبار|lees ook
        meer nieuws|gerelateerde artikelen|meest gelezen|zie ook|ilgili haberler|benzer haberler|çok okunanlar|son dakika
        diğer haberler|ข่าวที่เกี่ยวข้อง|ข่าวล่าสุด
    """),
}

INTERRUPTIONS = _entries("""
    advertisement|advertisements|advertising|advert|ad|ads|ad feedback|report this ad|remove ads|paid content
    sponsored content|story continues below|story continues below advertisement|article continues below
    article continues below advertisement|article continues after ad|article continues after advertisement
    continue reading below|scroll to continue|scroll to continue with content|skip|skip ad|skip advertisement|loading|play
    play video|pause|mute|unmute|listen to this article|listen to article|show more|load more|expand|collapse|dismiss
    anzeige|anzeigen|werbung|nach der anzeige weiterlesen|weiterlesen nach der anzeige|artikel anhören|überspringen
    wird geladen|video abspielen|mehr laden|publicité|publicités|annonce|la suite après la publicité
    la suite après cette publicité|écouter l article|écouter cet article|lire la vidéo|chargement|publicidad|anuncio
    continúa después de la publicidad|escuchar artículo|escuchar este artículo|cargando|saltar|pubblicità
    annuncio pubblicitario|continua dopo la pubblicità|ascolta l articolo|caricamento|publicidade|anúncio
    continua após a publicidade|continua depois da publicidade|на правах рекламы|загрузка|слушать|пропустить
    dalsza część artykułu pod wideo|dalsza część tekstu pod wideo|reszta artykułu pod materiałem wideo|advertentie
    advertenties|lees verder onder de advertentie|tekst gaat verder onder de advertentie
    artikel gaat verder onder de advertentie|annons|artikeln fortsätter efter annonsen|artiklen fortsætter efter annoncen
    annonse|artikkelen fortsetter under annonsen|mainos|juttu jatkuu mainoksen jälkeen|artikkeli jatkuu mainoksen alla
    inzerce|článek pokračuje pod reklamou|hirdetés|a cikk a hirdetés után folytatódik|publicitate
    articolul continuă după reclamă|reklam|reklamlar|広告|スポンサーリンク|广告|廣告|광고|إعلان|إعلانات|اعلان|تبلیغات
    آگهی|פרסומת|विज्ञापन
    โฆษณา|quảng cáo|iklan|gulir ke bawah untuk melanjutkan membaca
""")
"""Markers of ads and players, which are between the paragraphs of an article: a line that is nothing but one of these."""

WHOLE[reasons.NAVIGATION] += INTERRUPTIONS

STARTS: dict[str, tuple[str, ...]] = {
    reasons.READ_MORE: _entries("""
        read more|read also|also read|continue reading|see also|more on this|click here|full story|read the full|watch also
        watch video|learn more|mehr dazu|weiterlesen|lesen sie auch|lesen sie mehr|mehr zum thema|siehe auch|lire aussi
        à lire aussi|lire la suite|en savoir plus|voir aussi|leer más|lee más|lee también|lea también|lea más|seguir leyendo
        te puede interesar|mira también|lue myös|läs också|läs mer|les også|les mer|læs også|læs mere|čtěte také|přečtěte si také
        citește și|citiţi şi|olvasta már|bunu da okuyun|ayrıca okuyun
        ver también|vea también|leggi anche|leggi tutto|continua a leggere|guarda anche|leia mais|leia também|saiba mais
        veja também|читайте также|подробнее|читать далее|читать дальше|смотрите также|читайте ещё|читать полностью|czytaj więcej
        czytaj także|czytaj też|czytaj dalej|zobacz także|zobacz też|przeczytaj|zobacz również|więcej na temat|więcej na
        διαβάστε επίσης|διαβάστε περισσότερα|δείτε επίσης|διαβάστε ακόμα|περισσότερα|διαβάστε ακόμη|更多精彩|点击查看|阅读全文
        查看更多|延伸阅读|延伸閱讀|続きを読む|もっと見る|اقرأ أيضا|اقرأ أيضًا|اقرأ المزيد|المزيد|شاهد أيضا|إقرأ أيضا|lees ook
        lees meer|lees verder|devamını oku|ayrıca okuyun|daha fazla|bunu da oku|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|और पढ़ें|आगे पढ़ें|यह भी देखें
    """),
    reasons.RELATED: _entries("""
        related articles|related stories|related news|related links|related posts|related topics|more stories|you may also like
        most read|most popular|noticias relacionadas|articoli correlati|notícias relacionadas|материалы по теме|новости по теме
        другие новости|相关新闻|相關新聞|相关阅读|相关链接|相关报道|相關連結|更多相关|更多相關|関連記事|σχετικά άρθρα
        ilgili haberler|powiązane
    """),
    reasons.SHARE: _entries("""
        share on|share this|share via|share to|follow us|like us on|tweet this|email this|print this|send to a friend|teilen auf
        folgen sie uns|folge uns|partager sur|suivez nous|compartir en|síguenos|condividi su|seguici su|compartilhar no
        compartilhe|siga nos|поделиться|подписывайтесь на|следите за|мы в|udostępnij na|obserwuj nas|polub nas|κοινοποίηση
        ακολουθήστε|分享到|分享至|شارك على|تابعنا|deel op|deel via|volg ons|takip edin|bizi takip
    """),
    reasons.COMMENT_FORM: _entries("""
        leave a reply|leave a comment|post a comment|your email|comment via|comment as|comments are closed|view all comments
        captcha|security key|notify me of|enter the code|log in to comment|login to comment|sign in to comment
        you must be logged in|fields marked|required fields|save my name|kommentar|ihr kommentar|ihre e mail|votre adresse
        laisser un commentaire|deja un comentario|deja una respuesta|tu dirección|lascia un commento|il tuo indirizzo
        deixe um comentário|o seu endereço|оставить комментарий|добавить комментарий|ваш комментарий|ваш e mail|комментировать
        dodaj komentarz|twój komentarz|twój adres|zaloguj się aby|γράψτε σχόλιο|αφήστε|το email|发表评论|验证码|用户名|匿名|我来说
        網友|发言|登录后|اترك تعليقا|لن يتم نشر|أضف تعليق|plaats een|je e mailadres|yorum yaz|e posta
    """),
    reasons.NEWSLETTER: _entries("""
        subscribe to|sign up for|sign up to|join our|get our|help us grow|support us|donate|become a member|newsletter
        our newsletter|enter your email|already a subscriber|abonnieren sie|newsletter abonnieren|jetzt abonnieren
        unterstützen sie uns|abonnez vous|inscrivez vous|soutenez|faites un don|suscríbete|suscríbase|apoya|iscriviti|abbonati
        sostieni|assine|inscreva se|apoie|подпишитесь|подписывайтесь|подписаться|поддержите|zapisz się|subskrybuj|wesprzyj
        εγγραφείτε|εγγραφή στο|订阅|訂閱|扫描二维码|关注我们|اشترك|schrijf je in|meld je aan|abonneer|steun ons|abone ol|bülten
    """),
    reasons.DISCLAIMER: _entries("""
        all rights reserved|copyright|disclaimer|the views expressed|the opinions expressed|the statements views and opinions
        opinions expressed in this|this material may not|alle rechte vorbehalten|tous droits réservés
        todos los derechos reservados|tutti i diritti riservati|todos os direitos reservados|все права защищены
        при использовании материалов|перепечатка|полное или частичное|использование материалов|мнение редакции|редакция не несет
        wszelkie prawa zastrzeżone|wszystkie prawa|με επιφύλαξη|απαγορεύεται|版权所有|版權所有|声明|聲明|免责声明|著作權|未经授权
        本网站|جميع الحقوق محفوظة|alle rechten voorbehouden|tüm hakları saklıdır
    """),
    reasons.RECORD_ID: _entries("""
        news id|news code|article id|story id|record id|item id|beitrag id|nachricht id|id de la noticia|id новости|номер новости
        新闻编号|كود الخبر|haber kodu|news no
    """),
    reasons.PAGE_GENERATION: _entries("""
        page generated|page rendered|page created|generated in|page rendered in|page created in|seite generiert in|page générée en
        страница сгенерирована|время генерации|strona wygenerowana
    """),
    reasons.TAGS: _entries("""
        tags|topics|keywords|labels|filed under|tagged|themen|schlagworte|schlagwörter|stichworte|mots clés|étiquettes|etiquetas
        temas|argomenti|assuntos|теги|метки|ключевые слова|тэги|tagi|słowa kluczowe|tematy|ετικέτες|λέξεις κλειδιά|标签|關鍵字
        关键词|タグ|الوسوم|كلمات مفتاحية|etiketler|trefwoorden
    """),
    reasons.BYLINE: _entries("""
        by|written by|posted by|reported by|author|von|autor|autorin|par|auteur|por|di|autore|a cura di|автор|текст|autorka|του
        της|συντάκτης|作者|记者|記者|責任編輯|责任编辑|编辑|来源|來源|文|بقلم|كتب|door|yazar|yazan|haber
    """),
    reasons.DATE_LINE: _entries("""
        published|posted|updated|last updated|last modified|veröffentlicht|aktualisiert|stand|publié|mis à jour|publicado
        actualizado|pubblicato|aggiornato|atualizado|опубликовано|обновлено|дата|opublikowano|aktualizacja|data publikacji|dodano
        δημοσίευση|ενημέρωση|τελευταία ενημέρωση|发布时间|更新时间|發布時間|更新時間|نشر|تاريخ النشر|gepubliceerd|bijgewerkt
        yayınlanma|güncelleme
    """),
}  # fmt: skip

INSIDE: dict[str, tuple[str, ...]] = {
    reasons.COMMENT_FORM: _entries("""
        email address will not be published|e-mail-adresse wird nicht veröffentlicht|adresse e-mail ne sera pas publiée
        adresse de messagerie ne sera pas publiée|correo electrónico no será publicada|indirizzo email non sarà pubblicato
        endereço de e-mail não será publicado|адрес email не будет опубликован|adres e-mail nie zostanie opublikowany
        ηλ. διεύθυνση σας δεν δημοσιεύεται|e-mailadres wordt niet gepubliceerd|e-posta hesabınız yayımlanmayacak
        لن يتم نشر عنوان بريدك الإلكتروني|电子邮件地址不会被公开|電子郵件位址不會公開|メールアドレスが公開されることはありません
    """),
    reasons.DISCLAIMER: _entries("""
        do not necessarily represent|do not necessarily reflect|does not necessarily reflect|all rights reserved
        may not be reproduced|without written permission|alle rechte vorbehalten|tous droits réservés
        todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|все права защищены
        ссылка на источник обязательна|гиперссылка обязательна|гиперссылка на|wszelkie prawa zastrzeżone|μη εξουσιοδοτημένη χρήση
        版权所有|版權所有|未经书面授权|不得转载|不得轉載|جميع الحقوق محفوظة|alle rechten voorbehouden|tüm hakları saklıdır
        izinsiz kullanılamaz
    """),
    reasons.CAPTION: _entries("""
        in this image taken|in this image made|in this image provided|in this photo|in this file photo|file photo|in this picture
        handout photo|from left to right|from center to right|from right to left|image taken from a video|image caption
        photo caption|pictured above|symbolbild|archivbild|photo d'archives|photo d’archives|photo d'illustration|foto de archivo
        imagen de archivo|foto d'archivio|foto de arquivo|архивное фото|фото из архива|zdjęcie ilustracyjne|zdjęcie archiwalne
        φωτογραφία αρχείου|资料图|資料照|資料圖|本报资料图片|صورة أرشيفية|archieffoto|arşiv fotoğrafı
    """),
}  # fmt: skip

DATE_WORDS = frozenset(_entries("""
        january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept
        oct|nov|dec|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|am|pm|a|m
        p|utc|gmt|est|edt|et|pst|pdt|pt|cst|cdt|bst|cet|cest|msk|ist|ago|hours|hour|minutes|minute|mins|min|hrs|days|day|weeks
        week|months|month|years|year|st|nd|rd|th|on|at|of|the|to|from|today|yesterday|published|posted|updated|last|modified
        update|first|created|date|time|added|edited|print|edition|reading|read|januar|februar|märz|mai|juni|juli|oktober|dezember
        montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|uhr|vor|stunden|minuten|tagen|um|vom|veröffentlicht
        aktualisiert|stand|erstellt|zuletzt|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|lundi
        mardi|mercredi|jeudi|vendredi|samedi|dimanche|à|h|le|publié|mis|jour|modifié|il|y|heures|enero|febrero|marzo|abril|mayo
        junio|julio|agosto|septiembre|octubre|noviembre|diciembre|lunes|martes|miércoles|jueves|viernes|sábado|domingo|de|del|hace
        horas|publicado|actualizado|el|las|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|lunedì|martedì
        mercoledì|giovedì|venerdì|sabato|domenica|ore|pubblicato|aggiornato|alle|janeiro|fevereiro|março|maio|junho|julho|setembro
        outubro|novembro|dezembro|segunda|terça|quarta|quinta|sexta|feira|às|atualizado|em|января|февраля|марта|апреля|мая|июня
        июля|августа|сентября|октября|ноября|декабря|январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь
        декабрь|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|мск|г|в|назад|часов|часа|час|минут|опубликовано
        обновлено|дата|сегодня|вчера|stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada
        grudnia|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|godz|dodano|opublikowano|aktualizacja|data|publikacji
        dzisiaj|wczoraj|temu|ostatnia|r|ιανουαρίου|φεβρουαρίου|μαρτίου|απριλίου|μαΐου|μαίου|ιουνίου|ιουλίου|αυγούστου|σεπτεμβρίου
        οκτωβρίου|νοεμβρίου|δεκεμβρίου|δευτέρα|τρίτη|τετάρτη|πέμπτη|παρασκευή|σάββατο|κυριακή|ώρα|πμ|μμ|δημοσίευση|ενημέρωση
        τελευταία|ιαν|φεβ|μαρ|απρ|μαι|ιουν|ιουλ|αυγ|σεπ|οκτ|νοε|δεκ|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر
        نوفمبر|ديسمبر|الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|نشر|تحديث|الساعة|آخر|منذ|مساء|صباحا|ocak|şubat
        mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|aralık|pazartesi|salı|çarşamba|perşembe|cuma|cumartesi|pazar
        güncelleme|yayınlanma|önce|saat|tarihi|son|januari|februari|maart|mei|augustus|maandag|dinsdag|woensdag|donderdag|vrijdag
        zaterdag|zondag|uur|om|gepubliceerd|bijgewerkt|laatst|geleden|年|月|日|时间|发布时间|更新时间|時間|發布時間|更新時間
        星期一|星期二|星期三|星期四|星期五|星期六|星期日
    """))  # fmt: skip
"""Words of a line that says when and nothing else: months, weekdays, zones, and the labels before them."""

HOME_WORDS = frozenset(_entries("""
        home|homepage|startseite|start|accueil|inicio|portada|início|главная|αρχική|strona|główna|首页|首頁|الرئيسية|anasayfa|ana
        sayfa|news|you|are|here
    """))  # fmt: skip
"""What a breadcrumb begins with."""

CREDIT_WORDS = frozenset(_entries("""
        copyright|photo|photos|image|images|picture|foto|fotos|bild|crédit|crédits|fotografía|immagine|crédito|фото|fot|φωτο
        φωτογραφία|图片来源|圖片來源|摄影|攝影|صورة|beeld|fotoğraf|c
    """))  # fmt: skip
"""What a credit begins with, marks aside; `line_rules` has the marks that must follow."""
