# What ./quickstart, ./test and .ci/run share. Sourced, from the project's root.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$project"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/plumbline

# step NAME COMMAND...: runs it in a shell of its own that ends at the first error; says what it took.
step() {
  local name=$1 start=$SECONDS status
  shift
  printf '== %s\n' "$name"
  set +e # "command || ..." would switch -e off inside the command too
  (set -e; "$@")
  status=$?
  set -e
  [ "$status" = 0 ] || printf '== %s failed after %s s\n' "$name" $((SECONDS - start)) >&2
  [ "$status" != 0 ] || printf '== %s: %s s\n' "$name" $((SECONDS - start))
  return "$status"
}

# packages GROUP...: the Debian packages of scripts/packages.txt, installed where that is allowed, else named.
packages() {
  local wanted='' missing='' group package
  for group in "$@"; do
    wanted+=" $(sed -n "s/^$group: //p" scripts/packages.txt | tr '\n' ' ')"
  done
  for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=" $package"
  done
  [ -n "$missing" ] || { echo "all installed"; return 0; }
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  else
    echo "These packages are missing and only an administrator can install them. On Debian or Ubuntu:" >&2
    echo "  sudo apt-get install$missing" >&2
    return 3
  fi
}

# build PRESET [OPTION...] [-- TARGET...]: configures with the options and builds the targets, or all.
build() {
  local preset=$1 log
  local -a options=()
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  [ $# = 0 ] || shift
  mkdir -p build
  log=build/$preset-configure.log
  cmake --preset "$preset" -G Ninja "${options[@]}" >"$log" 2>&1 || { cat "$log" >&2; return 3; }
  cmake --build --preset "$preset" ${*:+--target "$@"}
}

# The program and its helpers, and ./plumbline beside them.
build_program() {
  build release -DPLUMBLINE_TESTS=OFF -- plumbline plumbline-guard plumbline-native-worker
  ln -sf build/release/bin/plumbline plumbline
}

# The bin folder of a virtual environment with tests/requirements.txt, shared by all clones.
tools=$cache/tools/$( { python3 --version; cat tests/requirements.txt; } | sha256sum | cut -c1-16)/bin
make_tools() {
  [ ! -e "$tools/.ready" ] || return 0
  rm -rf "${tools%/bin}"
  python3 -m venv "${tools%/bin}"
  "$tools/pip" install -q --disable-pip-version-check --no-deps -r tests/requirements.txt
  touch "$tools/.ready"
}
