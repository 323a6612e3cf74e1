"""A corpus for `sightline locate`: recordings of many kinds, generated, with the truth beside them.

    forms       what IDs look like
    people      who calls, and what is said
    talk        calls, turns, and the histories that requests carry
    draft       a request that is being made, and what can be put into it
    platforms   ElevenLabs and the others: from a draft to a request
    lures       what looks like an ID and is none
    har         HAR documents as other tools write them
    case        kinds, and a case: documents, known IDs, truth
    kinds       the kinds, each with the reason for its truth
    apply       a field path applied to a request, written anew
    ask         the code in question, in process or as a command
    judge       right, missed, off, wrong, broken
    oracle      the best answer, by somebody who knows the truth
    table       the result on the screen
    speed       how long the command takes

Nothing here knows how the answer is found: only the rules and `sightline locate --json`.
Run it with `make bench-locate`, or `python -m bench.locate --help`.
"""
