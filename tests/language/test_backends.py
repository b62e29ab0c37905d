import threading

import pytest

from schemas.errors import ConfigError
from transforms.language import backends

SENTENCES = {
    "de": "Der Stadtrat hat am Dienstagabend beschlossen, die alte Brücke bis zum Herbst zu sperren.",
    "en": "The harbour town will open its restored lighthouse to visitors after seven years of work.",
    "fi": "Kaupunginvaltuusto päätti tiistaina, että vanha silta suljetaan liikenteeltä syksyyn saakka.",
    "pl": "Rada miejska zdecydowała we wtorek, że stary most zostanie zamknięty do jesieni.",
    "ru": "Городской совет решил во вторник закрыть старый мост до осени, сообщила пресс-служба мэрии.",
    "ar": "قرر مجلس المدينة يوم الثلاثاء إغلاق الجسر القديم أمام حركة المرور حتى الخريف المقبل.",
    "ja": "市議会は火曜日、老朽化した橋を秋まで通行止めにすることを決めたと発表した。",
}


@pytest.fixture(params=sorted(backends.BACKENDS))
def backend(request):
    try:
        return backends.get(request.param)
    except ConfigError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("language", SENTENCES)
def test_a_backend_names_the_language_of_a_sentence(backend, language):
    guess = backend.guess(SENTENCES[language])
    assert guess.language == language
    assert 0.5 < guess.confidence <= 1.0


@pytest.mark.parametrize("text", ["", " ", "12 345", "\ud800\udfff", "\x00", "🎉🎉", "!" * 1000], ids=repr)
def test_a_backend_raises_on_no_text(backend, text):
    guess = backend.guess(text)
    assert guess is None or 0 <= guess.confidence <= 1


def test_a_backend_is_built_once_whichever_thread_comes_first():
    found = []
    threads = [threading.Thread(target=lambda: found.append(backends.get("langdetect"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(item) for item in found}) == 1


def test_an_unknown_backend_is_refused_by_name():
    with pytest.raises(ConfigError, match=r"no language backend is called 'guesswork'; there are .*langdetect"):
        backends.get("guesswork")


def test_a_missing_package_is_named():
    with pytest.raises(ConfigError, match="pip install nowhere-to-be-found"):
        backends.required("nowhere_to_be_found", "nowhere-to-be-found")
