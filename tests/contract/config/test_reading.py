"""config.yaml becomes a `Config`, or one error with every problem."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from contract.config import (
    ANY,
    VENDOR_FIELDS,
    Address,
    Below,
    Browser,
    Config,
    Page,
    Redact,
    Rule,
    Says,
    Store,
    keys,
    load,
    read,
)
from contract.errors import ConfigError
from contract.fieldpath import FieldPath, parse

REPOSITORY = Path(__file__).parents[3]


def config_of(text: str, environ: Mapping[str, str] | None = None) -> Config:
    return read(text, name="config.yaml", environ=environ or {}, folder=Path())


def problems_of(text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config_of(text, environ)
    return str(caught.value).split("\n")


def problems_if_any(text: str) -> list[str]:
    try:
        config_of(text)
    except ConfigError as error:
        return str(error).split("\n")
    return []


def test_the_file_in_the_repository_holds_the_defaults() -> None:
    assert load(REPOSITORY / "config.yaml", {}).injector.upstream == Config().injector.upstream
    assert config_of((REPOSITORY / "config.yaml").read_text("utf-8")) == Config()


def test_the_file_in_the_repository_hides_no_key() -> None:
    def names(value: object, above: str = "") -> Iterator[str]:
        for name, inner in value.items() if isinstance(value, dict) else ():
            yield above + name
            yield from names(inner, f"{above}{name}.")

    document = yaml.safe_load((REPOSITORY / "config.yaml").read_text("utf-8"))
    assert sorted(names(document)) == sorted(keys.dotted())


def test_the_table_has_the_fields_of_the_model_and_no_other() -> None:
    def check(section: keys.Section) -> None:
        assert [field.name for field in dataclasses.fields(section.kind)] == list(section.keys)
        for entry in section.keys.values():
            if isinstance(entry, keys.Section):
                check(entry)
            if isinstance(entry, keys.Rows):
                check(entry.section)

    check(keys.CONFIG)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "---\n", "{}", "null", "\ufeff"])
def test_nothing_means_the_defaults(text: str) -> None:
    assert config_of(text) == Config()


@pytest.mark.parametrize("text", ["injector:", "injector: {upstream: }", "capture: ~"])
def test_a_section_without_keys_has_its_defaults(text: str) -> None:
    assert config_of(text) == Config()


EVERYTHING = """
conversation_id: [$request.path.0, {from: $request.body#/a, match: 'id=(\\w+)$'}]
capture:
  listen: '[::1]:0'
  upstream: https://example.com:8443/base/
  recordings: /data
  redact: {headers: [X-Secret], body: [$request.body#/user], text: true}
injector:
  listen: localhost:80
  bearer: 0123
  upstream: {base_url: http://h/v1, api_key: on, model: null,
             connect_timeout: 250ms, first_byte_timeout: 1s, idle_timeout: 1m,
             rules: [{models: 'm-.*', drop: {seed: any}}]}
  vendor_fields: [session_id, messages.time]
  images: {store: 'memory:', ttl: 1d, max_upload: 5000, max_per_conversation: 010,
           detail: auto, placement: anchored, wait_for_picture: 800ms, cache: 1MiB,
           in_band: $request.body#/elevenlabs_extra_body/temporaryId,
           resolution: original, describe: true}
  says: {failed: null, greeting: Good day.}
  browser: {origins: [HTTPS://App.example.com:443/], ticket_secret: abc, uploads: 5,
            associations: off}
  page: {enabled: false, agent_id: agent_1, signed_url: 'https://App.example.com/signed?for=page',
         rehearsal: 'ws://127.0.0.1:8002'}
  webhooks: {elevenlabs: wsec_1}
  trusted_proxies: [10.0.0.0/8, '::1', 127.0.0.1/32]
"""


def test_every_key_is_read() -> None:
    config = config_of(EVERYTHING)
    assert config.conversation_id == (
        FieldPath("path", ("0",)),
        FieldPath("body", ("a",), r"id=(\w+)$"),
    )
    capture, injector = config.capture, config.injector
    assert capture.listen == Address("::1", 0)
    assert capture.upstream == "https://example.com:8443/base"
    assert capture.recordings == Path("/data")
    assert capture.redact == Redact(("x-secret",), (FieldPath("body", ("user",)),), text=True)
    assert injector.listen == Address("localhost", 80)
    assert injector.bearer == "0123"
    upstream, images = injector.upstream, injector.images
    assert (upstream.base_url, upstream.api_key, upstream.model) == ("http://h/v1", "on", None)
    assert (upstream.connect_timeout, upstream.first_byte_timeout) == (0.25, 1.0)
    assert upstream.idle_timeout == 60.0
    assert images.store == Store("memory")
    assert (images.ttl, images.max_upload, images.max_per_conversation) == (86400.0, 5000, 10)
    assert (images.detail, images.placement) == ("auto", "anchored")
    assert (images.wait_for_picture, images.cache) == (0.8, 1024**2)
    assert images.in_band == parse("$request.body#/elevenlabs_extra_body/temporaryId")
    assert upstream.rules == (Rule("m-.*", drop={"seed": ANY}),)
    assert injector.vendor_fields == ("session_id", "messages.time")
    assert injector.says == Says(None, "Good day.")
    assert injector.browser == Browser(("https://app.example.com",), "abc", 5, 0)
    service = "https://App.example.com/signed?for=page"
    assert injector.page == Page(False, "agent_1", service, "ws://127.0.0.1:8002")
    assert injector.webhooks.elevenlabs == "wsec_1"
    assert (images.resolution, images.describe) == ("original", True)
    networks = [str(network) for network in injector.trusted_proxies]
    assert networks == ["10.0.0.0/8", "::1", "127.0.0.1"]


def test_a_variable_is_text_that_becomes_what_the_key_takes() -> None:
    text = """
capture: {listen: "127.0.0.1:${PORT}", redact: {text: "${TEXT}"}}
injector:
  upstream: {idle_timeout: "${IDLE:-7}s", model: "${MODEL:-}"}
  images: {max_per_conversation: "${MANY}"}
  browser: {origins: "${ORIGINS}", uploads: "${UPLOADS}"}
  trusted_proxies: "${PROXIES}"
"""
    environ = {
        "PORT": "81",
        "TEXT": "true",
        "MANY": "2",
        "ORIGINS": "http://a.b, https://c.d",
        "UPLOADS": "off",
        "PROXIES": "10.0.0.0/8, ::1",
    }
    config = config_of(text, environ)
    assert config.capture.listen == Address("127.0.0.1", 81)
    assert config.capture.redact.text is True
    assert config.injector.upstream.idle_timeout == 7.0
    assert config.injector.upstream.model is None
    assert config.injector.images.max_per_conversation == 2
    assert config.injector.browser.origins == ("http://a.b", "https://c.d")
    assert config.injector.browser.uploads == 0
    assert [str(one) for one in config.injector.trusted_proxies] == ["10.0.0.0/8", "::1"]


@pytest.mark.parametrize("text", ["", "injector: {upstream: {model: m}}"])
def test_a_secret_that_the_file_does_not_name_comes_from_its_variable(text: str) -> None:
    environ = {
        "SIGHTLINE_BEARER": "b",
        "OPENAI_API_KEY": "k",
        "SIGHTLINE_TICKET_SECRET": "t",
        "ELEVENLABS_WEBHOOK_SECRET": "w",
    }
    injector = config_of(text, environ).injector
    assert (injector.bearer, injector.upstream.api_key) == ("b", "k")
    assert (injector.browser.ticket_secret, injector.webhooks.elevenlabs) == ("t", "w")
    assert config_of("injector: {bearer: }", {"SIGHTLINE_BEARER": "b"}).injector.bearer == ""


def test_secrets_are_not_in_the_repr() -> None:
    names = ("BEARER", "TICKET_SECRET")
    environ = {f"SIGHTLINE_{name}": "hunter2" for name in names}
    environ |= {"OPENAI_API_KEY": "hunter2", "ELEVENLABS_WEBHOOK_SECRET": "hunter2"}
    text = "injector: {images: {store: 'redis://:hunter2@cache:6379/0'}}"
    assert "hunter2" not in repr(config_of(text, environ))


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("conversation_id: $request.query.a,b", ["$request.query.a,b"]),
        (
            "conversation_id: [$request.query.a, $request.path.1]",
            ["$request.query.a", "$request.path.1"],
        ),
        (
            "conversation_id: {from: $request.path.1, match: a$}",
            [{"from": "$request.path.1", "match": "a$"}],
        ),
        ("conversation_id:", []),
        ("conversation_id: []", []),
        ("x: &p $request.path.1\nconversation_id: [*p]", None),
        ("conversation_id: [&p $request.path.1, *p]", ["$request.path.1", "$request.path.1"]),
        ("conversation_id: $request.query.$${x}", ["$request.query.${x}"]),
    ],
)
def test_field_paths_stand_alone_or_in_a_list(text: str, paths: list[object] | None) -> None:
    if paths is None:
        assert problems_of(text)[0].startswith("config.yaml:1: x: unknown key; expected one of")
        return
    assert config_of(text).conversation_id == tuple(parse(path) for path in paths)


def rules_of(text: str, environ: Mapping[str, str] | None = None) -> tuple[Rule, ...]:
    indented = "".join(f"      {line}\n" for line in text.splitlines())
    return config_of(
        f"injector:\n  upstream:\n    rules:\n{indented}", environ
    ).injector.upstream.rules


def test_a_model_rule_is_read_with_all_that_it_can_say() -> None:
    text = """
- models: 'my-model-.*'
  api: chat
  when: tools
  rename: {max_tokens: max_completion_tokens}
  drop: {temperature: 0, seed: any, max_completion_tokens: below 1}
  set: {reasoning_effort: none}
- set: {store: false}
"""
    assert rules_of(text) == (
        Rule(
            models="my-model-.*",
            api="chat",
            when="tools",
            rename={"max_tokens": "max_completion_tokens"},
            drop={"temperature": 0, "seed": ANY, "max_completion_tokens": Below(1)},
            set={"reasoning_effort": "none"},
        ),
        Rule(models=".*", set={"store": False}),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1.5", -1.5),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("none", "none"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("010", "010"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("''", ""),
        ("{effort: none, n: [1, '1', null]}", {"effort": "none", "n": [1, "1", None]}),
        ('"${WORD}"', "7"),
        ("$${WORD}", "${WORD}"),
    ],
)
def test_a_field_is_given_any_json_value_and_quotes_make_a_text(text: str, value: object) -> None:
    (rule,) = rules_of(f"- set:\n    field: {text}", {"WORD": "7"})
    assert rule.set == {"field": value}
    assert type(rule.set["field"]) is type(value)


def test_the_rule_that_the_file_in_the_repository_shows_can_be_pasted() -> None:
    lines = (REPOSITORY / "config.yaml").read_text("utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if "- models:" in line)
    shown = [line.removeprefix("    #   ") for line in lines[start : start + 6]]
    (rule,) = rules_of("\n".join(shown))
    assert rule.models == "my-model-.*"
    assert all((rule.api, rule.when, rule.rename, rule.drop, rule.set))


@pytest.mark.parametrize("text", ["", "rules:", "rules: []", "rules: null"])
def test_without_rules_there_are_none(text: str) -> None:
    assert config_of(f"injector: {{upstream: {{{text}}}}}").injector.upstream.rules == ()


def test_any_and_below_in_quotes_are_texts_like_others() -> None:
    (rule,) = rules_of("- drop: {a: 'any', b: 'below 1'}")
    assert rule.drop == {"a": "any", "b": "below 1"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- modelz: a", "4: injector.upstream.rules[0].modelz: unknown key; did you mean models?"),
        ("- models: a\n- models: (", "5: injector.upstream.rules[1].models: expected a regular"),
        ("- models:", "4: injector.upstream.rules[0].models: has no value; write 'gpt-5.*'"),
        ("- api: both", "4: injector.upstream.rules[0].api: expected one of chat, responses"),
        ("- when: messages", "4: injector.upstream.rules[0].when: expected the name of a field"),
        ("- drop: {input: any}", "4: injector.upstream.rules[0].drop.input: expected the name of"),
        ("- drop: [seed]", "4: injector.upstream.rules[0].drop: expected names with values, not a"),
        ("- drop: {a: !b c}", "4: injector.upstream.rules[0].drop.a: tags such as !b are not read"),
        ("- drop: {a: 1, a: 2}", "4: injector.upstream.rules[0].drop.a: stands twice; the first"),
        ("- rename: {a: model}", "4: injector.upstream.rules[0].rename.a: expected the name of a"),
        ("- rename: {a: [b]}", "4: injector.upstream.rules[0].rename.a: expected the new name"),
        ("- set: {a: {b: 1, b: 2}}", "4: injector.upstream.rules[0].set.a: a key stands twice"),
        ("- set: {a: 1e999}", "4: injector.upstream.rules[0].set.a: expected a number that a"),
        ("- set: {a: &a [*a]}", "4: injector.upstream.rules[0].set.a: nested too deep"),
        ("- set:\n    a: ${NO}", "5: injector.upstream.rules[0].set.a: the variable NO is not set"),
        ("- models\n", "4: injector.upstream.rules[0]: expected keys with values (models, api,"),
        ("models: a", "4: injector.upstream.rules: expected a list of keys with values (models,"),
    ],
)
def test_a_problem_in_a_rule_is_named_with_line_and_key(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rules_of(text)
    (only,) = str(caught.value).split("\n")
    assert only.startswith(f"config.yaml:{problem}")


def test_vendor_fields_are_names_and_replace_the_usual_ones() -> None:
    assert config_of("").injector.vendor_fields == VENDOR_FIELDS
    assert config_of("injector: {vendor_fields: []}").injector.vendor_fields == ()
    assert config_of("injector: {vendor_fields: a}").injector.vendor_fields == ("a",)


@pytest.mark.parametrize("name", ["messages", "input", "model", "messages.", "messages.role"])
def test_what_a_request_needs_is_no_vendor_field(name: str) -> None:
    (only,) = problems_of(f"injector: {{vendor_fields: [{name}]}}")
    assert only.startswith("config.yaml:1: injector.vendor_fields[0]: expected the name of a field")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("injector:\n  imagez: {}", "2: injector.imagez: unknown key; did you mean images?"),
        ("bearer: x", "1: bearer: unknown key; did you mean injector.bearer?"),
        ("zzz: x", "1: zzz: unknown key; expected one of conversation_id, capture, injector"),
        ("capture: {}\ncapture: {}", "2: capture: stands twice; the first is on line 1"),
        ("<<: {capture: {}}", "1: <<: merge keys are not read; write the keys out"),
        ("injector: {bearer: !env X}", "1: injector.bearer: tags such as !env are not read"),
        ("[a]: b", "1: a list: unknown key"),
        (
            "- a",
            "1: the file: expected keys with values (conversation_id, capture, injector), not a",
        ),
        ("text", "1: the file: expected keys with values"),
        ("capture: 5", "1: capture: expected keys with values (listen,"),
        (
            "capture: {listen: [a]}",
            "1: capture.listen: expected a text such as 127.0.0.1:8080, not a list",
        ),
        ("capture: {listen: }", "1: capture.listen: has no value; write 127.0.0.1:8080, or leave"),
        (
            "capture: {redact: {headers: }}",
            "1: capture.redact.headers: has no value; write [] for none",
        ),
        (
            "capture: {redact: {headers: [a b]}}",
            "1: capture.redact.headers[0]: expected the name of a header",
        ),
        (
            "capture: {redact: {body: [$request.query.key]}}",
            "1: capture.redact.body[0]: expected a place in the body",
        ),
        (
            "capture: {redact: {text: on}}",
            "1: capture.redact.text: expected true or false, not 'on'",
        ),
        ("capture: {listen: '127.0.0.1:65536'}", "1: capture.listen: expected a port between"),
        ("capture: {upstream: 127.0.0.1}", "1: capture.upstream: expected a URL such as https://"),
        ("capture: {upstream: 'ftp://h'}", "1: capture.upstream: expected a URL such as https://"),
        ("capture: {upstream: 'http://h:99999'}", "1: capture.upstream: expected a URL"),
        ("capture: {upstream: 'http://h/?a=b'}", "1: capture.upstream: expected a URL"),
        ("capture: {recordings: ''}", "1: capture.recordings: expected a text, but it is empty"),
        ("injector: {images: {ttl: -2h}}", "1: injector.images.ttl: expected a duration between"),
        (
            "injector: {images: {wait_for_picture: no}}",
            "1: injector.images.wait_for_picture: expected a duration such as 250ms, 2s, 15m,",
        ),
        (
            "injector:\n  images:\n    in_band: temporaryId",
            "3: injector.images.in_band: 'temporaryId' is no field path: expected $request.",
        ),
        (
            "injector: {images: {in_band: {from: $request.header.x, match: '('}}}",
            "1: injector.images.in_band: `match: (` is no regular expression",
        ),
        (
            "injector: {images: {in_band: [$request.header.x]}}",
            "1: injector.images.in_band: expected a text such as off, not a list",
        ),
        ("injector: {images: {in_band: }}", "1: injector.images.in_band: has no value; write off"),
        (
            "injector: {vendor_fields: }",
            "1: injector.vendor_fields: has no value; write [] for none",
        ),
        ("injector: {images: {ttl: 1:30}}", "1: injector.images.ttl: expected a duration such as"),
        (
            "injector: {images: {max_per_conversation: 0}}",
            "1: injector.images.max_per_conversation: expected a whole number, at least 1",
        ),
        (
            "injector: {images: {detail: hgih}}",
            "1: injector.images.detail: expected one of low, high, auto, not 'hgih'",
        ),
        ("injector: {images: {store: mysql}}", "1: injector.images.store: expected a store"),
        (
            "injector: {browser: {origins: ['*']}}",
            "1: injector.browser.origins[0]: expected an origin",
        ),
        (
            "injector: {browser: {origins: [http://a/b]}}",
            "1: injector.browser.origins[0]: expected an origin",
        ),
        (
            "injector: {browser: {uploads: 0}}",
            "1: injector.browser.uploads: expected a whole number, at least 1, such as 4, not '0'",
        ),
        (
            "injector: {browser: {associations: no}}",
            "1: injector.browser.associations: expected a whole number",
        ),
        ("injector: {page: {enabled: no}}", "1: injector.page.enabled: expected true or false"),
        (
            "injector: {page: {agent_id: agent 1}}",
            "1: injector.page.agent_id: expected visible ASCII characters without spaces",
        ),
        (
            "injector: {page: {signed_url: app.example.com}}",
            (
                "1: injector.page.signed_url: expected a URL such as https://app.example.com/signed-url"
                ", without user and fragment, not 'app.example.com'"
            ),
        ),
        (  # a signed URL, and not the service that gives one out
            "injector: {page: {signed_url: 'wss://api.elevenlabs.io/v1/convai?token=1'}}",
            "1: injector.page.signed_url: expected a URL such as",
        ),
        (
            "injector: {page: {rehearsal: 127.0.0.1:8002}}",
            "1: injector.page.rehearsal: expected a URL such as http://127.0.0.1:8002 or ws",
        ),
        (
            "injector: {page: {signed_url: 'https://me:pw@app.example.com/'}}",
            "1: injector.page.signed_url: expected a URL such as",
        ),
        (
            "injector: {page: {rehearsal: 'ftp://127.0.0.1/'}}",
            "1: injector.page.rehearsal: expected a URL such as",
        ),
        (
            "injector: {page: {rehearsal: 'http://a;script-src/'}}",
            "1: injector.page.rehearsal: expected a URL such as",
        ),
        (
            "injector: {trusted_proxies: [10.0.0.1/8]}",
            "1: injector.trusted_proxies[0]: expected an address or a network such as 127.0.0.1 or",
        ),
        (
            "injector: {trusted_proxies: [nginx]}",
            "1: injector.trusted_proxies[0]: expected an address or a network",
        ),
        (
            "injector: {webhooks: {elevenlab: x}}",
            "1: injector.webhooks.elevenlab: unknown key; did you mean elevenlabs?",
        ),
        (
            "injector:\n  bearer: ${NOPE}",
            "2: injector.bearer: the variable NOPE is not set; set it",
        ),
        ("injector: {bearer: a b}", "1: injector.bearer: expected visible ASCII characters"),
        (
            "conversation_id:\n  - $request.path.1\n  - request.x",
            "3: conversation_id[1]: 'request.x' is no field path",
        ),
        (
            "conversation_id: {from: $request.path.1, match: '('}",
            "1: conversation_id: `match: (` is no regular expression",
        ),
        (
            "conversation_id: {from: $request.path.1, from: x, match: a}",
            "1: conversation_id: `from` and `match` stand once each",
        ),
        (
            "conversation_id: {from: $request.path.1}",
            "1: conversation_id: a field path with a match has exactly",
        ),
        ("conversation_id: [[$request.path.1]]", "1: conversation_id[0]: expected a text such as"),
        ("a: b: c", "1:5: not YAML: a second `: ` where none can be"),
        ("a:\n\t- b", "2:1: not YAML: a tab"),
        ("a: 'b", "1:6: not YAML: the file ends inside quotes"),
        ("a: [", "1:5: not YAML: the file ends inside brackets"),
        ("a: %b", "1:4: not YAML: found character '%' that cannot start any token; put"),
        (
            "injector: {bearer: ${X}}",
            "1:21: not YAML: a brace inside braces; put ${NAME} in quotes",
        ),
        ("a: 1\n---\nb: 2", "2:1: not YAML: "),
        ("a: *b", "1:4: not YAML: found undefined alias"),
        ("a: \x01", "1: the character U+0001 cannot stand in YAML"),
        ('a: "\\Uffffffff"', " not YAML: an escape in double quotes"),
        ("a: " + "[" * 5000, " nested too deep"),
    ],
)
def test_a_problem_is_named_with_line_and_key(text: str, problem: str) -> None:
    (only,) = problems_of(text)
    assert only.startswith(f"config.yaml:{problem}")


def test_all_problems_are_told_at_once_and_in_order() -> None:
    text = """conversation_id: nowhere
injector:
  imagez: {}
  bearer: ${NOPE}
  upstream:
    idle_timeout: 20
capture:
  listen: 8080
"""
    lines = [problem.split(":")[1] for problem in problems_of(text)]
    assert lines == ["1", "3", "4", "6", "8"]


@pytest.mark.parametrize(
    "text",
    [
        "injector: {bearer: '${K}'}",
        "capture: {upstream: 'http://u:${K}@h'}",
        "injector: {upstream: {base_url: 'http://${K}@h'}}",
        "injector: {images: {store: '//${K}@h'}}",
    ],
)
def test_a_problem_does_not_show_a_secret(text: str) -> None:
    assert "hunter2" not in problems_of(text, {"K": "hunter2 "})[0]


def test_a_bad_variable_that_the_file_does_not_name_is_a_problem_without_a_line() -> None:
    (only,) = problems_of("", {"SIGHTLINE_BEARER": "a b"})
    assert only.startswith("config.yaml: injector.bearer: expected visible ASCII")


@given(st.text(alphabet="abc: -[]{}'\"#\n\t&*!|>%${}\\,?~0") | st.text())
@example("? a\n: b")
@example("&a [*a]")
@example("injector: &a {images: *a}")
@example("conversation_id: &a [*a]")
def test_any_text_is_read_or_refused_line_by_line(text: str) -> None:
    assert all(line.startswith("config.yaml:") for line in problems_if_any(text))


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("capture: {recordings: here}\n")
    config = load(file, {})
    assert config.capture.recordings == tmp_path / "here"
    assert config.injector.images.store.location == str(tmp_path / "var" / "sightline.db")


def test_without_a_name_the_file_here_counts_or_else_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(None, {}) == Config()
    (tmp_path / "config.yaml").write_text("injector: {bearer: x}\n")
    assert load(None, {}).injector.bearer == "x"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.yaml: no such file"):
        load(tmp_path / "missing.yaml", {})
    with pytest.raises(ConfigError, match="a directory"):
        load(tmp_path, {})
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(ConfigError, match=r"latin\.yaml:2: not UTF-8 \(the byte 0xe9\)"):
        load(tmp_path / "latin.yaml", {})
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "file" / "config.yaml", {})


@pytest.mark.parametrize(
    ("listen", "bearer", "refused"),
    [
        ("127.0.0.1:80", "", False),
        ("localhost:80", "", False),
        ("0.0.0.0:80", "x", False),
        ("0.0.0.0:80", "", True),
        ("'[::]:80'", "", True),
    ],
)
def test_other_machines_are_served_only_with_a_bearer(
    listen: str, bearer: str, refused: bool
) -> None:
    injector = config_of(f"injector:\n  listen: {listen}\n  bearer: {bearer}").injector
    if not refused:
        injector.require_bearer()
        return
    with pytest.raises(ConfigError, match="set SIGHTLINE_BEARER"):
        injector.require_bearer()
