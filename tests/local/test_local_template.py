import pytest

from local.assembly.files import read_yaml
from local.template import Template, TemplateError

PSEUDO = {"AWS::Region": "ap-southeast-3", "AWS::AccountId": "123456789012"}


def template(resources=None, **more):
    return Template({"Resources": resources or {}, **more}, pseudo=PSEUDO)


def test_reads_both_forms_of_the_intrinsic_functions(tmp_path):
    path = tmp_path / "t.yaml"
    path.write_text("Resources:\n  A:\n    Type: T\n    Properties:\n      X: !GetAtt B.Arn\n"
                    "      Y: {'Fn::GetAtt': [B, Arn]}\n  B: {Type: T}\n")  # fmt: skip
    read_template = Template(read_yaml(path))
    properties = read_template.resources["A"].properties
    assert read_template.resolve(properties, {"B": {"Arn": "arn:b"}}) == {
        "X": "arn:b",
        "Y": "arn:b",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "B"}, "b"),
        ({"Ref": "AWS::Region"}, "ap-southeast-3"),
        ({"Fn::GetAtt": "B.Arn"}, "arn:b"),
        ({"Fn::Sub": "${B}-${B.Arn}-${AWS::AccountId}-${!kept}"}, "b-arn:b-123456789012-${kept}"),
        ({"Fn::Sub": ["${X}/${B}", {"X": {"Ref": "B"}}]}, "b/b"),
        ({"Fn::Join": ["/", ["a", {"Ref": "B"}]]}, "a/b"),
        ({"Fn::If": ["Yes", 1, 2]}, 1),
        ({"Fn::If": ["No", 1, 2]}, 2),
        ({"x": [{"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, 3]}, {"x": [3]}),
        ({"x": {"Ref": "AWS::NoValue"}, "y": 1}, {"y": 1}),
    ],
)
def test_resolves(value, expected):
    conditions = {
        "Yes": {"Fn::Equals": ["a", "a"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
    }
    made = {"B": {"Ref": "b", "Arn": "arn:b"}}
    assert template(Conditions=conditions).resolve(value, made) == expected


@pytest.mark.parametrize(
    "value", [{"Fn::Cidr": []}, {"Ref": "Nobody"}, {"Fn::GetAtt": ["B", "Nothing"]}]
)
def test_fails_loudly_on_what_it_does_not_know(value):
    with pytest.raises(TemplateError):
        template().resolve(value, {"B": {"Ref": "b"}})


def test_orders_resources_by_what_they_refer_to():
    resources = {
        "A": {"Type": "T", "Properties": {"X": {"Fn::Sub": "${B.Arn}/x"}}},
        "B": {"Type": "T", "DependsOn": "C"},
        "C": {"Type": "T"},
    }
    assert [each.name for each in template(resources).in_order()] == ["C", "B", "A"]


def test_a_resource_that_sam_makes_of_an_event_may_be_referred_to():
    events = {"WorkSqsEventSource": {"Type": "SQS"}}
    resources = {
        "Gate": {"Type": "T", "Properties": {"X": {"Ref": "WorkWorkSqsEventSource"}}},
        "Work": {"Type": "T", "Properties": {"Events": events}},
    }
    assert [each.name for each in template(resources).in_order()] == ["Work", "Gate"]


def test_a_resource_without_its_condition_is_not_awaited():
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    resources = {
        "A": {"Type": "T", "Properties": {"X": {"Fn::If": ["Never", {"Ref": "B"}, "x"]}}},
        "B": {"Type": "T", "Condition": "Never"},
    }
    made = template(resources, Conditions=conditions)
    (a,) = made.in_order()
    assert made.resolve(a.properties, {}) == {"X": "x"}
    with pytest.raises(TemplateError):
        made.resolve({"Ref": "B"}, {})


def test_a_circle_is_refused():
    resources = {
        "A": {"Type": "T", "Properties": {"X": {"Ref": "B"}}},
        "B": {"Type": "T", "Properties": {"X": {"Ref": "A"}}},
    }
    with pytest.raises(TemplateError, match="circular"):
        template(resources).in_order()


def test_a_reference_into_nothing_is_refused():
    with pytest.raises(TemplateError, match="Nobody"):
        template({"A": {"Type": "T", "Properties": {"X": {"Ref": "Nobody"}}}}).in_order()


def test_a_resource_whose_condition_does_not_hold_is_not_there():
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    made = template({"A": {"Type": "T", "Condition": "Never"}}, Conditions=conditions)
    assert not made.resources


def test_a_parameter_takes_only_its_allowed_values():
    document = {"Parameters": {"Stage": {"Default": "dev", "AllowedValues": ["dev", "prod"]}}}
    assert Template(document).resolve({"Ref": "Stage"}, {}) == "dev"
    assert Template(document, parameters={"Stage": "prod"}).resolve({"Ref": "Stage"}, {}) == "prod"
    with pytest.raises(TemplateError):
        Template(document, parameters={"Stage": "test"})
    with pytest.raises(TemplateError):
        Template(document, parameters={"Other": "x"})
