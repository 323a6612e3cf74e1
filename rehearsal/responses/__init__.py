"""The Responses API as OpenAI reads and writes it.

    request   what a request asks, as strictly as OpenAI reads it
    items     the items of its input and their pictures, as strictly
    response  an answer in this format, whole or as a stream of events

Pure, all of it.
"""
