"""Names say whether what they name is a secret."""

import pytest

from contract.secretname import is_secret, is_secret_parameter

SECRETS = [
    "Proxy-Authorization",
    "X-Forwarded-Authorization",
    "api-key",
    "X-Goog-Api-Key",
    "tenant_api_key",
    "apikey",
    "Ocp-Apim-Subscription-Key",
    "X-Functions-Key",
    "X-Access-Token",
    "X-Amz-Security-Token",
    "X-CSRF-Token",
    "X-Session-Token",
    "X-Vapi-Secret",
    "x-signature",
    "ElevenLabs-Signature",
    "X-Hub-Signature-256",
    "X-Signature-Ed25519",
    "X-Auth",
    "x-password",
    "x-sightline-ticket",
    "accessToken",
    "xiApiKey",
    "X-Amz-Credential",
]
OPEN = [
    "Authorization-Info",
    "X-Conversation-Id",
    "conversation_id",
    "X-Session-Key",
    "Session-Id",
    "X-Call-Sid",
    "Idempotency-Key",
    "Sec-WebSocket-Key",
    "X-Ratelimit-Remaining-Tokens",
    "x-request-token-count",
    "X-Signature-Timestamp",
    "Signature-Input",
    "monkey",
    "X-Author",
    "Content-Type",
    "",
]


@pytest.mark.parametrize("name", SECRETS)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)
    assert is_secret_parameter(name)


@pytest.mark.parametrize("name", OPEN)
def test_names_of_what_is_no_secret(name: str) -> None:
    assert not is_secret(name)
    assert not is_secret_parameter(name)


@pytest.mark.parametrize("name", ["key", "code", "sig", "KEY"])
def test_a_parameter_may_be_a_secret_by_a_name_that_a_header_may_not(name: str) -> None:
    assert is_secret_parameter(name)
    assert not is_secret(name)
