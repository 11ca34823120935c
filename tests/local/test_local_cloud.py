import json

import boto3
import pytest

from local import resources
from local.cloud import build, embedded, read_template
from local.template import Template, TemplateError


def test_an_unknown_type_stops_it():
    with embedded() as session, pytest.raises(TemplateError, match="AWS::EC2::Instance"):
        resources.make(session, "AWS::EC2::Instance", "x", {})


def test_an_unknown_property_stops_it():
    with embedded() as session, pytest.raises(TemplateError, match="FifoQueue"):
        resources.make(session, "AWS::SQS::Queue", "x", {"FifoQueue": True})


def test_every_ignored_property_has_a_reason():
    assert all(reason for reason in resources.NOTHING_TO_DO.values())


def test_two_functions_may_not_want_one_variable_to_differ():
    functions = {
        name: {
            "Type": "AWS::Serverless::Function",
            "Properties": {"Environment": {"Variables": {"PAYUNG_X": value}}},
        }
        for name, value in (("A", "1"), ("B", "2"))
    }
    with embedded() as session, pytest.raises(TemplateError, match="PAYUNG_X"):
        build(session, Template({"Resources": functions}))


def test_an_upload_is_announced_on_the_intake_queue(aws):
    s3, sqs = aws.session.client("s3"), aws.session.client("sqs")
    url = aws.cloud.made["IntakeQueue"]["Ref"]
    sqs.purge_queue(QueueUrl=url)  # S3's test event
    version = s3.put_object(Bucket=aws.cloud.bucket, Key="incoming/002/BPUM/a b.csv", Body=b"x")
    s3.put_object(Bucket=aws.cloud.bucket, Key="work/x", Body=b"x")

    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    (record,) = (each for message in messages for each in json.loads(message["Body"])["Records"])
    assert record["s3"]["object"]["key"] == "incoming%2F002%2FBPUM%2Fa+b.csv"
    assert record["s3"]["object"]["versionId"] == version["VersionId"]
    assert record["s3"]["object"]["sequencer"]


def test_the_bucket_is_private_versioned_and_encrypted(aws):
    s3, bucket = aws.session.client("s3"), aws.cloud.bucket
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    access = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(access.values())
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    replaced = {
        each["Filter"]["Prefix"]: each["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for each in rules
        if "NoncurrentVersionExpiration" in each
    }
    assert replaced == {"results/": 1, "work/": 1, "outreach/": 1, "access/": 1}


def test_chunk_objects_are_kept_as_long_as_the_results_to_which_they_lead():
    template = read_template(parameters={"KeepDays": "400"})
    lifecycle = template.resolve(
        template.resources["UploadsBucket"].properties["LifecycleConfiguration"], {}
    )
    kept = {
        rule["Prefix"]: int(rule["ExpirationInDays"])
        for rule in lifecycle["Rules"]
        if "ExpirationInDays" in rule
    }
    assert kept == {
        "incoming/": 400, "results/": 400, "work/": 400, "outreach/": 30, "access/": 30,
    }  # fmt: skip


def test_a_browser_of_any_place_may_send_a_signed_form(aws):
    (rule,) = aws.session.client("s3").get_bucket_cors(Bucket=aws.cloud.bucket)["CORSRules"]
    assert (rule["AllowedMethods"], rule["AllowedOrigins"]) == (["GET", "POST"], ["*"])


def test_the_gate_and_the_api_get_the_mappings_of_the_sending_function(aws):
    feeds = [each for each in aws.cloud.sources if each.function == "Notify"]
    assert {each.queue_url for each in feeds} == {
        aws.cloud.environment[name]
        for name in ("PAYUNG_SMS_QUEUE_URL", "PAYUNG_SINGLE_SMS_QUEUE_URL")
    }
    given = aws.cloud.environment["PAYUNG_SMS_MAPPINGS"].split(",")
    assert given == [each.mapping for each in feeds]
    for feed in feeds:
        found = aws.session.client("lambda").get_event_source_mapping(UUID=feed.mapping)
        assert (found["State"], found["EventSourceArn"]) == ("Enabled", feed.queue_arn)


@pytest.mark.parametrize("table", ["EnrollmentsTable", "BatchesTable"])
def test_a_table_expires_and_can_be_restored(aws, table):
    dynamodb, name = aws.session.client("dynamodb"), aws.cloud.made[table]["Ref"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    recovery = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    point = recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    assert point == "ENABLED"


def test_every_queue_of_a_function_has_dead_letters_and_hides_messages_long_enough(aws):
    sqs = aws.session.client("sqs")
    assert len(aws.cloud.dead_letters) == len(aws.cloud.sources)
    for source in aws.cloud.sources:
        attributes = sqs.get_queue_attributes(QueueUrl=source.queue_url, AttributeNames=["All"])
        redrive = json.loads(attributes["Attributes"]["RedrivePolicy"])
        assert redrive["maxReceiveCount"] == 5
        assert source.reports_failures


def test_production_protects_its_tables():
    table = read_template(parameters={"Stage": "prod"})
    properties = table.resolve(
        dict(table.resources["BatchesTable"].properties), {"DataKey": {"Arn": "arn:key"}}
    )
    assert properties["DeletionProtectionEnabled"] is True


def test_clients_made_without_a_session_talk_to_the_embedded_cloud_only_inside_it():
    before = boto3.DEFAULT_SESSION
    with embedded() as session:
        session.client("sqs").create_queue(QueueName="here")
        assert boto3.client("sqs").get_queue_url(QueueName="here")["QueueUrl"]
    assert boto3.DEFAULT_SESSION is before
