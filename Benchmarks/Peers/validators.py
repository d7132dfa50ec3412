"""The peers of stage 4, each given our schemas in the form that suits it best."""
import json
import time
from importlib.metadata import version

import fastjsonschema
import jsonschema_rs
import orjson

from structs import decoder

KINDS = ["arrival", "departure", "relocation", "permit", "employment", "verificationRequest", "verificationResponse",
         "correction", "retraction", "accessNotice"]


class Contestant:
    """Judges every line; `judge` tells whether the record keeps its schema."""

    def __init__(self, name, passes, lines, judge):
        self.name, self.passes, self.lines, self.judge = name, passes, lines, judge

    def run(self, passes):
        lines, judge = self.lines, self.judge
        start = time.process_time()
        for _ in range(passes):
            accepted = 0
            for line in lines:
                if judge(line):
                    accepted += 1
        return time.process_time() - start, accepted, len(lines) - accepted


def contestants(folder, lines):
    documents = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    flat = {kind: flatten(documents, kind) for kind in KINDS}
    return [
        Contestant("orjson + jsonschema-rs", 3, lines, rust_judge(rust_validators(documents))),
        Contestant("orjson + jsonschema-rs, references written out", 3, lines, rust_judge(rust_validators_flat(flat))),
        Contestant("msgspec", 3, lines, msgspec_judge()),
        Contestant("orjson + fastjsonschema, references written out", 1, lines, fast_judge(flat)),
    ]


def versions():
    names = ["orjson", "jsonschema-rs", "msgspec", "fastjsonschema"]
    return ", ".join(f"{name} {version(name)}" for name in names) + "."


# jsonschema-rs: our own documents, references and all, with the linear engine and formats asserted.

def rust_options():
    return {"pattern_options": jsonschema_rs.RegexOptions(), "validate_formats": True}


def rust_validators(documents):
    registry = jsonschema_rs.Registry([(document["$id"], document) for document in documents.values()])
    return {kind: jsonschema_rs.Draft202012Validator(documents[kind + ".json"], registry=registry, **rust_options())
            for kind in KINDS}


def rust_validators_flat(flat):
    return {kind: jsonschema_rs.Draft202012Validator(schema, **rust_options()) for kind, schema in flat.items()}


def rust_judge(validators):
    loads = orjson.loads
    checks = {kind: validator.is_valid for kind, validator in validators.items()}

    def judge(line):
        try:
            record = loads(line)
        except orjson.JSONDecodeError:
            return False
        kind = record["kind"]
        return checks[kind](record) or not list(validators[kind].iter_errors(record))

    return judge


# fastjsonschema has no 2020-12: it gets the flat schemas, which say the same in draft 7. It tells the first error only.

def fast_judge(flat):
    loads = orjson.loads
    checks = {kind: fastjsonschema.compile({**schema, "$schema": "http://json-schema.org/draft-07/schema#"})
              for kind, schema in flat.items()}

    def judge(line):
        try:
            record = loads(line)
            checks[record["kind"]](record)
        except (orjson.JSONDecodeError, fastjsonschema.JsonSchemaException):
            return False
        return True

    return judge


# msgspec parses straight into typed structs, and tells the first error only.

def msgspec_judge():
    import msgspec

    decode = decoder()

    def judge(line):
        try:
            decode(line)
        except msgspec.MsgspecError:
            return False
        return True

    return judge


def flatten(documents, kind):
    """The schema of a kind in one object: no references, members of all parts together, closed by additionalProperties."""
    return closed(resolve(documents, kind + ".json", documents[kind + ".json"]))


def resolve(documents, name, schema):
    """Writes references out, in place."""
    if isinstance(schema, list):
        return [resolve(documents, name, item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        file, _, pointer = schema["$ref"].partition("#")
        target = documents[file or name]
        for part in pointer.split("/")[1:]:
            target = target[part]
        return resolve(documents, file or name, target)
    dropped = {"$schema", "$id", "title", "description", "$defs"}
    return {key: resolve(documents, name, value) for key, value in schema.items() if key not in dropped}


def closed(schema):
    """Merges allOf, where its parts are plain objects, and closes what unevaluatedProperties closed."""
    if not isinstance(schema, dict):
        return schema
    merged = {}
    parts = schema.get("allOf", [])
    for part in [part for part in parts if "if" not in part] + [schema]:
        merge(merged, part)
    conditions = [part for part in parts if "if" in part] + merged.pop("conditions", [])
    if conditions:
        merged["allOf"] = conditions
    if merged.pop("unevaluatedProperties", None) is False:
        merged["additionalProperties"] = False
    if "properties" in merged:
        merged["properties"] = {name: closed(value) for name, value in merged["properties"].items()}
    return merged


def merge(into, part):
    for key, value in part.items():
        if key == "properties":
            for name, schema in value.items():
                present = into.setdefault("properties", {}).setdefault(name, {})
                merge(present, schema)
        elif key == "required":
            into["required"] = sorted(set(into.get("required", [])) | set(value))
        elif key == "enum" and "enum" in into:
            into["enum"] = [item for item in into["enum"] if item in value]
        elif key == "allOf":
            into.setdefault("conditions", []).extend(item for item in value if "if" in item)
        else:
            into[key] = value
    if "const" in into:
        into.pop("enum", None)
        into.pop("type", None)
