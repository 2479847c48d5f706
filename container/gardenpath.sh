#!/bin/sh
# The command line inside a container. Texts are encoded into a folder that whoever runs it can write.
export GARDENPATH_CACHE="${GARDENPATH_RUN_CACHE:-${TMPDIR:-/tmp}/gardenpath-$(id -u)}" NODE_NO_WARNINGS=1
exec /opt/gardenpath/node_modules/.bin/node /opt/gardenpath/src/main/lab/cli.ts "$@"
