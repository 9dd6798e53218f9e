"""What a person is told of an answer: its words, never its JSON or HTML."""

from __future__ import annotations

import pytest
import requests

from gateway_ng.lib.http.said import said
from gateway_ng.lib.http.transport import _reason


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '{"errors": "[API] Invalid API key or access token"}',
            "[API] Invalid API key or access token",
        ),
        ('{"error": "invalid_client", "error_description": "No such app."}', "No such app."),
        ('{"code": "rest_no_route", "message": "No route", "data": {"status": 404}}', "No route"),
        (
            '{"errors": [{"message": "Too long", "path": ["product"]}, {"message": "Taken"}]}',
            "Too long; Taken",
        ),
        ('{"errors": {"title": ["can\'t be blank"]}}', "title: can't be blank"),
        ('{"status": 500}', ""),
        ('{"message": "cut', ""),
        ("[" * 20_000, ""),
        ("", ""),
        ("<html><head><title>502 Bad  Gateway</title></head><body>nginx</body>", "502 Bad Gateway"),
        ("<p>Down for <b>maintenance</b></p><script>let a</script>", "Down for maintenance"),
        ("upstream timed out\n", "upstream timed out"),
        ("x" * 400, "x" * 300 + "…"),
    ],
)
def test_of_an_answer_its_words_are_told(body: str, expected: str) -> None:
    assert said(body) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Watched(host='127.0.0.1', port=9): Failed to establish a new connection: "
            "[Errno 111] Connection refused",
            "Failed to establish a new connection: Connection refused",
        ),
        (
            "<urllib3.connection.HTTPConnection object at 0x7f>: Failed to resolve",
            "Failed to resolve",
        ),
        (
            "('Connection aborted.', Watched(host='x', port=1): gone)",
            "('Connection aborted.', gone)",
        ),
    ],
)
def test_of_a_failed_connection_no_python_object_is_told(text: str, expected: str) -> None:
    assert _reason(requests.ConnectionError(text)) == expected
