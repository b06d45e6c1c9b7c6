"""What looks like a secret does not get through, and what merely sounds like one does."""

from __future__ import annotations

import uuid

import pytest

from config.redaction import REDACTED, redact, redact_items, redact_text

SECRET = "Tr0ub4dor-and-3"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://cairn:{SECRET}@db.example/cairn refused",
        f"redis://:{SECRET}@redis.example/0",
        f"amqp://{SECRET}@queue.example",
        f"https://user:p@ss-{SECRET}@host/",
        f"connection failed: host=db password={SECRET} dbname=cairn",
        f"connection failed: password='{SECRET} with spaces'",
        f'{{"api_key": "{SECRET}", "model": "m"}}',
        f"{{'LLM_API_KEY': '{SECRET}'}}",
        f"GET /runs/?page=2&token={SECRET}&more=1",
        f"Authorization: Bearer {SECRET}",
        f"authorization: Digest username=x, response={SECRET}",
        f"Set-Cookie: sessionid={SECRET}; Path=/",
        f"Cookie: a=b; sessionid={SECRET}",
        f"sent Bearer {SECRET} and was refused",
        f"Incorrect API key provided: sk-{SECRET}.",
        f"first line\nSECRET_KEY={SECRET}\nlast line",
        f"x-api-key: {SECRET}",
        f"csrfmiddlewaretoken={SECRET}",
    ],
)
def test_a_secret_in_a_text_is_not_told(text: str) -> None:
    told = redact_text(text)
    assert SECRET not in told
    assert REDACTED in told


@pytest.mark.parametrize(
    "text",
    [
        "tokens_in=1200 tokens_out=800",
        "LLM_TOKENS_PER_MINUTE: 9000",
        "https://docs.example/topics/auth/passwords/?page=2",
        "write to ada@knots.example at 10:30",
        "Task generation.tasks.start_run[9b79b6bf] succeeded in 0.1s: 3",
        "db.example:5432 refused the connection",
    ],
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert redact_text(text) == text


def test_a_known_secret_is_found_wherever_it_is() -> None:
    assert redact_text(f"why {SECRET}?", [SECRET]) == f"why {REDACTED}?"


def test_what_is_left_can_be_redacted_again() -> None:
    once = redact_text(f"password={SECRET} Authorization: Bearer {SECRET}\napi_key={SECRET}")
    assert redact_text(once) == once


@pytest.mark.parametrize(
    "name", ["api_key", "apiKey", "PASSWORD", "x-auth-token", "secret_key", "Set-Cookie"]
)
def test_a_name_is_enough(name: str) -> None:
    assert redact_items({name: SECRET, "page": 2}) == {name: REDACTED, "page": 2}


def test_counts_of_tokens_are_no_secrets() -> None:
    assert redact_items({"tokens_in": 12, "max_tokens": 7}) == {"tokens_in": 12, "max_tokens": 7}


def test_it_looks_inside() -> None:
    found = redact(
        {"headers": [{"cookie": SECRET}, (f"token={SECRET}",)], "error": OSError(SECRET)}, [SECRET]
    )
    assert SECRET not in str(found)
    assert found["headers"][0] == {"cookie": REDACTED}


def test_what_contains_itself_ends() -> None:
    circle: dict[str, object] = {"password": SECRET}
    circle["again"] = circle
    assert SECRET not in str(redact(circle))


def test_what_is_no_plain_data_is_told_as_text() -> None:
    name = uuid.UUID(int=1)
    assert redact({"run": name}) == {"run": repr(name)}
