"""How a command fails: with one sentence for the operator and an exit status."""

FAILED = 1
MISUSED = 2


class Refusal(Exception):  # noqa: N818  names the fact
    """A command cannot do what was asked; the sentence says why and what to do."""

    def __init__(self, sentence: str, status: int = FAILED) -> None:
        super().__init__(sentence)
        self.status = status
