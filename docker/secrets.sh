#!/bin/sh
# Makes the secrets of compose.yaml, in docker/secrets/, where they are missing. Nobody but the
# owner gets into the directory; the files are readable because containers have users of their own.
set -eu
CDPATH="" cd -- "$(dirname -- "$0")"
umask 077
mkdir -p secrets

for name in secret_key database_password postgres_password; do
    file=secrets/$name
    [ -e "$file" ] && continue
    # Without a line end, which would be part of the password.
    head -c 48 /dev/urandom | base64 | tr -d '\n+/=' >"$file.new"
    chmod 0444 "$file.new"
    mv "$file.new" "$file"
done
