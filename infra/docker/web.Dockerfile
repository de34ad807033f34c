# NGINX with the web client's files and the configuration of infra/nginx.
#
#   docker build -f infra/docker/web.Dockerfile -t helpdesk/web .
#
# The client is taken from web/dist; without a build, the image has a placeholder page. The build runs no command, so it needs
# no network, and any image with `nginx` on its PATH serves as a base.

ARG NGINX_IMAGE=nginx:1.29-alpine
FROM ${NGINX_IMAGE} AS runtime
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="helpdesk/web" \
      org.opencontainers.image.description="Helpdesk's front door and web client." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
COPY infra/nginx/*.conf /etc/nginx/helpdesk/
COPY infra/docker/web.nginx.conf /etc/nginx/helpdesk/nginx.conf
# A pattern, since web/dist may be missing.
COPY infra/nginx/placeholder/ we[b]/dist/ /usr/share/nginx/html/
# Numeric, so that Kubernetes can verify that it is not root. Any other id works as well.
USER 10001:10001
EXPOSE 8080
# Requests in progress are finished; SIGTERM would abort them.
STOPSIGNAL SIGQUIT
ENTRYPOINT ["nginx", "-e", "stderr", "-c", "/etc/nginx/helpdesk/nginx.conf"]
CMD []

# The same for `skaffold dev`: files can be replaced while it runs.
FROM runtime AS dev
COPY --chown=10001:10001 infra/nginx/placeholder/ we[b]/dist/ /usr/share/nginx/html/

# The last stage is the default of `docker build`.
FROM runtime
