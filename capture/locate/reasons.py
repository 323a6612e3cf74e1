"""What `locate` says of its verdict, in sentences: what is wrong, and what to do now."""

NO_TURN = (
    "there is no turn in it: no POST to a path that ends in /chat/completions or /responses with a "
    "JSON body"
)
KNOWN_ABSENT = (
    "no request holds a known ID as a value of its own: is {} mistyped, or of a call that was not "
    "recorded?"
)
KNOWN_SAID = (
    "a known ID occurs only in what somebody said, or in a part of a longer word: nothing can be "
    "read from there"
)
KNOWN_UNFIT = "a known ID occurs, but at no place that tells conversations apart"
ONLY_ONE = (
    "there is only one conversation, so nothing shows what differs between two: capture one more "
    "call, or name the ID that you know with --known-id"
)
SAME_WORDS = (
    "the histories alone do not tell all calls apart; told apart by this place, each is one whole "
    "conversation"
)
UNNAMED = "its name does not say that it is a conversation's; it is the only place that behaves so"
IN_PART = (
    "what looks like the ID is there in {} of {} conversations and missing in the rest, so that "
    "their pictures would not be found: see to it that all agents send it"
)
SEVERAL = (
    "several places behave like an ID, and nothing tells which is the conversation's: name the ID "
    "of one of these conversations with --known-id, or let the same person call twice and capture "
    "two turns of each call"
)
UNTESTED = (
    "a value behaves like an ID, but too little was recorded to be sure that it stays the same "
    "within a conversation: capture two conversations of at least two turns each, or name the ID "
    "of one of these with --known-id"
)
NOTHING_FITS = (
    "no place holds a value that is constant within each conversation, distinct between any two, "
    "and not explained by something else"
)
UNFILLED = "at {} the variable {} arrived as it was written: the platform does not fill it in there"
IN_CLAIM = (
    "claim {} of the token in the header {} could be it, but no field path reads inside a token: "
    "let the same value be sent in a header of its own"
)
NO_HISTORY = (
    "no request repeats what was said before, so nothing shows which of them belong together: name "
    "the ID of one of these conversations with --known-id"
)
WORDS = (
    "a value is named as the ID and behaves like one, but is a plain word, which the next call may "
    "have too: name the ID of one of these conversations with --known-id"
)
