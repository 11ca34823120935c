"""Turns the rows of `alarms.toml` into alarms of CloudWatch; the file explains its columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from .files import AssemblyError

_STATISTICS = {"Average", "Maximum", "Minimum", "SampleCount", "Sum"}
"""Every other statistic, such as p95, is an extended statistic of CloudWatch."""

_OURS = {"service": "payung", "stage": {"Ref": "Stage"}}


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metric(_Row):
    """A metric of payung itself, unless a column names another owner."""

    name: str
    statistic: str
    queue: str | None = None
    function: str | None = None
    api: str | None = None
    table: str | None = None
    index: str | None = None
    namespace: str | None = None

    @model_validator(mode="after")
    def _has_one_owner(self) -> Self:
        owners = (self.queue, self.function, self.api, self.table, self.namespace)
        if sum(owner is not None for owner in owners) > 1:
            raise ValueError("names more than one of queue, function, api, table and namespace")
        if self.index and not self.table:
            raise ValueError("names an index without its table")
        return self

    def source(self) -> dict[str, Any]:
        """Return the properties that identify it in CloudWatch."""
        namespace, dimensions = self._place()
        found: dict[str, Any] = {"Namespace": namespace, "MetricName": self.name}
        if dimensions:
            found["Dimensions"] = [{"Name": n, "Value": value} for n, value in dimensions.items()]
        return found

    def _place(self) -> tuple[str, Mapping[str, Any]]:
        if self.queue:
            return "AWS/SQS", {"QueueName": {"Fn::GetAtt": [self.queue, "QueueName"]}}
        if self.function:
            return "AWS/Lambda", {"FunctionName": {"Ref": self.function}}
        if self.api:
            stage = {"Fn::Sub": f"${{{self.api}.Stage}}"}
            return "AWS/ApiGateway", {"ApiName": "payung", "Stage": stage}
        if self.table:
            index = {"GlobalSecondaryIndexName": self.index} if self.index else {}
            return "AWS/DynamoDB", {"TableName": {"Ref": self.table}} | index
        if self.namespace:
            return self.namespace, {}
        return "payung", _OURS


class Alarm(_Row):
    """One row."""

    says: str
    severity: Literal["now", "today", "week"]
    first: str
    metric: Metric | None = None
    expression: str | None = None
    metrics: Mapping[str, Metric] = {}
    at_least: int | str | None = None
    below: int | str | None = None
    period: int = 300
    periods: int = 1
    datapoints: int | None = None
    missing_data: Literal["breaching", "ignore", "missing", "notBreaching"] | None = None
    condition: str | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.metric is None) == (self.expression is None):
            raise ValueError("needs either metric or expression")
        if (self.expression is None) == bool(self.metrics):
            raise ValueError("needs metrics with an expression, and only there")
        if (self.at_least is None) == (self.below is None):
            raise ValueError("needs either at_least or below")
        return self

    def resource(self, name: str) -> dict[str, Any]:
        """Return the alarm as a resource of the template."""
        below = self.at_least is None
        threshold = self.below if below else self.at_least
        optional = {"DatapointsToAlarm": self.datapoints, "TreatMissingData": self.missing_data}
        properties = {
            "AlarmDescription": {"Fn::Sub": self._description(name)},
            **self._watched(name),
            "EvaluationPeriods": self.periods,
            "Threshold": {"Ref": threshold} if isinstance(threshold, str) else threshold,
            "ComparisonOperator": "LessThanThreshold" if below else "GreaterThanOrEqualToThreshold",
            **{key: value for key, value in optional.items() if value is not None},
        }
        condition = {"Condition": self.condition} if self.condition else {}
        return {"Type": "AWS::CloudWatch::Alarm", **condition, "Properties": properties}

    def _description(self, name: str) -> str:
        # The address is a heading of docs/operations.md, as web servers of repositories show it.
        where = f"${{Runbook}}#{name.lower()}"
        return f"[{self.severity}] {self.says}. First: {self.first} . Then: {where}"

    def _watched(self, name: str) -> dict[str, Any]:
        if self.metric:
            kind = "Statistic" if self.metric.statistic in _STATISTICS else "ExtendedStatistic"
            return {**self.metric.source(), kind: self.metric.statistic, "Period": self.period}
        result = {"Id": "result", "Label": name, "Expression": self.expression}
        return {"Metrics": [result, *(self._part(key, each) for key, each in self.metrics.items())]}

    def _part(self, key: str, metric: Metric) -> dict[str, Any]:
        stat = {"Stat": metric.statistic, "Period": self.period, "Metric": metric.source()}
        return {"Id": key, "ReturnData": False, "MetricStat": stat}


def listed(made: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ARNs of alarms as text for a dashboard's body: JSON strings with commas between.

    `made` are the alarms as resources. One whose condition is false is left out.
    """
    parts = []
    for name, each in made.items():
        arn: dict[str, Any] = {"Fn::Sub": f'"${{{name}.Arn}}"'}
        if condition := each.get("Condition"):
            arn = {"Fn::If": [condition, arn, {"Ref": "AWS::NoValue"}]}
        parts.append(arn)
    return {"Fn::Join": [",", parts]}


def resources(rows: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the alarms of a table as resources, by their names.

    Raises:
        AssemblyError: a row lacks a column, has an unknown one, or contradicts itself.
    """
    made = {}
    for name, row in rows.items():
        try:
            made[name] = Alarm.model_validate(row).resource(name)
        except ValidationError as error:
            reasons = "; ".join(_reasons(error.errors()))
            raise AssemblyError(f"{place}: {name} {reasons}") from None
    return made


def _reasons(errors: Sequence[Any]) -> Iterator[str]:
    for each in errors:
        column = ".".join(map(str, each["loc"]))
        match each["type"]:
            case "missing":
                yield f"lacks the column {column}"
            case "extra_forbidden":
                yield f"has the unknown column {column}"
            case "value_error":
                yield f"{f'in {column} ' if column else ''}{each['ctx']['error']}"
            case _:
                yield f"has a wrong {column or 'row'}: {each['msg']}"
