"""The reasons for a case's place in the queue, by what they are about: each module yields factors."""
