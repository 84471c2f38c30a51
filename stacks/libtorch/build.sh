#!/bin/sh
# build.sh SITE_PACKAGES BUILD SOURCE: builds the worker and the plain program into BUILD, against the LibTorch that is in
# the wheel of torch.
set -eu
site_packages=$1
build=$2
source=$3
folder=$(cd "$(dirname "$0")" && pwd)

if [ ! -f "$site_packages/torch/lib/libtorch_cpu.so" ]; then
    echo "There is no LibTorch in $site_packages/torch. Make the stack's environment first: plumbline env add libtorch" >&2
    exit 1
fi
cmake -S "$folder" -B "$build" -DCMAKE_BUILD_TYPE=Release -DSOURCE_ROOT="$source" -DTORCH_ROOT="$site_packages/torch"
cmake --build "$build" --parallel "${PLUMBLINE_BUILD_JOBS:-2}"
