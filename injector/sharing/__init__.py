"""The routes of pictures: how they come in, are shared, and are forgotten.

upload        a picture comes in, is prepared, kept and described; and what is known of it since
  limits        how many bytes a body may have, by its form and by what it says of itself
  room          the bytes of all uploads that are in progress, bounded
  receiving     a body is read, and becomes what somebody sent
    form          a body of `multipart/form-data`
    patience      how long it may take to arrive
  told          what is said of a picture: values become the members of answers; pure
association   a picture that waits is given to a conversation, or one is announced
  removal       one picture is let go of
members       the members of a JSON object, each of its own kind; pure
contexts      what a conversation has, and the end of it
events        what happens to a conversation, to whoever watches it, as it happens
webhook       the platform's own event after a call ends it too
  skimming      JSON that is read as it comes, of which little is kept; pure
keeping       the store is asked, and what it does wrong is told as its failure
parting       how a request is answered whose body was not read to its end

A body is held once: read piece by piece into memory that becomes the picture's bytes, handed to a
decoder, and let go of with the answer. What is refused is refused as early as it can be: by who
asks, by what the head of the request says, by the bytes as they come.
"""
