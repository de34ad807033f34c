#!/bin/sh
# Entrypoint of the development images: `python -m "$@"`, restarted within a second of each change of the sources.
exec /app/reload/bin/watchfiles --filter python --sigint-timeout 10 "python -m $*" /app/src
