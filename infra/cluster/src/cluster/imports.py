"""The section of docs/architecture.md that draws which features of each service import which."""

from functools import cache

import grimp

from common.services import SERVICES
from stack.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "architecture.md"
BEGIN, END = "<!-- generated: imports -->", "<!-- end of generated: imports -->"


def page() -> str:
    """The whole page, with the section as it should be. Raises ValueError where the page lacks the markers."""
    text = PAGE.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} lacks {BEGIN} or {END}")
    drawings = "\n".join(f"\n`{name}`\n\n```mermaid\n{_drawing(name)}\n```" for name in SERVICES)
    return f"{before}{BEGIN}\n{drawings}\n\n{END}{after}"


@cache
def _drawing(service: str) -> str:
    """Packages below the service, and an arrow from each to those that it imports."""
    graph = grimp.build_graph(service, cache_dir=None)
    children = graph.find_children(service)
    features = sorted(child for child in children if graph.find_children(child))
    for feature in features:
        graph.squash_module(feature)
    arrows = [
        f"    {importer.rpartition('.')[2]} --> {imported.rpartition('.')[2]}"
        for importer in features
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if imported in features
    ]
    return "\n".join(["flowchart LR", *(f"    {each.rpartition('.')[2]}" for each in features), *arrows])
