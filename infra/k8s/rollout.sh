#!/bin/sh
# Deploys an overlay to the current cluster of kubectl: first servers and Jobs (users, streams, indexes), and when these are
# complete, the services. For an installation, an upgrade, a rollback and the end of a restore. It fails if a workload has no
# ready pod.
#
#   infra/k8s/rollout.sh infra/k8s/overlays/production
set -eu

overlay=${1:?"Name an overlay: infra/k8s/rollout.sh infra/k8s/overlays/…"}
namespace=helpdesk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
kubectl kustomize "$overlay" >"$work/all.yaml"

# Kind/name, replicas and ready replicas of each workload of these kinds.
workloads() {
    line='{.kind}/{.metadata.name} {.spec.replicas} {.status.readyReplicas}{"\n"}'
    kubectl get "$1" --namespace "$namespace" --selector app.kubernetes.io/part-of=helpdesk \
        --output "jsonpath={range .items[*]}$line{end}"
}

# Neither `apply` nor an autoscaler starts a workload that somebody scaled to zero.
start_stopped() {
    workloads "$1" >"$work/workloads"
    while read -r workload replicas _; do
        [ "$replicas" != 0 ] || kubectl scale "$workload" --namespace "$namespace" --replicas 1 </dev/null
    done <"$work/workloads"
}

# A Job is immutable: it is replaced.
jobs='app.kubernetes.io/component in (prepare, provision)'
kubectl delete jobs --namespace "$namespace" --selector "$jobs" --ignore-not-found
kubectl apply --filename "$work/all.yaml" --selector 'app.kubernetes.io/component notin (api, worker, web)'
start_stopped statefulsets
kubectl wait jobs --namespace "$namespace" --selector "$jobs" --for condition=complete --timeout 900s

kubectl apply --filename "$work/all.yaml"
start_stopped statefulsets,deployments
while read -r workload _; do
    kubectl rollout status "$workload" --namespace "$namespace" --timeout 600s </dev/null
done <"$work/workloads"

# `rollout status` calls zero of zero replicas a success.
workloads statefulsets,deployments >"$work/workloads"
while read -r workload _ ready; do
    [ "${ready:-0}" != 0 ] || echo "$workload has no ready pod."
done <"$work/workloads" >"$work/missing"
[ -s "$work/workloads" ] || echo "There is no workload in the namespace $namespace." >"$work/missing"
if [ -s "$work/missing" ]; then
    cat "$work/missing" >&2
    exit 1
fi
