"""The calls as each side sends them on its connection: some messages alone, some together."""


def by_side(messages):
    """(source, destination): its messages, in order of time."""
    sides = {}
    for message in messages:
        sides.setdefault(message[1:3], []).append(message)
    return sides


def bursts(messages, steps):
    """(time of the last message in ns, source, destination, texts, step) in order of time.

    Steps take turns, each with the next `count` messages of a side; one that wants more than there
    are waits for its turn.
    """
    steps, found = list(steps), []
    for (source, destination), rest in by_side(messages).items():
        while rest:
            step = next(step for step in steps if step.count <= len(rest))
            steps.remove(step)
            steps.append(step)
            taken, rest = rest[:step.count], rest[step.count:]
            texts = [text for *_, text in taken]
            found.append((taken[-1][0] * 1000 + 789, source, destination, texts, step))
    return sorted(found, key=lambda burst: burst[0])


def connections(messages, make):
    """{frozenset of two that talk: what make(number, who spoke first, the other) gave}."""
    made = {}
    for _, source, destination, _ in messages:
        pair = frozenset((source, destination))
        if pair not in made:
            made[pair] = make(len(made), source, destination)
    return made


def in_order(connections_made):
    """The records and the messages of all of them."""
    return [sorted((item for connection in connections_made for item in getattr(connection, name)),
                   key=lambda item: item[0]) for name in ("records", "messages")]
