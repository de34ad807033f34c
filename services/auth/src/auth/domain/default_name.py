"""The name of a person who gave none."""


def default_name(address: str) -> str:
    """The local part, without dots where they would make a link of it."""
    local = address.partition("@")[0]
    return local.replace(".", " ") if "www." in local.casefold() else local
