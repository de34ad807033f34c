"""Every overlay, and every supported combination of components, is built and held against four things."""

from cluster.checks import hardening, policy, references, schemas
from cluster.checks.kustomize import COMBINATIONS, build_all

__all__ = ["COMBINATIONS", "build_all", "check"]


def check() -> list[str]:
    """What is wrong, a sentence for each; nothing when all is well."""
    built = build_all()
    problems = [
        f"{name}: {problem}"
        for name, documents in built.items()
        for examine in (references.problems, hardening.problems)
        for problem in examine(documents)
    ]
    return [*problems, *schemas.problems(built), *([] if problems else policy.problems(built))]
