# ruff: noqa: E501 - one language is one line, so that a native speaker can check it at a glance
"""Lists the words of written dates: month names, fillers, time zones, eras.

One line of `MONTHS` is one language, its twelve months separated by spaces, the forms of a month by `|`: nominative, the case
used in dates, short forms. Names of two words contain `_`. Every form is folded by `fold` before it is stored, and every word of a
page before it is looked up, so that capitals, accents and dotless letters do not matter.

Left out on purpose: short forms that are everyday words next to a number ("led", "dub", "pro" in Czech, "lip" in Polish).
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")


def without_accents(word: str) -> str:
    """Folds a word for look-up: compatibility forms, case, Latin, Greek and Cyrillic accents, and the Turkish dotless i go."""
    if word.isascii():
        return word.lower().rstrip(".")
    return _MARKS.sub("", unicodedata.normalize("NFKD", word.casefold())).replace("ı", "i").rstrip(".")


GREGORIAN = """
en january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sep|sept october|oct november|nov december|dec
de januar|jänner|jan|jän februar|feber|feb märz|mär|mrz april|apr mai juni|jun juli|jul august|aug september|sep|sept oktober|okt november|nov dezember|dez
fr janvier|janv|jan février|févr|fév mars|mar avril|avr mai juin juillet|juil août septembre|sept octobre|oct novembre|nov décembre|déc
es enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago septiembre|setiembre|sept|sep octubre|oct noviembre|nov diciembre|dic
it gennaio|gen febbraio|febb|feb marzo|mar aprile|apr maggio|magg|mag giugno|giu luglio|lugl|lug agosto|ago settembre|sett|set ottobre|ott novembre|nov dicembre|dic
pt janeiro|jan fevereiro|fev março|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|set outubro|out novembro|nov dezembro|dez
gl xaneiro|xan febreiro|feb marzo|mar abril|abr maio|mai xuño|xuñ xullo|xul agosto|ago setembro|set outubro|out novembro|nov decembro|dec
ca gener|gen febrer|febr març abril|abr maig juny|jun juliol|jul agost|ag setembre|set octubre|oct novembre|nov desembre|des
ro ianuarie|ian februarie|feb martie|mar aprilie|apr mai iunie|iun iulie|iul august|aug septembrie|sept octombrie|oct noiembrie|noi|nov decembrie|dec
nl januari|jan februari|feb maart|mrt april|apr mei juni|jun juli|jul augustus|aug september|sep oktober|okt november|nov december|dec
af januarie|jan februarie|feb maart april mei junie julie augustus september oktober november desember|des
sv januari|jan februari|feb mars april|apr maj juni|jun juli|jul augusti|aug september|sept oktober|okt november|nov december|dec
da januar|jan februar|feb marts|mar april|apr maj juni|jun juli|jul august|aug september|sep oktober|okt november|nov december|dec
no januar|jan februar|feb mars april|apr mai juni|jun juli|jul august|aug september|sep oktober|okt november|nov desember|des
is janúar|jan febrúar|feb mars apríl|apr maí júní|jún júlí|júl ágúst|ágú september|sep október|okt nóvember|nóv desember|des
fi tammikuu|tammikuuta|tammikuun|tammi helmikuu|helmikuuta|helmikuun|helmi maaliskuu|maaliskuuta|maaliskuun|maalis huhtikuu|huhtikuuta|huhtikuun|huhti toukokuu|toukokuuta|toukokuun|touko kesäkuu|kesäkuuta|kesäkuun|kesä heinäkuu|heinäkuuta|heinäkuun|heinä elokuu|elokuuta|elokuun|elo syyskuu|syyskuuta|syyskuun|syys lokakuu|lokakuuta|lokakuun|loka marraskuu|marraskuuta|marraskuun|marras joulukuu|joulukuuta|joulukuun|joulu
et jaanuar|jaan veebruar|veebr märts aprill|apr mai juuni juuli august|aug september|sept oktoober|okt november|nov detsember|dets
lv janvāris|janvārī|janvāra|janv februāris|februārī|februāra|febr marts|martā|marta aprīlis|aprīlī|aprīļa maijs|maijā|maija jūnijs|jūnijā|jūnija jūlijs|jūlijā|jūlija augusts|augustā|augusta septembris|septembrī|septembra oktobris|oktobrī|oktobra novembris|novembrī|novembra decembris|decembrī|decembra
lt sausis|sausio vasaris|vasario kovas|kovo balandis|balandžio gegužė|gegužės birželis|birželio liepa|liepos rugpjūtis|rugpjūčio rugsėjis|rugsėjo spalis|spalio lapkritis|lapkričio gruodis|gruodžio
pl styczeń|stycznia|sty luty|lutego|lut marzec|marca|mar kwiecień|kwietnia|kwi maj|maja czerwiec|czerwca|cze lipiec|lipca sierpień|sierpnia|sie wrzesień|września|wrz październik|października|paź listopad|listopada|lis grudzień|grudnia|gru
cs leden|ledna únor|února|úno březen|března|bře duben|dubna květen|května|kvě červen|června červenec|července srpen|srpna září|zář říjen|října|říj listopad|listopadu prosinec|prosince
sk január|januára február|februára marec|marca apríl|apríla máj|mája jún|júna júl|júla august|augusta september|septembra október|októbra november|novembra december|decembra
sl januar|januarja februar|februarja marec|marca april|aprila maj|maja junij|junija julij|julija avgust|avgusta september|septembra oktober|oktobra november|novembra december|decembra
hr siječanj|siječnja|sij veljača|veljače|velj ožujak|ožujka|ožu travanj|travnja|tra svibanj|svibnja|svi lipanj|lipnja srpanj|srpnja kolovoz|kolovoza|kol rujan|rujna|ruj _ studeni|studenoga|studenog|stu prosinac|prosinca
sr januar|januara februar|februara mart|marta april|aprila maj|maja jun|juna jul|jula avgust|avgusta septembar|septembra oktobar|oktobra novembar|novembra decembar|decembra
sr јануар|јануара фебруар|фебруара март|марта април|априла мај|маја јун|јуна јул|јула август|августа септембар|септембра октобар|октобра новембар|новембра децембар|децембра
mk јануари февруари март април мај јуни јули август септември октомври ноември декември
bg януари|яну февруари|фев март|мар април|апр май юни юли август|авг септември|септ октомври|окт ноември|ноем декември|дек
ru январь|января|янв февраль|февраля|февр|фев март|марта|мар апрель|апреля|апр май|мая июнь|июня|июн июль|июля|июл август|августа|авг сентябрь|сентября|сент|сен октябрь|октября|окт ноябрь|ноября|нояб|ноя декабрь|декабря|дек
uk січень|січня|січ лютий|лютого|лют березень|березня|бер квітень|квітня|квіт травень|травня|трав червень|червня|черв липень|липня|лип серпень|серпня|серп вересень|вересня|вер жовтень|жовтня|жовт листопад|листопада|лист грудень|грудня|груд
be студзень|студзеня люты|лютага сакавік|сакавіка красавік|красавіка май|мая|травень чэрвень|чэрвеня ліпень|ліпеня жнівень|жніўня верасень|верасня кастрычнік|кастрычніка лістапад|лістапада снежань|снежня
el ιανουάριος|ιανουαρίου|γενάρη|ιαν φεβρουάριος|φεβρουαρίου|φλεβάρη|φεβ μάρτιος|μαρτίου|μάρτη|μαρ απρίλιος|απριλίου|απρίλη|απρ μάιος|μαΐου|μάη|μαϊ|μαι ιούνιος|ιουνίου|ιούνη|ιουν ιούλιος|ιουλίου|ιούλη|ιουλ αύγουστος|αυγούστου|αυγ σεπτέμβριος|σεπτεμβρίου|σεπτέμβρη|σεπ οκτώβριος|οκτωβρίου|οκτώβρη|οκτ νοέμβριος|νοεμβρίου|νοέμβρη|νοε δεκέμβριος|δεκεμβρίου|δεκέμβρη|δεκ
hu január|jan február|febr március|márc április|ápr május|máj június|jún július|júl augusztus|aug szeptember|szept október|okt november|nov december|dec
sq janar|janari shkurt|shkurti mars|marsi prill|prilli maj qershor|qershori korrik|korriku gusht|gushti shtator|shtatori tetor|tetori nëntor|nëntori dhjetor|dhjetori
tr ocak|oca şubat|şub mart nisan|nis mayıs haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki kasım|kas aralık|ara
az yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr
uz yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr
kk қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан
ky январь|январы февраль|февралы март|марты апрель|апрели май|майы июнь|июну июль|июлу август|августу сентябрь|сентябры октябрь|октябры ноябрь|ноябры декабрь|декабры
eu urtarril|urtarrila|urtarrilaren otsail|otsaila|otsailaren martxo|martxoa|martxoaren apiril|apirila|apirilaren maiatz|maiatza|maiatzaren ekain|ekaina|ekainaren uztail|uztaila|uztailaren abuztu|abuztua|abuztuaren irail|iraila|irailaren urri|urria|urriaren azaro|azaroa|azaroaren abendu|abendua|abenduaren
cy ionawr|ion chwefror|chwe mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr
ga eanáir feabhra márta aibreán bealtaine meitheamh iúil lúnasa mheán_fómhair|meán_fómhair deireadh_fómhair samhain nollaig
eo januaro februaro marto aprilo majo junio julio aŭgusto septembro oktobro novembro decembro
id januari|jan februari|feb maret|mar april|apr mei juni|jun juli|jul agustus|agu|agt september|sep oktober|okt november|nov desember|des
ms januari|jan februari|feb mac april mei jun julai ogos september|sept oktober|okt november|nov disember|dis
tl enero pebrero marso abril mayo hunyo hulyo agosto setyembre oktubre nobyembre disyembre
sw januari februari machi aprili mei juni julai agosti septemba oktoba novemba desemba
th มกราคม|ม.ค กุมภาพันธ์|ก.พ มีนาคม|มี.ค เมษายน|เม.ย พฤษภาคม|พ.ค มิถุนายน|มิ.ย กรกฎาคม|ก.ค สิงหาคม|ส.ค กันยายน|ก.ย ตุลาคม|ต.ค พฤศจิกายน|พ.ย ธันวาคม|ธ.ค
hi जनवरी|जन फरवरी|फ़रवरी|फर मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर|सितं अक्टूबर|अक्तूबर|अक्टू नवंबर|नवम्बर|नवं दिसंबर|दिसम्बर|दिसं
mr जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर
ne जनवरी फेब्रुअरी मार्च अप्रिल मे जुन जुलाई अगस्ट सेप्टेम्बर अक्टोबर नोभेम्बर डिसेम्बर
bn জানুয়ারি|জানুয়ারী ফেব্রুয়ারি|ফেব্রুয়ারী মার্চ এপ্রিল মে জুন জুলাই আগস্ট|অগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
gu જાન્યુઆરી ફેબ્રુઆરી માર્ચ એપ્રિલ મે જૂન જુલાઈ ઓગસ્ટ સપ્ટેમ્બર ઓક્ટોબર નવેમ્બર ડિસેમ્બર
pa ਜਨਵਰੀ ਫਰਵਰੀ ਮਾਰਚ ਅਪ੍ਰੈਲ ਮਈ ਜੂਨ ਜੁਲਾਈ ਅਗਸਤ ਸਤੰਬਰ ਅਕਤੂਬਰ ਨਵੰਬਰ ਦਸੰਬਰ
ta ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்
te జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జులై|జూలై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్
kn ಜನವರಿ ಫೆಬ್ರವರಿ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್ ಸೆಪ್ಟೆಂಬರ್ ಅಕ್ಟೋಬರ್ ನವೆಂಬರ್ ಡಿಸೆಂಬರ್
ml ജനുവരി ഫെബ്രുവരി മാർച്ച് ഏപ്രിൽ മേയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ് സെപ്റ്റംബർ ഒക്ടോബർ നവംബർ ഡിസംബർ
ur جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر
fa ژانویه فوریه مارس آوریل مه|می ژوئن ژوئیه|جولای اوت|آگوست سپتامبر اکتبر نوامبر دسامبر
ar يناير فبراير مارس أبريل|ابريل|إبريل مايو يونيو|يونيه يوليو|يوليه أغسطس|اغسطس سبتمبر أكتوبر|اكتوبر نوفمبر ديسمبر
ar كانون_الثاني شباط آذار|اذار نيسان أيار|ايار حزيران تموز آب أيلول|ايلول تشرين_الأول|تشرين_الاول تشرين_الثاني كانون_الأول|كانون_الاول
ar جانفي فيفري مارس أفريل ماي جوان جويلية أوت|غشت شتنبر أكتوبر نونبر دجنبر
he ינואר|בינואר|ינו פברואר|בפברואר|פבר מרץ|במרץ|מרס|במרס אפריל|באפריל|אפר מאי|במאי יוני|ביוני יולי|ביולי אוגוסט|באוגוסט|אוג ספטמבר|בספטמבר|ספט אוקטובר|באוקטובר|אוק נובמבר|בנובמבר|נוב דצמבר|בדצמבר|דצמ
ka იანვარი|იანვ თებერვალი|თებ მარტი|მარ აპრილი|აპრ მაისი|მაი ივნისი|ივნ ივლისი|ივლ აგვისტო|აგვ სექტემბერი|სექ ოქტომბერი|ოქტ ნოემბერი|ნოე დეკემბერი|დეკ
hy հունվարի|հունվար փետրվարի|փետրվար մարտի|մարտ ապրիլի|ապրիլ մայիսի|մայիս հունիսի|հունիս հուլիսի|հուլիս օգոստոսի|օգոստոս սեպտեմբերի|սեպտեմբեր հոկտեմբերի|հոկտեմբեր նոյեմբերի|նոյեմբեր դեկտեմբերի|դեկտեմբեր
"""

PERSIAN = "فروردین اردیبهشت خرداد تیر مرداد|امرداد شهریور مهر آبان آذر دی بهمن اسفند"
"""The Persian (solar Hijri) year, from the spring equinox."""

HIJRI = (
    "محرم|المحرم صفر ربيع_الأول|ربيع_الاول|ربيع_أول ربيع_الثاني|ربيع_الآخر|ربيع_الاخر جمادى_الأولى|جمادى_الاولى|جمادي_الاولى|جمادى_الأول "
    "جمادى_الآخرة|جمادى_الاخرة|جمادى_الثانية|جمادي_الثانية|جمادى_الثاني رجب شعبان رمضان شوال ذو_القعدة|ذي_القعدة|ذوالقعدة ذو_الحجة|ذي_الحجة|ذوالحجة"
)
"""The Islamic lunar year."""


def _forms(line: str) -> dict[str, int]:
    return {
        " ".join(without_accents(part) for part in form.split("_")): number
        for number, month in enumerate(line.split(), start=1)
        for form in month.split("|")
        if form != "_"
    }


MONTHS: dict[str, tuple[str, int]] = {
    **{form: ("persian", number) for form, number in _forms(PERSIAN).items()},
    **{form: ("hijri", number) for form, number in _forms(HIJRI).items()},
    **{
        form: ("gregorian", number)
        for line in GREGORIAN.strip().splitlines()
        for form, number in _forms(line.split(" ", 1)[1]).items()
    },
}
"""Folded month name to its calendar and number. No name means two months, except `CROATIAN`."""

CROATIAN = frozenset({"listopad", "listopada"})
"""November in Polish, Czech and Ukrainian, October in Croatian, which alone puts a dot after the day: "5. listopada 2021."."""

FILLERS = frozenset(
    without_accents(word)
    for word in (
        "de del di d of the da do año den dne din dnia le el al i gada gadā m metų mėn год года г році року р жылғы жылы ж жылдын жылы оны eko ko a an "
        "на от від في من م هـ ه سنة يوم năm ngày tháng पर को தேதி ano yılı yılının ve sal sana i."
    ).split()
)
"""Words that may be between the day, the month and the year: "5 de marzo de 2021", "2021 m. kovo 5 d."."""

ZONES = {
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "IRST": 210, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120,
    "HNEC": 60, "HAEC": 120, "EET": 120, "EEST": 180, "SAST": 120, "CAT": 120, "WAT": 60, "EAT": 180, "MSK": 180, "МСК": 180, "TRT": 180,
    "AST": -240, "ADT": -180, "NST": -210, "NDT": -150, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360,
    "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180, "CLT": -240, "PET": -300, "COT": -300,
    "PKT": 300, "IST": 330, "NPT": 345, "ICT": 420, "WIB": 420, "WITA": 480, "WIT": 540, "SGT": 480, "HKT": 480, "PHT": 480, "MYT": 480,
    "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
}  # fmt: skip
"""Minutes east of Greenwich. Of the abbreviations with two meanings the one that news pages use: IST is India, CST the Americas,
BST Britain."""

AMERICAN_ZONES = {"ET": -300, "CT": -360, "MT": -420, "PT": -480}
"""Zones that name no season: standard time in minutes; summer time follows the law of 2007 (second Sunday of March to first of
November)."""

ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911, "中華民國": 1911}
"""What to add to a year of a Japanese era or of the Republic of China."""

_AGO = """
minute minute minutes min mins minuten minuto minutos minuti minut minuty минут минуты минуту minutter minuter minuuttia minutą хвилин хвилини dakika λεπτά دقائق دقيقة دقیقه דקות मिनट menit phút นาที
hour hour hours hr hrs h stunde stunden heure heures hora horas ora ore uur uren godz godzin godziny godzinę час часа часов година години годин timer timmar tuntia saat ώρες ώρα ساعات ساعة ساعت שעות घंटे घंटा jam giờ ชั่วโมง hodin hodinami órája ore
day day days d tag tage tagen jour jours día días dia dias giorno giorni dag dagen dager dage dagar dni dzień день дня дней дні днів päivää gün ημέρες μέρες أيام يوم روز ימים दिन hari ngày วัน dny dnem dňami napja zile
"""
AGO_UNITS: dict[str, str] = {
    without_accents(word): line.split()[0] for line in _AGO.strip().splitlines() for word in line.split()[1:]
}
AGO_BEFORE = frozenset(
    without_accents(word) for word in "vor hace há ha fa il_y_a πριν πριν_από منذ قبل לפני před pred acum prije geleden".split()
)
AGO_AFTER = frozenset(
    without_accents(word)
    for word in "ago atrás fa geleden temu назад тому siden sedan sitten önce πριν पहले yang_lalu lalu trước ที่แล้ว پیش ezelőtt dala atras".split()
)
"""Units and markers of "2 hours ago"; `for` of the Nordic "for 2 timer siden" is left to its second half, since English has it
too."""
