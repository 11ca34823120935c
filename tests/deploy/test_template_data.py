"""Where the data are, and how they are protected, in the template of each stage."""

import pytest

from tests.deploy.template_reader import Resources, of_type, target

pytestmark = pytest.mark.slow


def test_the_bucket_is_made_once_it_may_announce_files(resources: Resources) -> None:
    bucket = resources["UploadsBucket"]
    depends = bucket["DependsOn"]
    assert "IntakeQueuePolicy" in ([depends] if isinstance(depends, str) else depends)
    (notification,) = bucket["Properties"]["NotificationConfiguration"]["QueueConfigurations"]
    queue = target(notification["Queue"])
    policy = resources["IntakeQueuePolicy"]["Properties"]
    assert [target(each) for each in policy["Queues"]] == [queue]
    (statement,) = policy["PolicyDocument"]["Statement"]
    named = bucket["Properties"]["BucketName"]["Fn::Sub"]
    condition = statement["Condition"]
    assert condition["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].endswith(f":s3:::{named}")
    assert condition["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def test_data_about_people_is_encrypted_kept_and_recoverable(resources: Resources) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        assert table["SSESpecification"]["SSEType"] == "KMS", name
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], name
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}, name
    for name, key in of_type(resources, "AWS::KMS::Key").items():
        assert key["EnableKeyRotation"], name
    for name, bucket in of_type(resources, "AWS::S3::Bucket").items():
        assert all(bucket["PublicAccessBlockConfiguration"].values()), name
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, name
        assert bucket["VersioningConfiguration"]["Status"] == "Enabled", name
        assert "BucketEncryption" in bucket, name
    for name, queue in of_type(resources, "AWS::SQS::Queue").items():
        assert queue.get("SqsManagedSseEnabled") or "KmsMasterKeyId" in queue, name
    kept = {"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::Cognito::UserPool"}
    for name, each in resources.items():
        if each["Type"] in kept:
            # `Retain` would also keep what a failed creation leaves, and its name with it.
            assert each["DeletionPolicy"] == "RetainExceptOnCreate", name
            assert each["UpdateReplacePolicy"] == "Retain", name


def test_the_bucket_refuses_connections_that_are_not_encrypted(resources: Resources) -> None:
    policy = resources["UploadsBucketPolicy"]["Properties"]["PolicyDocument"]
    denied = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert any(
        str(each["Condition"].get("Bool", {}).get("aws:SecureTransport")).lower() == "false"
        for each in denied
    )


def test_older_versions_expire(resources: Resources) -> None:
    rules = resources["UploadsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    days = {
        each["Prefix"]: each["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for each in rules
        if "NoncurrentVersionExpiration" in each
    }
    assert days == {"results/": 1, "work/": 1, "outreach/": 1, "access/": 1}
