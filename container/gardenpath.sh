#!/bin/sh
# The command line inside a container, with its own engine whatever the machine's environment says. Temporary files lie
# in /tmp where the machine's own place for them is not in the container. Texts are encoded into a folder that whoever
# runs it can write.
unset GARDENPATH_ENGINE
[ -d "${TMPDIR:-/tmp}" ] || export TMPDIR=/tmp
export GARDENPATH_CACHE="${GARDENPATH_RUN_CACHE:-${TMPDIR:-/tmp}/gardenpath-$(id -u)}" NODE_NO_WARNINGS=1
exec /opt/gardenpath/node_modules/.bin/node /opt/gardenpath/src/main/lab/cli.ts "$@"
