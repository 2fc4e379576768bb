#!/usr/bin/env bash
# Packs what `run.sh --java` needs for a machine without Java and Maven: a small runtime, the program, and the contract
# suite that every engine must pass. Needs a JDK with jlink and Maven; builds the program first.
#
#   bench/gpu/pack.sh DIRECTORY
#
# There: runtime/ (for --java), gpu-train.jar (for --jar), contract/.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 DIRECTORY" >&2; exit 2; }
mkdir -p "$1"
to=$(realpath "$1")
cd "$(dirname "$0")/../.."
# With the tests compiled, and machine code for data-centre GPUs, so that no driver compiles while a run is timed.
mvn -q -B -ntp package -DskipTests -Dmaven.test.skip=false -Dgputrain.cuda.architectures="80;90;100" -pl java -am
rm -rf "$to"/{runtime,contract}
jlink --add-modules java.base,java.logging,java.management,jdk.unsupported --strip-debug --no-header-files \
  --no-man-pages --compress=2 --output "$to/runtime"
cp java/target/gpu-train.jar "$to/"

mkdir -p "$to/contract/lib" "$to/contract/classes"
junit=$(sed -n 's|.*<junit.version>\(.*\)</junit.version>.*|\1|p' pom.xml)
plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
mvn -q -B -ntp $plugin:copy-dependencies -pl java -DincludeScope=test -DoutputDirectory="$to/contract/lib" \
  -DincludeGroupIds=org.junit.jupiter,org.junit.platform,org.opentest4j,org.apiguardian,org.assertj,org.jspecify
mvn -q -B -ntp $plugin:copy -Dartifact="org.junit.platform:junit-platform-launcher:$junit" \
  -DoutputDirectory="$to/contract/lib"
cp -r java/target/test-classes/. "$to/contract/classes/"
javac --release 17 -d "$to/contract/classes" -cp "$to/gpu-train.jar:$to/contract/lib/*" \
  bench/gpu/{ContractSuite,SecondOrderTime}.java
du -sh "$to" "$to"/*
