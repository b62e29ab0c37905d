"""The detectors a run can choose from, behind one small interface.

A backend is an object with one method, `guess(sample) -> Guess | None`. It gets at most `detect.SAMPLE` characters that the rule
in `detect` has already cleaned, and answers with its best language, or `None` where it sees nothing it knows. Everything else
(scripts no backend knows, capitals, too little text, the vote of lines) is the same for all of them and lives in `detect`.

    backend = get("langdetect")          # builds it once a process, under a lock
    backend.guess("Ein kurzer Satz.")    # Guess(language='de', confidence=0.99...)

Building one reads files and takes up to a second, so it happens in `DoFn.setup` and never while a pipeline is pickled. It happens
under a lock because runners set up several DoFns of a process at once: langdetect's own lazy loading, raced by threads, gave 10
right answers of 80.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple, Protocol

from schemas.errors import ConfigError


class Guess(NamedTuple):
    """A backend's best answer."""

    language: str
    """ISO 639-1; `zh` for Chinese in whatever script."""
    confidence: float
    """The backend's own probability, 0 to 1. Backends differ in how much it means."""


class Backend(Protocol):
    """What a detector must do to be a backend."""

    def guess(self, sample: str) -> Guess | None:
        """Names the language of a text, `None` where it finds nothing to go by; never raises on any `str`."""
        ...


class Langdetect:
    """langdetect as shipped: the reference, 1 to 3 ms a text.

    A factory of its own and not langdetect's global one, which loads lazily without a lock and walks at random without a
    seed (its answer changes within ten calls for 8 % of single words). Profiles are loaded in the order of their names, since the
    order of a directory listing is the file system's.
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


def primary(tag: str) -> str:
    """Cuts a tag to its language: langdetect says `zh-cn` and `zh-tw`, pycld2 `zh-Hant`."""
    return tag.partition("-")[0]


def required(module: str, package: str) -> ModuleType:
    """Imports an optional detector.

    Raises:
        ConfigError: It is not installed; the message names the pip package.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(f"this language backend needs the package {package}: pip install {package}") from error


BACKENDS: dict[str, Callable[[], Backend]] = {"fast": Langdetect, "langdetect": Langdetect}
"""Every backend by the name that `--language-backend` takes."""

_built: dict[str, Backend] = {}
_lock = threading.Lock()


def get(name: str) -> Backend:
    """Returns the process' one backend of that name, built on the first call.

    Raises:
        ConfigError: There is no such backend, or what it needs is not installed.
    """
    backend = _built.get(name)
    if backend is None:
        with _lock:
            backend = _built.get(name)
            if backend is None:
                if name not in BACKENDS:
                    raise ConfigError(f"no language backend is called {name!r}; there are {', '.join(sorted(BACKENDS))}")
                backend = _built[name] = BACKENDS[name]()
    return backend
