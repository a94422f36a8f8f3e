#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The books are right: on every capture the sums of the summary add up, and every line of JSON keeps the contract.

Argument: captures or folders of them (default: pcaps/).
"""

import collections
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import jsonschema

import suite
from suite import get

ENDED = {"fin", "rst", "timeout", "evicted", "end_of_capture"}
STREAM = {"seen", "delivered", "gap", "duplicate", "over_limit"}
# In every record, and in every record that belongs to a conversation.
REQUIRED = ("@timestamp", "event.dataset")
OF_A_CONVERSATION = ("source.ip", "source.port", "destination.ip", "destination.port", "network.type", "network.transport",
                     "network.community_id", "overhear.conversation")


class Wrong(list):
    """What is wrong with one capture."""

    def check(self, good, what):
        if not good:
            self.append(what)

    def equal(self, found, expected, what):
        self.check(found == expected, f"{what}: {found} is not {expected}")


def summary_of(stderr):
    """The one JSON object among the lines on standard error."""
    objects = [line for line in stderr.split(b"\n") if line.startswith(b"{")]
    if len(objects) != 1:
        raise suite.BadLine(f"{len(objects)} summaries: {stderr[-500:]!r}")
    return suite.parse_line(objects[0])


def check_sums(summary, records, wrong):
    datasets = collections.Counter(get(record, "event.dataset") for record in records)
    wrong.equal(sum(summary["stops"].values()), summary["frames"], "the reasons for stopping against frames read")
    stream = summary["stream"]
    wrong.equal(set(stream), STREAM, "the parts of stream")
    wrong.equal(stream["delivered"] + stream["duplicate"] + stream["over_limit"], stream["seen"],
                "stream: delivered + duplicate + over_limit against seen")
    wrong.check(set(summary["ended"]) <= ENDED, f"reasons of ending: {sorted(summary['ended'])}")
    wrong.equal(sum(summary["ended"].values()), summary["conversations"], "conversations ended against opened")
    wrong.equal(datasets["flow"], summary["conversations"], "flow records against conversations")
    wrong.equal({name: count for name, count in summary["records"].items() if count}, dict(datasets),
                "records by dataset against the lines")
    written = collections.Counter(get(record, "overhear.anomaly.name") for record in records
                                  if get(record, "event.dataset") == "anomaly")
    for name, count in written.items():
        counted = summary["anomalies"].get(name, 0)
        wrong.check(count <= counted, f"anomaly {name}: {count} records, {counted} counted")
    wrong.check(summary["memory"]["peak"] <= summary["memory"]["limit"], f"memory: {summary['memory']}")
    reasons = collections.Counter(get(record, "overhear.flow.reason") for record in records
                                  if get(record, "event.dataset") == "flow")
    wrong.equal({name: count for name, count in summary["ended"].items() if count}, dict(reasons), "reasons of ending")
    gaps = sum(get(record, "overhear.flow.gap_bytes", 0) for record in records if get(record, "event.dataset") == "flow")
    wrong.equal(gaps, stream["gap"], "gap_bytes of all flow records against the summary")


def check_conversations(records, wrong):
    """Numbers 1, 2, 3 …, each with one flow record, which is the last of its conversation."""
    flows = [get(record, "overhear.conversation") for record in records if get(record, "event.dataset") == "flow"]
    wrong.equal(sorted(flows), list(range(1, len(flows) + 1)), "conversations with a flow record")
    ended = set()
    for record in records:
        number = get(record, "overhear.conversation")
        if number is None:
            continue
        wrong.check(number not in ended, f"conversation {number} speaks after its flow record: {get(record, 'event.dataset')}")
        if get(record, "event.dataset") == "flow":
            ended.add(number)


def empty_values(value, path=""):
    """Fields that are null, or empty objects or arrays: filler that the contract forbids."""
    if value is None or value in ({}, []):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in items for place in empty_values(item, f"{path}.{key}" if path else str(key))]


def undeclared(value, schemas, path=""):
    """Members of a record that no field table names."""
    if isinstance(value, list):
        items = [schema["items"] for schema in schemas if "items" in schema]
        return {name for item in value for name in undeclared(item, items, path + "[]")}
    if not isinstance(value, dict) or path == "notes" or any("additionalProperties" in schema for schema in schemas):
        return set()
    names = set()
    for key, item in value.items():
        below = [schema["properties"][key] for schema in schemas if key in schema.get("properties", {})]
        name = f"{path}.{key}" if path else key
        names |= undeclared(item, below, name) if below else {name}
    return names


def check_record(record, schema, validator, wrong):
    for name in REQUIRED:
        wrong.check(get(record, name) is not None, f"{name} is absent: {json.dumps(record)[:300]}")
    dataset = get(record, "event.dataset")
    if dataset != "anomaly" or get(record, "overhear.conversation") is not None:
        for name in OF_A_CONVERSATION:
            wrong.check(get(record, name) is not None, f"{name} is absent: {json.dumps(record)[:300]}")
    wrong.check(dataset in ("flow", "anomaly") or get(record, "overhear.frames"), f"no frames: {json.dumps(record)[:300]}")
    for place in empty_values(record):
        wrong.append(f"{place} is empty: {json.dumps(record)[:300]}")
    for name in sorted(undeclared(record, [schema, schema["$defs"].get(dataset, {})])):
        wrong.append(f"{name} is in no field table: {json.dumps(record)[:300]}")
    for error in list(validator.iter_errors(record))[:3]:
        wrong.append(f"the schema: {'.'.join(map(str, error.absolute_path))}: {error.message[:300]}")


def look(tests, schema, path):
    wrong = Wrong()
    validator = jsonschema.validators.validator_for(schema)(schema)
    first = tests.run("--json", "--summary=json", path)
    second = tests.run("--json", "--summary=none", path)
    transcript = tests.run("--color=never", "-v", "--summary=none", path)
    wrong.check(first.returncode == 0 or (first.returncode == 1 and first.stderr.strip()), f"exit status {first.returncode}")
    wrong.check(not suite.sanitizer_report(first.stderr + transcript.stderr),
                (first.stderr + transcript.stderr).decode(errors="replace")[-3000:])
    wrong.equal(transcript.returncode, first.returncode, "exit status of the transcript against that of --json")
    wrong.check(first.stdout == second.stdout, "two runs differ")
    for name, output in (("JSON", first.stdout), ("the transcript", transcript.stdout)):
        bad = suite.forbidden_characters(output)
        wrong.check(not bad, f"{name} has {' '.join(bad)}")
    try:
        records = suite.parse_lines(first.stdout)
        if first.returncode == 1 and not records and b"{" not in first.stderr:
            return wrong  # no capture at all
        check_sums(summary_of(first.stderr), records, wrong)
    except (suite.BadLine, KeyError) as error:
        wrong.append(repr(error))
        return wrong
    check_conversations(records, wrong)
    for record in records:
        check_record(record, schema, validator, wrong)
    return wrong


def main():
    tests = suite.Suite("accounting", __doc__, lambda parser: parser.add_argument("captures", nargs="*"))
    paths = []
    for place in tests.options.captures or [suite.PCAPS]:
        paths += suite.captures(place) if Path(place).is_dir() else [Path(place)]
    schema = json.loads(tests.run("schema").stdout)
    jsonschema.validators.validator_for(schema).check_schema(schema)
    for path, wrong in zip(paths, tests.each(lambda path: look(tests, schema, path), paths)):
        tests.check(not wrong, f"{path.name}: {len(wrong)}", "\n".join(wrong))
    tests.finish()


if __name__ == "__main__":
    main()
