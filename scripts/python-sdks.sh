#!/usr/bin/env bash
# Makes a Python environment with each version of the SageMaker SDK, for the tests that render real scripts:
# .cache/python-sdks/2 and .cache/python-sdks/3, 0.8 GB in about a minute. What cannot be made is said and left out;
# the tests that need it are then skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
folder=.cache/python-sdks
limit=150
log=$folder/log

make() { # VERSION REQUIREMENT
  [ -e "$folder/$1/ready" ] && return
  rm -rf "${folder:?}/$1"
  if UV_NATIVE_TLS=1 timeout "$limit" "$folder/uv/bin/uv" venv -q --python python3 "$folder/$1" &&
    UV_NATIVE_TLS=1 timeout "$limit" "$folder/uv/bin/uv" pip install -q --python "$folder/$1/bin/python" "$2"; then
    touch "$folder/$1/ready"
  else
    echo "Going on without version $1 of the SageMaker SDK; $log says why."
  fi
} 2>>"$log"

mkdir -p "$folder"
export UV_CACHE_DIR=$folder/downloads
if [ -x "$folder/uv/bin/uv" ] || { python3 -m venv "$folder/uv" && timeout "$limit" "$folder/uv/bin/pip" install -q uv; } >>"$log" 2>&1; then
  make 2 'sagemaker<3'
  make 3 'sagemaker>=3'
else
  echo "Going on without the SageMaker SDKs; $log says why."
fi
