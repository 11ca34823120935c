"""Assembles the files of `.chalice/` into the template and the policies that are deployed.

    files       reads YAML with CloudFormation's `!` tags, and TOML
    parts       merges `resources/*.yaml`, and adds the properties of `defaults.yaml` to each type
    alarms      turns the rows of `alarms.toml` into resources
    policies    adds `policies/shared.yaml` to the statements of each function
    assemble    does all of this; the embedded cloud and the deployment both start here

The assembly itself is never deployed.
"""
