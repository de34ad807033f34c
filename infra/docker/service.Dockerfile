# A Python service (any package of services/), or backup.
#
#   docker build -f infra/docker/service.Dockerfile --build-arg SERVICE=auth -t helpdesk/auth .
#
# Needs BuildKit. External inputs are arguments: the base image, the package index, and, as a secret, the certificates that
# verify the index:
#
#   --build-arg PYTHON_IMAGE=… --build-arg PACKAGE_INDEX=https://…/simple --secret id=certificates,src=bundle.pem
#
# There is no `# syntax=` line, which would pull one more image: the builder's own frontend supports all of this.

ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS uv
ARG PACKAGE_INDEX=https://pypi.org/simple
ARG UV_VERSION=0.13.8
ENV UV_DEFAULT_INDEX=${PACKAGE_INDEX} \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
RUN --mount=type=secret,id=certificates \
    if [ -s /run/secrets/certificates ]; then export PIP_CERT=/run/secrets/certificates; fi; \
    python -m pip install --quiet --no-cache-dir --root-user-action=ignore --disable-pip-version-check \
        --index-url "$PACKAGE_INDEX" "uv==$UV_VERSION"

# The locked dependencies of this service. It runs after every change of a source, but its output rarely changes, so the next
# stage is mostly cached.
FROM uv AS locked
ARG SERVICE
WORKDIR /workspace
COPY . .
RUN uv export --quiet --frozen --no-dev --no-emit-workspace --package "helpdesk-$SERVICE" --output-file /requirements.txt

FROM uv AS installed
COPY --from=locked /requirements.txt /requirements.txt
# --require-hashes: whichever the index, only files of the lock are installed.
RUN --mount=type=secret,id=certificates \
    if [ -s /run/secrets/certificates ]; then export SSL_CERT_FILE=/run/secrets/certificates; fi; \
    uv venv --quiet --python "$(command -v python)" /app/venv \
    && VIRTUAL_ENV=/app/venv uv pip install --quiet --require-hashes --requirements /requirements.txt

FROM ${PYTHON_IMAGE} AS sources
ARG SERVICE
COPY libs/common/src /app/src
COPY services /tmp/services
COPY infra/backup /tmp/services/backup
RUN cp -R "/tmp/services/$SERVICE/src/." /app/src/

# Bytecode of everything that a start imports, including Python's standard library: it halves the start-up time.
FROM ${PYTHON_IMAGE} AS compiled
ARG SERVICE
ENV PYTHONPATH=/app/src PYTHONPYCACHEPREFIX=/app/bytecode
COPY --from=installed /app/venv /app/venv
COPY --from=sources /app/src /app/src
RUN /app/venv/bin/python -c "import $SERVICE.__main__, common.messaging.__main__, common.databases.__main__"

FROM ${PYTHON_IMAGE} AS runtime
ARG SERVICE
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="helpdesk/${SERVICE}" \
      org.opencontainers.image.description="Helpdesk's service ${SERVICE}: its API, its workers and its commands." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
# The root file system may be read-only: nothing is written, not even bytecode.
ENV PATH=/app/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONPYCACHEPREFIX=/app/bytecode \
    PYTHONDONTWRITEBYTECODE=1
COPY --from=installed /app/venv /app/venv
COPY --from=sources /app/src /app/src
COPY --from=compiled /app/bytecode /app/bytecode
WORKDIR /app
# Numeric, so that Kubernetes can verify that it is not root. Any other id works as well.
USER 10001:10001
EXPOSE 8000
# `docker run helpdesk/auth auth serve --role api`, `docker run helpdesk/auth common.messaging provision`. There is no
# shell in between: the service itself receives SIGTERM.
ENTRYPOINT ["python", "-m"]

# The same for `skaffold dev`: it restarts when sources are replaced.
FROM uv AS reload
RUN --mount=type=secret,id=certificates \
    if [ -s /run/secrets/certificates ]; then export SSL_CERT_FILE=/run/secrets/certificates; fi; \
    uv venv --quiet --python "$(command -v python)" /app/reload \
    && VIRTUAL_ENV=/app/reload uv pip install --quiet "watchfiles==1.3.0"

FROM runtime AS dev
COPY --from=reload /app/reload /app/reload
COPY --from=sources --chown=10001:10001 /app/src /app/src
COPY --chmod=755 infra/docker/reload.sh /app/reload.sh
ENTRYPOINT ["/app/reload.sh"]

# The last stage is the default of `docker build`.
FROM runtime
