"""Sentences of our own for the language tests: an invented town and its bridge, in the languages a detector must know."""

SENTENCES = {
    "ar": "قرر مجلس المدينة يوم الثلاثاء إغلاق الجسر القديم أمام حركة المرور حتى الخريف المقبل.",
    "bg": "Общинският съвет реши във вторник да затвори стария мост за движение до края на есента.",
    "cs": "Městská rada v úterý rozhodla, že starý most bude pro dopravu uzavřen až do podzimu.",
    "da": "Byrådet besluttede tirsdag aften at lukke den gamle bro for al trafik indtil efteråret.",
    "de": "Der Stadtrat hat am Dienstagabend beschlossen, die alte Brücke bis zum Herbst zu sperren.",
    "el": "Το δημοτικό συμβούλιο αποφάσισε την Τρίτη να κλείσει την παλιά γέφυρα μέχρι το φθινόπωρο.",
    "en": "The town council decided on Tuesday evening to close the old bridge to traffic until autumn.",
    "es": "El ayuntamiento decidió el martes por la tarde cerrar el puente viejo al tráfico hasta el otoño.",
    "fa": "شورای شهر روز سه‌شنبه تصمیم گرفت که پل قدیمی را تا پاییز به روی خودروها ببندد.",
    "fi": "Kaupunginvaltuusto päätti tiistaina, että vanha silta suljetaan liikenteeltä syksyyn saakka.",
    "fr": "Le conseil municipal a décidé mardi soir de fermer le vieux pont à la circulation jusqu'à l'automne.",
    "he": "מועצת העיר החליטה ביום שלישי לסגור את הגשר הישן לתנועה עד הסתיו הקרוב.",
    "hi": "नगर परिषद ने मंगलवार को फैसला किया कि पुराना पुल शरद ऋतु तक यातायात के लिए बंद रहेगा।",
    "hu": "A városi tanács kedden este úgy döntött, hogy őszig lezárja a régi hidat a forgalom elől.",
    "it": "Il consiglio comunale ha deciso martedì sera di chiudere il vecchio ponte al traffico fino all'autunno.",
    "ja": "市議会は火曜日、老朽化した橋を秋まで通行止めにすることを決めたと発表した。",
    "ko": "시의회는 화요일 저녁 오래된 다리를 가을까지 통행금지하기로 결정했다고 밝혔다.",
    "nl": "De gemeenteraad heeft dinsdagavond besloten de oude brug tot de herfst voor het verkeer te sluiten.",
    "pl": "Rada miejska zdecydowała we wtorek, że stary most zostanie zamknięty dla ruchu do jesieni.",
    "pt": "A câmara municipal decidiu na terça-feira à noite fechar a ponte velha ao trânsito até ao outono.",
    "ro": "Consiliul local a hotărât marți seara să închidă podul vechi pentru circulație până la toamnă.",
    "ru": "Городской совет решил во вторник закрыть старый мост до осени, сообщила пресс-служба мэрии.",
    "sv": "Kommunfullmäktige beslutade på tisdagskvällen att stänga den gamla bron för trafik till hösten.",
    "th": "สภาเมืองมีมติเมื่อวันอังคารให้ปิดสะพานเก่าไม่ให้รถผ่านจนถึงฤดูใบไม้ร่วง",
    "tr": "Belediye meclisi salı akşamı eski köprünün sonbahara kadar trafiğe kapatılmasına karar verdi.",
    "uk": "Міська рада вирішила у вівторок закрити старий міст для руху до кінця осені цього року.",
    "vi": "Hội đồng thành phố hôm thứ Ba đã quyết định đóng cửa cây cầu cũ cho đến mùa thu năm nay.",
    "zh": "市议会周二晚间决定，这座老桥将停止通行，直到秋天修缮工程结束为止。",
}

TRADITIONAL = "市議會週二晚間決定，這座老橋將停止通行，直到秋天修繕工程結束為止，居民須繞道而行。"

UNPROFILED = {
    "am": "የከተማው ምክር ቤት ማክሰኞ ዕለት አሮጌውን ድልድይ ለመዝጋት ወሰነ።",
    "hy": "Քաղաքային խորհուրդը երեքշաբթի որոշեց փակել հին կամուրջը մինչև աշուն։",
    "ka": "საქალაქო საბჭომ სამშაბათს გადაწყვიტა, რომ ძველი ხიდი შემოდგომამდე დაიხუროს.",
    "km": "ក្រុមប្រឹក្សាក្រុងបានសម្រេចបិទស្ពានចាស់រហូតដល់រដូវស្លឹកឈើជ្រុះ។",
    "lo": "ສະພາເມືອງໄດ້ຕັດສິນໃຈປິດຂົວເກົ່າຈົນຮອດລະດູໃບໄມ້ຫຼົ່ນ",
    "my": "မြို့တော်ကောင်စီက တံတားဟောင်းကို ပိတ်ရန် အင်္ဂါနေ့တွင် ဆုံးဖြတ်ခဲ့သည်။",
    "si": "නගර සභාව අඟහරුවාදා පැරණි පාලම වසා දැමීමට තීරණය කළේය.",
}
"""Languages that langdetect has no profile for and that the script gives away."""

BASQUE = (
    "Udal batzarrak asteartean erabaki zuen zubi zaharra itxita egongo dela udazkena arte, konponketa lanak amaitu bitartean. "
    "Herritarrek beste bide bat hartu beharko dute, eta dendariek kexak aurkeztu dituzte, bezero gutxiago izango dutelakoan. "
    "Alkateak esan zuen lanak lehenbailehen bukatuko direla eta zubi berria sendoagoa izango dela."
)
"""Three hundred characters of a language that langdetect has no profile for and that shares its letters with many that it has."""
