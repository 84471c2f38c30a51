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

# tools_of PYTHON REQUIREMENTS: the bin folder of a virtual environment with these, shared by all clones.
tools_of() {
  echo "$cache/tools/$( { "$1" --version; cat "$2"; } | sha256sum | cut -c1-16)/bin"
}

# make_tools PYTHON REQUIREMENTS: makes that environment where it is not there yet.
make_tools() {
  local bin
  bin=$(tools_of "$1" "$2")
  [ ! -e "$bin/.ready" ] || return 0
  rm -rf "${bin%/bin}"
  "$1" -m venv "${bin%/bin}" && "$bin/pip" install -q --disable-pip-version-check --no-deps -r "$2" && touch "$bin/.ready"
}

# A Python 3.6, the oldest that what Python adapters share must run under; empty where there is none.
find_python36() {
  local python
  for python in python3.6 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.6.*/bin/python; do
    [ "$("$python" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null)" != "(3, 6)" ] || { echo "$python"; return; }
  done
}

tools=$(tools_of python3 tests/requirements.txt)
python36=$(find_python36)
