"""Replace `variable://NAME` among the paths of a run by the paths in that variable of the Prefect server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.sources.base import SourceError

SCHEME = "variable://"


def is_of_prefect(path: str) -> bool:
    """Whether only Prefect's server can resolve the path."""
    return path.startswith((SCHEME, "block://"))


def expand_variables(paths: Sequence[str]) -> list[str]:
    """Replace each variable by the path or list of paths that it holds; SourceError if it holds neither."""
    return [path for named in paths for path in _expand(named)]


def _expand(path: str) -> Iterator[str]:
    if not path.startswith(SCHEME):
        yield path
        return
    from prefect.variables import Variable

    value = Variable.get(path.removeprefix(SCHEME))
    found = [value] if isinstance(value, str) else value
    if not found or not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise SourceError(
            f"{path}: no Prefect variable has this name, or its value is not a path or a list of paths"
        )
    yield from found
