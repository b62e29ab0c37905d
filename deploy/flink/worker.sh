#!/bin/sh
# The command of --environment_type=PROCESS: Beam's worker starter (BOOT) in the environment that broadsheet is installed in (VENV).
# Without the second variable the starter makes an environment of its own, in which there is no Beam.
export PATH="$VENV/bin:$PATH" RUN_PYTHON_SDK_IN_DEFAULT_ENVIRONMENT=1
exec "$BOOT" "$@"
