"""What schemathesis cannot know from the document: keys that are new, and things that are there."""

import json
import os
import re
import urllib.request
import uuid

import schemathesis
from schemathesis.transport.requests import REQUESTS_TRANSPORT

KEY = "Idempotency-Key"
COOKIE = {"cookie": "__Host-relat=" + os.environ["RELAT_SESSION"]}
INTERVIEW = os.environ["RELAT_INTERVIEW"]


def is_id(value):
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value)


def version():
    """The version that the interview is at: a decision on another one goes no further than its conflict."""
    request = urllib.request.Request(f"{os.environ['RELAT_URL']}/v1/interviews/{INTERVIEW}", headers=COOKIE)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["version"]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Values that are well-formed become, some of the time, values that mean something; all others stay."""
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,200}", key):
        # Two writes of one key are one write.
        case.headers[KEY] = str(uuid.uuid4())
    body = case.body if isinstance(case.body, dict) else {}
    if is_id(body.get("centre")) and body["centre"][-1] in "02468ace":
        body["centre"] = os.environ["RELAT_CENTRE"]
    path = case.path_parameters or {}
    if case.operation.path.endswith("/erasure") and path.get("id") == os.environ["RELAT_CASE"]:
        # The case that the interview is of stays; others are erased.
        path["id"] = str(uuid.uuid4())
    if "/interviews/{id}" in case.operation.path and is_id(path.get("id")) and path["id"][-1] in "02468ace":
        path["id"] = INTERVIEW
        if type(body.get("expected_version")) is int:
            body["expected_version"] = version()


@REQUESTS_TRANSPORT.serializer("application/x-ndjson")
def lines(context, value):
    """One line of JSON."""
    return {"data": value if isinstance(value, bytes) else json.dumps(value).encode()}


@schemathesis.deserializer("application/zip")
def archive(context, response):
    """Any bytes."""
    return response.content
