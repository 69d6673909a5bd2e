"""The policy of trainer.mjs in Python: it follows the last bar."""

from assay import serve_trainer


class Policy:
    def act(self, bar):
        last = bar.bars[-1]
        return [0.5 if last[5 * k + 4] > last[5 * k + 1] else -0.5 for k in range(len(bar.position))]


serve_trainer("follower", lambda task: b"follows", load=lambda path: Policy())
