"""Chat completions as OpenAI reads and writes them.

    request     what a request asks, as strictly as OpenAI reads it
    messages    its messages and their pictures, as strictly
    completion  an answer in this format, whole or in chunks

Pure, all of it.
"""
