"""Builds every overlay and every supported combination of components, and checks each."""

from cluster.checks import hardening, policy, references, schemas
from cluster.checks.kustomize import COMBINATIONS, build_all

__all__ = ["COMBINATIONS", "build_all", "check"]


def check() -> list[str]:
    """A sentence for each problem."""
    built = build_all()
    problems = [
        f"{name}: {problem}"
        for name, documents in built.items()
        for find in (references.problems, hardening.problems)
        for problem in find(documents)
    ]
    return [*problems, *schemas.problems(built), *([] if problems else policy.problems(built))]
