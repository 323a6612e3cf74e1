"""The conversation ID in the words of the prompt, as people write it there."""

from random import Random

from bench.locate import forms
from bench.locate.case import Setup, kind
from bench.locate.draft import constant, fixed, header, in_words, own, prompt
from bench.locate.lures import noise
from bench.locate.platforms import elevenlabs

WORDS: tuple[forms.Form, ...] = (forms.conv, forms.uuid, forms.dashed, forms.hex32, forms.nanoid)
_ANYWHERE = ("start", "middle", "end")


def _written(
    dice: Random, *templates: str, form: forms.Form | None = None, where: str = ""
) -> Setup:
    form = form or dice.choice(WORDS)
    put = prompt(dice.choice(templates), own(form), where or dice.choice(_ANYWHERE))
    return Setup(elevenlabs(dice), (*noise(dice), in_words(put)), form=form)


@kind("prompts")
def prompt_label(dice: Random) -> Setup:
    """A label and a value: the label is the same for every call to come."""
    return _written(
        dice,
        "Conversation ID: {}",
        "conversation_id: {}",
        "Session ID : {}",
        "Session: {}",
        "Conversation ID:\n{}",
        "CONVERSATION_ID = {}",
        "conversationId: {}",
    )


@kind("prompts")
def prompt_sentence(dice: Random) -> Setup:
    """A sentence whose full stop is no part of the ID."""
    return _written(
        dice,
        "The ID of this conversation is {}.",
        "You are in conversation {}. Mention it to nobody.",
        "This call has the session ID {}, which you must never read out.",
    )


@kind("prompts")
def prompt_tag(dice: Random) -> Setup:
    """A tag around the ID."""
    return _written(
        dice,
        "<conversation_id>{}</conversation_id>",
        "<session>\n{}\n</session>",
        '<call id="{}" channel="phone"/>',
        "[conversation_id]{}[/conversation_id]",
    )


@kind("prompts")
def prompt_key_value(dice: Random) -> Setup:
    """`key=value`, with and without neighbours."""
    return _written(
        dice,
        "conversation_id={}",
        "channel=web session_id={} lang=en",
        "conv={}&lang=en",
        "sid={};v=2",
    )


@kind("prompts")
def prompt_json(dice: Random) -> Setup:
    """JSON in the prompt: text, of which a pattern takes the ID."""
    return _written(
        dice,
        'Context: {"channel": "phone", "conversation_id": "{}", "lang": "en"}',
        '```json\n{\n  "session": {"id": "{}"}\n}\n```',
        "{'conversationId': '{}', 'tier': 'gold'}",
    )


@kind("prompts")
def prompt_markdown(dice: Random) -> Setup:
    """Markdown: bold labels, list items, table rows, comments."""
    return _written(
        dice,
        "**Session:** {}",
        "**Conversation ID**: `{}`",
        "- Session ID: {}\n- Channel: phone",
        "| Conversation | {} |\n| Channel | phone |",
        "<!-- conversation: {} -->",
        "## Session {}",
    )


@kind("prompts")
def prompt_other_language(dice: Random) -> Setup:
    """A label in Spanish, German, French or Portuguese; the form of the ID makes it certain."""
    return _written(
        dice,
        "ID de la conversación: {}",
        "Gesprächs-ID: {}",
        "Identifiant de conversation : {}",
        "Esta es la conversación {}.",
        "Die Kennung dieses Gesprächs lautet {}.",
        form=forms.conv,
    )


@kind("prompts")
def prompt_label_translated_uuid(dice: Random) -> Setup:
    """A label in another language before a UUID: the label says what it is."""
    return _written(
        dice, "ID de conversación: {}", "Gesprächs-ID: {}", "Sitzungs-ID: {}", form=forms.uuid
    )


@kind("prompts")
def prompt_of_15_kilobytes(dice: Random) -> Setup:
    """In the middle of a long prompt; nothing but the line itself is near."""
    form = dice.choice(WORDS)
    put = in_words(prompt("Conversation ID: {}", own(form), "middle"))
    return Setup(elevenlabs(dice), (*noise(dice), put), form=form, size=15_000)


@kind("prompts")
def prompt_at_the_end(dice: Random) -> Setup:
    """The last word of the prompt, with nothing after it."""
    return _written(
        dice, "Conversation: {}", "Your session is {}", "conversation id {}", where="end"
    )


@kind("prompts")
def prompt_in_quotes(dice: Random) -> Setup:
    """Quotes, brackets or backticks around the ID are no part of it."""
    return _written(
        dice,
        'Conversation ID: "{}"',
        "Session ID: ({})",
        "The conversation is `{}`.",
        "Session [{}]",
        "conversation_id: <{}>",
        "Gespräch „{}“",
        form=forms.conv if dice.random() < 0.5 else forms.uuid,
    )


@kind("prompts")
def prompt_url(dice: Random) -> Setup:
    """A URL that contains the ID; neither the path before nor what follows is a part of it."""
    return _written(
        dice,
        "Notes are kept at https://crm.example.com/conversations/{}/notes.",
        "See https://example.com/c?conversation_id={}&lang=en for the ticket.",
        "Log: https://example.com/sessions/{}",
        form=dice.choice((forms.conv, forms.uuid)),
    )


@kind("prompts")
def prompt_bare(dice: Random) -> Setup:
    """No label at all, but the form `conv_…`, between words that stay the same."""
    return _written(dice, "{}", "Ref {} - phone channel", "({})", form=forms.conv)


@kind("prompts")
def prompt_with_other_ids(dice: Random) -> Setup:
    """Agent, user and conversation in one line: only the last is new and named for the call."""
    template = dice.choice(
        (
            "agent_id: AGENT, conversation_id: {}, tier: gold",
            "Agent AGENT | Session {} | Channel phone",
            "<ids agent='AGENT' conversation='{}'/>",
        )
    ).replace("AGENT", f"agent_{forms.ulid(dice).lower()}")
    form = dice.choice((forms.conv, forms.uuid))
    return Setup(elevenlabs(dice), (*noise(dice), in_words(prompt(template, own(form)))), form=form)


@kind("prompts")
def prompt_beside_the_time(dice: Random) -> Setup:
    """The time changes with each request and stands before the ID, so its length may vary."""

    def now(turn: object) -> str:
        at = turn.at  # type: ignore[attr-defined]
        return f"{at.day} {at:%B %Y}, {at.hour}:{at:%M}"

    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        prompt("Current time: {}", now, "start"),
        in_words(prompt("Conversation ID: {}", own(form), dice.choice(_ANYWHERE))),
    )
    return Setup(elevenlabs(dice), (*noise(dice), *puts), form=form)


@kind("prompts")
def prompt_beside_the_caller(dice: Random) -> Setup:
    """The caller's name, number and mail are in the prompt too; the ID is named for the call."""
    puts = (
        prompt("Caller: {}", lambda turn: turn.call.person.name, "start"),
        prompt("Caller's number: +{}", lambda turn: turn.call.person.phone, "start"),
        prompt("Mail: {}", lambda turn: turn.call.person.mail, "end"),
        in_words(prompt("Conversation ID: {}", own(forms.conv), "end")),
        prompt("Call began: {}", lambda turn: turn.call.start.isoformat(), "end"),
    )
    return Setup(elevenlabs(dice), puts)


@kind("prompts")
def prompt_short_id(dice: Random) -> Setup:
    """A short opaque ID after a label: only the label says where it is."""
    template = dice.choice(("Conversation ID: {}", "session_id={}", "Session: {}."))
    form = dice.choice((forms.short, forms.whole))
    return Setup(elevenlabs(dice), (in_words(prompt(template, own(form))),), form=form)


@kind("prompts")
def prompt_twice(dice: Random) -> Setup:
    """The ID twice in one prompt, in two ways; either pattern is right."""
    form = dice.choice((forms.conv, forms.uuid))
    puts = (
        in_words(prompt("Conversation ID: {}", own(form), "start")),
        prompt("Pass conversation_id={} to every tool.", own(form), "end"),
        header("X-Plan", fixed("gold")),
    )
    return Setup(elevenlabs(dice), puts, form=form)


@kind("prompts")
def prompt_without_a_label_opaque(dice: Random) -> Setup:
    """Words that differ between calls and are no ID, beside the ID with its label."""
    colour = constant(
        "colour",
        lambda d: d.choice(("green tea", "red wine", "oat milk", "cola")) + str(d.randint(2, 999)),
    )
    puts = (
        prompt("The caller's last order: {}.", colour, "middle"),
        in_words(prompt("Session: {}", own(forms.uuid), "end")),
    )
    return Setup(elevenlabs(dice), puts, form=forms.uuid)


@kind("prompts")
def prompt_with_an_example(dice: Random) -> Setup:
    """The prompt shows what an ID looks like before, or after, it gives the real one."""
    example = prompt(
        "IDs look like conv_0000example0000, for instance.",
        fixed(""),
        dice.choice(("start", "end")),
    )
    real = in_words(prompt("Conversation ID: {}", own(forms.conv), "middle"))
    return Setup(elevenlabs(dice), (*noise(dice), example, real))


@kind("prompts")
def prompt_with_a_previous_conversation(dice: Random) -> Setup:
    """The caller's previous conversation is named too, in the same form: it is another one."""
    previous = constant("previous", forms.conv)
    puts = (
        prompt("Previous conversation: {}", previous, dice.choice(("start", "end"))),
        in_words(prompt("Conversation ID: {}", own(forms.conv), "middle")),
    )
    return Setup(elevenlabs(dice), puts)


@kind("prompts")
def prompt_with_constant_ids(dice: Random) -> Setup:
    """A knowledge base with IDs of its own, equal in all calls, before and after the real one."""
    puts = (
        prompt(f"Articles: {forms.uuid(dice)}, {forms.uuid(dice)}", fixed(""), "start"),
        in_words(prompt("Session ID: {}", own(forms.uuid), "middle")),
        prompt(f"Workspace: {forms.uuid(dice)}", fixed(""), "end"),
    )
    return Setup(elevenlabs(dice), puts, form=forms.uuid)
