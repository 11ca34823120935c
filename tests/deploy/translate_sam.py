"""Turns a SAM template into plain CloudFormation, as AWS does; prints it as JSON.

The tools' own interpreter runs it: AWS's translator needs other versions of payung's packages.
"""

import json
import os
import sys
from pathlib import Path

import yaml

os.environ["AWS_DEFAULT_REGION"] = "ap-southeast-3"

from samtranslator.parser.parser import Parser  # it asks for the region when imported
from samtranslator.translator.translator import Translator  # as said above


def main(path: str) -> None:
    template = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # What `aws cloudformation package` puts there.
            resource["Properties"]["CodeUri"] = "s3://artefacts/deployment.zip"
    json.dump(Translator({}, Parser()).translate(template, {}), sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main(sys.argv[1])
