"""Holds the public API: the names of `broadsheet.__all__`, and what an import leaves alone."""

import subprocess
import sys
from pathlib import Path

import broadsheet

PUBLIC = {
    "Article", "Block", "BroadsheetError", "ConfigError", "DecodeRecords", "DetectLanguage", "Document", "ExtractMetadata",
    "MaskPersonalData", "Origin", "Page", "RawRecord", "ReadFiles", "ReadOptions", "RecordError", "Reject", "ResourceLimits",
    "ScreenPages", "StripBoilerplate", "__version__", "decode", "detect_language", "extract", "make_document", "strip",
}  # fmt: skip

_UNCHANGED = """
import codecs, gc, locale, logging, os, signal, sys, warnings
import apache_beam.runners.worker.bundle_processor, confluent_kafka, deltalake, duckdb, fastwarc, ftfy, langdetect, numpy
import pyarrow, resiliparse, tldextract, trafilatura
from apache_beam.coders import registry
try:
    import boto3, botocore.session
    loader = botocore.session.create_loader
except ImportError:
    botocore = loader = None

def known(handler):
    try:
        return codecs.lookup_error(handler) is not None
    except LookupError:
        return False

def state():
    return {
        "environment": dict(os.environ),
        "memory pool": pyarrow.default_memory_pool().backend_name,
        "coders": dict(registry.__dict__["_coders"]),
        "loader": botocore and botocore.session.create_loader,
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)],
        "collector": gc.get_threshold(),
        "filters": list(warnings.filters),
        "handlers": list(logging.getLogger().handlers),
        "level": logging.getLogger().level,
        "locale": locale.setlocale(locale.LC_ALL),
        "path": list(sys.path),
        "hook": sys.excepthook,
        "error handlers": known("broadsheet-keep-byte"),
    }

before = state()
import importlib, pkgutil
import broadsheet
for name in broadsheet.__all__:
    getattr(broadsheet, name)
for folder in ("schemas", "transforms"):
    package = importlib.import_module(f"broadsheet.{folder}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
after = state()
changed = [key for key in before if before[key] != after[key]]
assert not changed, changed
"""


def test_the_public_api_is_exactly_what_is_listed() -> None:
    assert set(broadsheet.__all__) == PUBLIC
    assert len(broadsheet.__all__) == len(PUBLIC)
    assert all(getattr(broadsheet, name) is not None for name in broadsheet.__all__)


def test_importing_every_module_of_the_library_changes_nothing_in_the_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _UNCHANGED], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_import_broadsheet_loads_no_beam(tmp_path: Path) -> None:
    code = "import sys, broadsheet; print(sorted(set(sys.modules) & {'apache_beam', 'pyarrow', 'numpy', 'deltalake'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_every_public_name_says_nothing() -> None:
    code = "import broadsheet; [getattr(broadsheet, name) for name in broadsheet.__all__]"
    assert not subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stderr
