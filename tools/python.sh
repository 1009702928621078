#!/bin/sh
# Prints a Python of 3.11 or newer that can make environments; ends with one sentence where there is none.
# It is a shell script because the machine's own python3 may be too old to read ours, or not there at all.
set -u

# In an active virtual environment the answer is the Python below it: that one stays while environments are made anew.
answer() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c '
import sys, ensurepip, venv
if sys.version_info < (3, 11):
    sys.exit(1)
print(getattr(sys, "_base_executable", sys.executable))' 2>/dev/null
}

pyenv_versions=${PYENV_ROOT:-$HOME/.pyenv}/versions
for python in python3 python3.13 python3.12 python3.11 python3.14 \
    "$pyenv_versions"/3.13.*/bin/python "$pyenv_versions"/3.12.*/bin/python "$pyenv_versions"/3.11.*/bin/python; do
    answer "$python" && exit 0
done

if command -v uv >/dev/null 2>&1; then
    # Only uv's own Pythons: everything on PATH has been tried, and a broken shim there would stop uv.
    python=$(uv python find --python-preference only-managed '>=3.11' 2>/dev/null) ||
        { uv python install 3.13 >&2 && python=$(uv python find --python-preference only-managed 3.13 2>/dev/null); }
    [ -n "$python" ] && answer "$python" && exit 0
fi

echo "Orikaeshi needs Python 3.11 or newer with its venv module: install it, for example with 'uv python install 3.13'," \
    "'pyenv install 3.13' or 'apt-get install python3 python3-venv', and start again." >&2
exit 1
