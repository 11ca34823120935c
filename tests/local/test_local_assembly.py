"""The files of `.chalice/` become a template and policies, or are refused with a reason."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from local.assembly.assemble import FOLDER, MERGED, assemble
from local.assembly.files import AssemblyError, read_yaml
from local.assembly.parts import SECTIONS
from local.deploy import DeployError, artefact

PARTS = sorted((FOLDER / "resources").iterdir())
ASSEMBLED = assemble()
SHARED = read_yaml(FOLDER / "policies" / "shared.yaml")

QUEUE = "Resources:\n  Work:\n    Type: AWS::SQS::Queue\n"
FUNCTION = """
Shared:
  fast: &fast {Speed: !Sub "${Work.Arn}/fast"}
Resources:
  RunLog: {Type: AWS::Logs::LogGroup}
  Run:
    Type: AWS::Serverless::Function
    Properties:
      LoggingConfig: {LogGroup: !Ref RunLog}
      Environment: {Variables: {<<: *fast, Own: 1}}
      Events: {RunSqsEventSource: {Type: SQS, Properties: {Queue: !Sub "${Work.Arn}"}}}
"""
DEFAULTS = """
AWS::SQS::Queue:
  Properties: {Kept: 14, Key: !Ref DataKey, Tags: [a], Nested: {One: 1, Two: 2}}
"""
POLICY = "Statement:\n  - {Sid: Read, Effect: Allow, Action: 's3:GetObject', Resource: '*'}\n"
SHARED_POLICY = """
EveryFunction:
  - {Sid: Log, Effect: Allow, Action: 'logs:PutLogEvents', Resource: !GetAtt ItsLog.Arn}
FedByAQueue:
  - {Sid: Take, Effect: Allow, Action: 'sqs:ReceiveMessage', Resource: !GetAtt ItsQueue.Arn}
"""
ALARM = """
[Stuck]
says = "It makes no progress"
severity = "today"
first = "look --at payung-${Stage}"
metric = { queue = "Work", name = "Age", statistic = "Maximum" }
at_least = 1
"""


@pytest.fixture
def folder(tmp_path):
    """A small `.chalice/` that can be assembled."""
    files = {
        "resources/queues.yaml": QUEUE,
        "resources/functions.yaml": FUNCTION,
        "defaults.yaml": DEFAULTS,
        "alarms.toml": ALARM,
        "policies/shared.yaml": SHARED_POLICY,
        "policies/run.yaml": POLICY,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def refused(folder: Path) -> str:
    with pytest.raises(AssemblyError) as caught:
        assemble(folder)
    return str(caught.value)


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_every_part_is_in_the_template(path):
    part = read_yaml(path)
    assert set(part) & set(SECTIONS)
    for section in set(part) & set(SECTIONS):
        assert set(part[section]) <= set(ASSEMBLED.template[section])


def test_every_alarm_is_in_the_template_once():
    alarms = [
        name
        for name, each in ASSEMBLED.template["Resources"].items()
        if each["Type"] == "AWS::CloudWatch::Alarm"
    ]
    rows = (FOLDER / "alarms.toml").read_text().splitlines()
    assert alarms == [line.strip("[]") for line in rows if line.startswith("[")]


@pytest.mark.parametrize("function", ASSEMBLED.policies)
def test_every_policy_contains_the_shared_statements_once(function):
    sids = [each["Sid"] for each in ASSEMBLED.policies[function]["Statement"]]
    assert len(sids) == len(set(sids))
    assert {each["Sid"] for each in SHARED["EveryFunction"]} <= set(sids)


@pytest.mark.parametrize("function", ASSEMBLED.policies)
def test_a_policy_is_about_the_functions_own_log(function):
    (log,) = (s for s in ASSEMBLED.policies[function]["Statement"] if s["Sid"] == "WriteItsLog")
    name, _ = log["Resource"]["Fn::GetAtt"]
    assert name.lower() == f"{function.replace('_', '')}log"


def test_the_written_files_are_what_was_assembled(tmp_path):
    ASSEMBLED.write(tmp_path)
    text = (tmp_path / MERGED).read_text()
    assert yaml.safe_load(text) == ASSEMBLED.template
    for name, policy in ASSEMBLED.policies.items():
        assert json.loads((tmp_path / f"policy-{name}.json").read_text()) == policy


def test_a_package_is_made_of_the_written_files(tmp_path):
    project = artefact.ROOT
    artefact.copy_project(project, tmp_path / "copy", "x86_64")
    copied = {path.name for path in (tmp_path / "copy" / ".chalice").iterdir()}
    policies = {f"policy-{name}.json" for name in ASSEMBLED.policies}
    assert copied == {"config.json", MERGED} | policies
    config = json.loads((tmp_path / "copy" / ".chalice" / "config.json").read_text())
    assert config["lambda_architecture"] == "x86_64"


def test_a_package_of_files_that_do_not_fit_together_is_refused(tmp_path):
    project = tmp_path / "project"
    shutil.copytree(FOLDER, project / ".chalice")
    (project / "app.py").touch()
    (project / "chalicelib").mkdir()
    (project / ".chalice" / "policies" / "gate.yaml").unlink()
    with pytest.raises(DeployError, match="each function has one policy, but gate has only one"):
        artefact.copy_project(project, tmp_path / "copy", "arm64")


def test_a_resource_has_the_defaults_of_its_type(folder):
    work = assemble(folder).template["Resources"]["Work"]
    assert work == {
        "Type": "AWS::SQS::Queue",
        "Properties": {
            "Kept": 14,
            "Key": {"Ref": "DataKey"},
            "Tags": ["a"],
            "Nested": {"One": 1, "Two": 2},
        },
    }


def test_a_resource_may_say_otherwise(folder):
    own = "    Properties: {Kept: 1, Key: !GetAtt Other.Arn, Tags: [b], Nested: {Two: 3}}\n"
    (folder / "resources" / "queues.yaml").write_text(QUEUE + own)
    assert assemble(folder).template["Resources"]["Work"]["Properties"] == {
        "Kept": 1,
        "Key": {"Fn::GetAtt": ["Other", "Arn"]},
        "Tags": ["b"],
        "Nested": {"One": 1, "Two": 3},
    }


def test_anchors_are_resolved_and_do_not_become_a_section(folder):
    template = assemble(folder).template
    assert set(template) == set(SECTIONS)
    assert template["Resources"]["Run"]["Properties"]["Environment"]["Variables"] == {
        "Speed": {"Fn::Sub": "${Work.Arn}/fast"},
        "Own": 1,
    }


def test_a_function_of_two_queues_may_take_from_both(folder):
    second = "{Type: SQS, Properties: {Queue: !Sub '${Other.Arn}'}}"
    (folder / "resources" / "functions.yaml").write_text(
        FUNCTION.replace(
            '"${Work.Arn}"}}}', f'"${{Work.Arn}}"}}}}, SecondSqsEventSource: {second}}}'
        )
    )
    (folder / "resources" / "more.yaml").write_text(QUEUE.replace("Work", "Other"))
    (folder / "policies" / "shared.yaml").write_text(
        SHARED_POLICY
        + "  - {Sid: Note, Effect: Allow, Action: 'a:B', Resource: !GetAtt Table.Arn}\n"
    )
    statements = {
        each["Sid"]: each["Resource"] for each in assemble(folder).policies["run"]["Statement"]
    }
    assert statements["Take"] == [{"Fn::GetAtt": [name, "Arn"]} for name in ("Work", "Other")]
    assert statements["Note"] == {"Fn::GetAtt": ["Table", "Arn"]}


def test_an_unknown_section_is_refused(folder):
    (folder / "resources" / "queues.yaml").write_text("Resource: {}\n")
    assert refused(folder) == (
        "resources/queues.yaml has an unknown section Resource; "
        "the sections are Parameters, Rules, Conditions, Resources, Outputs, Shared"
    )


def test_a_name_in_two_files_is_refused(folder):
    (folder / "resources" / "more.yaml").write_text(QUEUE)
    assert refused(folder) == (
        "Work is in resources/more.yaml and in resources/queues.yaml: rename one"
    )


def test_an_alarm_that_is_named_like_a_resource_is_refused(folder):
    (folder / "alarms.toml").write_text(ALARM.replace("Stuck", "Work"))
    assert "Work is in resources/queues.yaml and in" in refused(folder)


def test_a_name_twice_in_a_file_is_refused(folder):
    (folder / "resources" / "queues.yaml").write_text(QUEUE + "  Work: {Type: AWS::SQS::Queue}\n")
    assert "resources/queues.yaml: the key Work occurs twice" in refused(folder)


def test_defaults_of_a_type_that_nothing_has_are_refused(folder):
    (folder / "defaults.yaml").write_text(DEFAULTS + "AWS::SNS::Topic: {Properties: {A: 1}}\n")
    assert "defaults.yaml is about AWS::SNS::Topic, but no resource is" in refused(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Resources:\n", "Resources in resources/queues.yaml has to be a mapping"),
        ("", "resources/queues.yaml has to be a mapping"),
        ("a: [", "resources/queues.yaml: while parsing"),
        ("Resources: {Work: {Properties: {}}}", "Work has no Type"),
        ("Resources: {Work: 1}", "Work has to be a mapping"),
    ],
)
def test_a_part_of_another_form_is_refused(folder, text, expected):
    (folder / "resources" / "queues.yaml").write_text(text)
    assert expected in refused(folder)


def test_an_alarm_becomes_a_resource(folder):
    (folder / "alarms.toml").write_text(
        ALARM.replace("at_least = 1", 'below = "Least"\nperiods = 3\ndatapoints = 2')
    )
    assert assemble(folder).template["Resources"]["Stuck"] == {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": {
                "Fn::Sub": "[today] It makes no progress. First: look --at payung-${Stage} . "
                "Then: ${Runbook}#stuck"
            },
            "Namespace": "AWS/SQS",
            "MetricName": "Age",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Work", "QueueName"]}}],
            "Statistic": "Maximum",
            "Period": 300,
            "EvaluationPeriods": 3,
            "Threshold": {"Ref": "Least"},
            "ComparisonOperator": "LessThanThreshold",
            "DatapointsToAlarm": 2,
        },
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('says = "It makes no progress"\n', "", "Stuck lacks the column says"),
        ('severity = "today"\n', "", "Stuck lacks the column severity"),
        ('"today"', '"some day"', "Stuck has a wrong severity: "),
        ('first = "look --at payung-${Stage}"\n', "", "Stuck lacks the column first"),
        (', statistic = "Maximum"', "", "Stuck lacks the column metric.statistic"),
        ("at_least", "at_leest", "has the unknown column at_leest"),
        ("queue =", "queeu =", "Stuck has the unknown column metric.queeu"),
        ("at_least = 1", "", "Stuck needs either at_least or below"),
        ("at_least = 1", "at_least = 1\nbelow = 1", "Stuck needs either at_least or below"),
        ("at_least = 1", "at_least = 1\nperiods = 'two'", "Stuck has a wrong periods: "),
        ("metric =", "metrics.a =", "Stuck needs either metric or expression"),
        ("metric =", "expression = 'a'\n#", "Stuck needs metrics with an expression"),
        ('queue = "Work"', 'queue = "Work", api = "Api"', "Stuck in metric names more than one of"),
        ('queue = "Work"', 'index = "by_bank"', "Stuck in metric names an index without its table"),
    ],
)
def test_a_row_that_is_not_an_alarm_is_refused(folder, old, new, expected):
    text = ALARM.replace(old, new)
    assert text != ALARM
    (folder / "alarms.toml").write_text(text)
    assert expected in refused(folder)


def test_shared_statements_are_about_the_functions_own_log_and_queue(folder):
    (policy,) = assemble(folder).policies.values()
    assert policy["Version"] == "2012-10-17"
    assert [(each["Sid"], each["Resource"]) for each in policy["Statement"]] == [
        ("Log", {"Fn::GetAtt": ["RunLog", "Arn"]}),
        ("Take", {"Fn::GetAtt": ["Work", "Arn"]}),
        ("Read", "*"),
    ]


def test_a_function_without_a_queue_takes_no_messages(folder):
    path = folder / "resources" / "functions.yaml"
    path.write_text(FUNCTION.partition("      Events")[0])
    assert [each["Sid"] for each in assemble(folder).policies["run"]["Statement"]] == [
        "Log",
        "Read",
    ]


def test_a_functions_own_statement_replaces_the_shared_one(folder):
    (folder / "policies" / "run.yaml").write_text(POLICY.replace("Read", "Log"))
    statements = assemble(folder).policies["run"]["Statement"]
    assert [each["Resource"] for each in statements if each["Sid"] == "Log"] == ["*"]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("policies/walk.yaml", POLICY, "each function has one policy, but walk has only one"),
        ("policies/run.yaml", POLICY * 2, "policies/run.yaml: the key Statement occurs twice"),
        (
            "policies/run.yaml",
            POLICY + POLICY.partition("\n")[2],
            "policies/run.yaml: Read occurs twice",
        ),
        ("policies/run.yaml", "Statement: [{Effect: Allow}]", "a statement has no Sid"),
        ("policies/run.yaml", "Statements: []", "run.yaml has an unknown section Statements"),
        ("policies/shared.yaml", "Every: []", "shared.yaml has an unknown section Every"),
        (
            "resources/functions.yaml",
            FUNCTION.replace("LogGroup: !Ref RunLog", ""),
            "policies/run.yaml: its function names no log group",
        ),
    ],
)
def test_a_policy_that_is_not_complete_is_refused(folder, path, text, expected):
    (folder / path).write_text(text)
    assert expected in refused(folder)


def test_a_missing_file_is_named(folder):
    (folder / "policies" / "shared.yaml").unlink()
    assert refused(folder) == "policies/shared.yaml is missing"
    (folder / "alarms.toml").unlink()
    assert "alarms.toml: " in refused(folder)
