"""Completes the policy of each function with the statements that many functions share."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .files import AssemblyError, known, label, read_yaml

Policy = dict[str, Any]
Statements = list[dict[str, Any]]

EVERY_FUNCTION = "EveryFunction"
FED_BY_A_QUEUE = "FedByAQueue"
_SHARED = "shared"
_OWN = "Statement"
_FUNCTION = "AWS::Serverless::Function"


def complete(folder: Path, resources: Mapping[str, Any]) -> dict[str, Policy]:
    """Return the whole policy of each function, by the function's name in the app.

    `resources` are those of the template: they give the log group and the queue of each function.

    Raises:
        AssemblyError: a function has no policy, a policy no function, or a Sid occurs twice.
    """
    files = {path.stem: path for path in sorted((folder / "policies").glob("*.yaml"))}
    if _SHARED not in files:
        raise AssemblyError(f"{label(folder / 'policies' / _SHARED)}.yaml is missing")
    shared = read_yaml(files[_SHARED])
    known(shared, (EVERY_FUNCTION, FED_BY_A_QUEUE), label(files.pop(_SHARED)))
    # The app calls a function `api_handler` that is `APIHandler` in the template.
    functions = {
        name.lower(): each["Properties"]
        for name, each in resources.items()
        if each["Type"] == _FUNCTION
    }
    ours = {name.replace("_", ""): name for name in files}
    if unmatched := sorted(functions.keys() ^ ours.keys()):
        raise AssemblyError(
            f"each function has one policy, but {', '.join(unmatched)} has only one of the two"
        )
    return {
        name: _policy(files[name], shared, functions[key]) for key, name in sorted(ours.items())
    }


def _policy(path: Path, shared: Mapping[str, Statements], function: Mapping[str, Any]) -> Policy:
    own = read_yaml(path)
    known(own, (_OWN,), label(path))
    statements: Statements = own.get(_OWN) or []
    sids = [each.get("Sid") for each in statements]
    if None in sids:
        raise AssemblyError(f"{label(path)}: a statement has no Sid")
    if twice := sorted({str(sid) for sid in sids if sids.count(sid) > 1}):
        raise AssemblyError(f"{label(path)}: {', '.join(twice)} occurs twice")
    added = [each for each in _shared(path, shared, function) if each["Sid"] not in sids]
    return {"Version": "2012-10-17", _OWN: [*added, *statements]}


def _shared(
    path: Path, shared: Mapping[str, Statements], function: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    names = {"ItsLog": function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")}
    if names["ItsLog"] is None:
        raise AssemblyError(f"{label(path)}: its function names no log group of the template")
    queues = list(_queues(function))
    for statement in shared.get(EVERY_FUNCTION, []):
        yield _renamed(statement, names)
    if not queues:
        return
    for statement in shared.get(FED_BY_A_QUEUE, []):
        yield _for_queues(_renamed(statement, names), queues)


def _queues(function: Mapping[str, Any]) -> Iterator[str]:
    for event in function.get("Events", {}).values():
        if event["Type"] == "SQS":
            yield event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")


def _for_queues(statement: dict[str, Any], queues: Sequence[str]) -> dict[str, Any]:
    """Return a statement for all queues that feed one function."""
    for_each: Statements = [_renamed(statement, {"ItsQueue": queue}) for queue in queues]
    resources = [each["Resource"] for each in for_each]
    is_same = all(each == resources[0] for each in resources)
    return for_each[0] | {"Resource": resources[0] if is_same else resources}


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
