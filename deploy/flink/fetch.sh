#!/usr/bin/env bash
# Fetches what a trial cluster is made of into ~/.cache/broadsheet, by the package managers that are there: Flink's jars by pip,
# Beam's job server by Maven, Beam's worker starter by go. What is there already is not fetched again.
#     deploy/flink/fetch.sh [flink] [job-server] [boot] [spark-job-server]      (the first three where none is named)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/broadsheet
python=${PYTHON:-python3}
flink=1.19.3       # the newest release of the newest line that the job server below has a runner for
job_server=2.62.0  # as in job-server/pom.xml
beam=$(sed -n 's/^apache-beam==//p' "$here/../../constraints.txt")  # the starter must be that of the workers' Beam
mkdir -p "$cache/bin"
scratch=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

fetch_flink() {  # 230 MB: PyFlink's source archive carries the lib/ folder of Flink's own distribution
  local folder=$cache/flink-$flink
  if [ ! -d "$folder" ]; then
    "$python" -m pip download -q --disable-pip-version-check --no-deps -d "$scratch" "apache-flink-libraries==$flink"
    tar -xzf "$scratch/apache-flink-libraries-$flink.tar.gz" -C "$scratch"
    mkdir "$scratch/jars"
    find "$scratch" -path '*/lib/*' \( -name 'flink-dist-*.jar' -o -name 'log4j-*.jar' \) -exec mv -t "$scratch/jars" {} +
    mv "$scratch/jars" "$folder"
  fi
  echo "Flink $flink is $folder"
}

package() {  # package PROFILE JAR
  [ -f "$2" ] || {
    mvn -q -B -f "$here/job-server/pom.xml" -P "$1" package "-Dtarget=$scratch/$1" "-Djar=$scratch/$1.jar"
    mv "$scratch/$1.jar" "$2"
  }
  echo "The job server is $2"
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
      flink) fetch_flink ;;
      job-server) package flink "$cache/flink-job-server-$job_server.jar" ;;
      spark-job-server) package spark "$cache/spark-job-server-$job_server.jar" ;;
      boot) fetch_boot ;;
      *) echo "fetch.sh: there is no $part" >&2; exit 2 ;;
    esac
  done
done
