#!/bin/sh
# Deploys an overlay to the current cluster of kubectl: first servers and Jobs (users, streams, indexes), and when these are
# complete, the services. For an installation, an upgrade and a rollback.
#
#   infra/k8s/rollout.sh infra/k8s/overlays/production
set -eu

overlay=${1:?"Name an overlay: infra/k8s/rollout.sh infra/k8s/overlays/…"}
namespace=helpdesk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kubectl kustomize "$overlay" >"$work/all.yaml"

# A Job is immutable: it is replaced.
jobs='app.kubernetes.io/component in (prepare, provision)'
kubectl delete jobs --namespace "$namespace" --selector "$jobs" --ignore-not-found
kubectl apply --filename "$work/all.yaml" --selector 'app.kubernetes.io/component notin (api, worker, web)'
kubectl wait jobs --namespace "$namespace" --selector "$jobs" --for condition=complete --timeout 900s

kubectl apply --filename "$work/all.yaml"
for workload in $(kubectl get statefulsets,deployments --namespace "$namespace" \
    --selector app.kubernetes.io/part-of=helpdesk --output name); do
    kubectl rollout status "$workload" --namespace "$namespace" --timeout 600s
done
