# NGINX with the web client's files and the configuration of infra/nginx.
#
#   docker build -f infra/docker/web.Dockerfile -t helpdesk/web .
#
# The client is what was built into web/dist before; while there is none, a page stands in for it. Nothing is run while this is
# built, so it needs no network, and any image that has an `nginx` on its PATH will do as a base.

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
# A pattern, since what it names need not be there.
COPY infra/nginx/placeholder/ we[b]/dist/ /usr/share/nginx/html/
# A number, so that Kubernetes can see without a look inside that it is not root. Any other works too.
USER 10001:10001
EXPOSE 8080
# Lets requests under way finish; SIGTERM would break them off.
STOPSIGNAL SIGQUIT
ENTRYPOINT ["nginx", "-e", "stderr", "-c", "/etc/nginx/helpdesk/nginx.conf"]
CMD []

# The same for `skaffold dev`: the files may be replaced while it runs.
FROM runtime AS dev
COPY --chown=10001:10001 infra/nginx/placeholder/ we[b]/dist/ /usr/share/nginx/html/

# The last stage is what `docker build` makes when none is named.
FROM runtime
