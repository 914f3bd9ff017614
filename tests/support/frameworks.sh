#!/bin/sh
# Puts pre-commit and prek from PyPI into the folder given, unless they are there, and prints nothing
# when all went well.
set -eu
folder=$1
if [ ! -x "$folder/bin/prek" ] || [ ! -x "$folder/bin/pre-commit" ]; then
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check pre-commit==4.7.0 prek==0.5.11
fi
