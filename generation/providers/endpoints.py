"""What differs between model servers that all call themselves OpenAI-compatible. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

# native: `response_format` with the schema; tool: the schema as a tool to call;
# prompted: the schema in the prompt, and `json_object` where the server has that.
OUTPUT_MODES = ("native", "tool", "prompted")
MAX_TOKENS_FIELDS = ("max_tokens", "max_completion_tokens")

OPENAI_URL = "https://api.openai.com/v1"
# An object is not streamed (several servers cannot do that with a schema), so nothing is heard
# until it is whole: an outline of 8,000 tokens at 30 a second, thoughts included.
HOSTED_TIMEOUT_SECONDS = 300.0
# A machine of one's own may take its time.
LOCAL_TIMEOUT_SECONDS = 900.0
LOCAL_ENDINGS = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


@dataclass(frozen=True)
class Defaults:
    output_mode: str = "native"
    # What nearly all understand. A server that ignores its field may never stop.
    max_tokens_field: str = "max_tokens"


# By host name, subdomains included.
KNOWN: dict[str, Defaults] = {
    "api.openai.com": Defaults(max_tokens_field="max_completion_tokens"),
    "openai.azure.com": Defaults(max_tokens_field="max_completion_tokens"),
    "services.ai.azure.com": Defaults(max_tokens_field="max_completion_tokens"),
    "cognitiveservices.azure.com": Defaults(max_tokens_field="max_completion_tokens"),
    # json_object only.
    "api.deepseek.com": Defaults(output_mode="prompted"),
    "api.moonshot.ai": Defaults(output_mode="prompted"),
    "api.moonshot.cn": Defaults(output_mode="prompted"),
    "open.bigmodel.cn": Defaults(output_mode="prompted"),
    "api.z.ai": Defaults(output_mode="prompted"),
    "dashscope.aliyuncs.com": Defaults(output_mode="prompted"),
    "dashscope-intl.aliyuncs.com": Defaults(output_mode="prompted"),
    # Takes a schema and ignores it.
    "ollama.com": Defaults(output_mode="prompted"),
    "api.anthropic.com": Defaults(output_mode="tool"),
}


@dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens."""

    tokens_in: Decimal
    tokens_out: Decimal

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        return (tokens_in * self.tokens_in + tokens_out * self.tokens_out) / 1_000_000


@dataclass(frozen=True)
class Endpoint:
    """One model of one server, and how to talk to it. Limits are None where there are none."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    output_mode: str = "native"
    max_tokens_field: str = "max_tokens"
    # Of silence, and so of a whole answer that is not streamed.
    timeout_seconds: float = HOSTED_TIMEOUT_SECONDS
    # Calls under way at once, in one process.
    concurrency: int = 8
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    # None: as published, where they are.
    prices: Prices | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @property
    def address(self) -> str:
        """Without its query, which may hold a secret."""
        return self.base_url.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """What is added to each request: Azure's `api-version`."""
        return dict(parse_qsl(self.base_url.partition("?")[2], keep_blank_values=True))


def defaults_for(base_url: str) -> Defaults:
    host = urlsplit(base_url).hostname or ""
    for known, defaults in KNOWN.items():
        if host == known or host.endswith(f".{known}"):
            return defaults
    return Defaults()


def timeout_for(base_url: str) -> float:
    is_local = _is_local(urlsplit(base_url).hostname or "")
    return LOCAL_TIMEOUT_SECONDS if is_local else HOSTED_TIMEOUT_SECONDS


def _is_local(host: str) -> bool:
    """By its looks: a name without a dot, one that is not on the internet, a private address."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(LOCAL_ENDINGS)
