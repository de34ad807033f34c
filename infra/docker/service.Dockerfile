# One of the Python services: auth, tickets, notifications, mailer, or backup.
#
#   docker build -f infra/docker/service.Dockerfile --build-arg SERVICE=auth -t helpdesk/auth .
#
# Needs BuildKit. Everything from outside is an argument: the base image, the package index, and, as a secret, the
# certificates by which the index is believed:
#
#   --build-arg PYTHON_IMAGE=… --build-arg PACKAGE_INDEX=https://…/simple --secret id=certificates,src=bundle.pem
#
# There is no `# syntax=` line, since that would be one more image to pull: the builder's own frontend knows all this.

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

# What the lock says this service needs. Runs at every change of any source, and takes a moment; what it writes seldom
# changes, so the next stage seldom runs.
FROM uv AS locked
ARG SERVICE
WORKDIR /workspace
COPY . .
RUN uv export --quiet --frozen --no-dev --no-emit-workspace --package "helpdesk-$SERVICE" --output-file /requirements.txt

FROM uv AS installed
COPY --from=locked /requirements.txt /requirements.txt
# --require-hashes: whatever the index, only the files that the lock names.
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

# Bytecode of all that a start imports, Python's own library included, whose image has none: half the time of a start.
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
# The root file system may be read-only: nothing is written, no bytecode either.
ENV PATH=/app/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONPYCACHEPREFIX=/app/bytecode \
    PYTHONDONTWRITEBYTECODE=1
COPY --from=installed /app/venv /app/venv
COPY --from=sources /app/src /app/src
COPY --from=compiled /app/bytecode /app/bytecode
WORKDIR /app
# A number, so that Kubernetes can see without a look inside that it is not root. Any other works too.
USER 10001:10001
EXPOSE 8000
# `docker run helpdesk/auth auth serve --role api`, `docker run helpdesk/auth common.messaging provision`. No shell in
# between: SIGTERM reaches the service itself.
ENTRYPOINT ["python", "-m"]

# The same for `skaffold dev`: sources may be replaced while it runs, and it starts anew when they were.
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

# The last stage is what `docker build` makes when none is named.
FROM runtime
