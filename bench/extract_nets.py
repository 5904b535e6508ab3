"""The training of the block model: small networks, numpy only.  See ``workers/extract/model.py`` for what they are for."""

import itertools

import numpy as np

from workers.extract.features import COLUMNS
from workers.extract.model import neighbourhood, sigmoid
from workers.extract.names import KINDS

INPUT_DROPOUT = 0.05
HIDDEN_DROPOUT = 0.1
FIRST, SECOND = 32, 56
"""Hidden units of the two networks."""
PARTS, TEACHERS = 3, 2
DOUBT = 0.5
"""Share of the teachers' word in what the students learn; the rest is the label's."""
BALANCE = {"web-dev": 4.0, "news-dev": 3.0}
"""Weight of a folder's pages: snippets say little a page, and the publishers are few."""
ROWS_AN_EPOCH = 0.35
"""Share of the rows that an epoch looks at, drawn by weight: most rows are labels of a word or two, and weigh next to nothing."""


def drawn(weight, share, rng):
    """Return rows for one epoch and what each weighs; heavy rows always, light ones now and then for those like them."""
    low, high = 0.0, float(weight.max())
    for _ in range(30):
        bound = (low + high) / 2
        if np.minimum(weight / bound, 1).mean() > share:
            low = bound
        else:
            high = bound
    chance = np.minimum(weight / high, 1)
    rows = np.flatnonzero(rng.random(len(weight)) < chance)
    rng.shuffle(rows)
    return rows, (weight[rows] / chance[rows]).astype(np.float32)


class Net:
    """One hidden layer, trained with Adam on the weighted logistic loss."""

    def __init__(self, inputs, hidden, rng):
        self.w1 = rng.normal(0, (2 / inputs) ** 0.5, (inputs, hidden)).astype(np.float32)
        self.b1 = np.zeros(hidden, np.float32)
        self.w2 = rng.normal(0, hidden**-0.5, (hidden, 1)).astype(np.float32)
        self.b2 = np.zeros(1, np.float32)

    def params(self):
        return [self.w1, self.b1, self.w2, self.b2]

    def fit(self, x, y, weight, rng, *, epochs, blank=(), rate=3e-3, decay=2e-4, batch=1024):
        self.mean = x.mean(axis=0)
        self.std = x.std(axis=0) + np.float32(0.05)
        moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self.params()]
        steps = epochs * int(ROWS_AN_EPOCH * len(x) / batch + 1)
        step = 0
        for _ in range(epochs):
            rows, heavy = drawn(weight, ROWS_AN_EPOCH, rng)
            for start in range(0, len(rows), batch):
                step += 1
                at, w = rows[start : start + batch], heavy[start : start + batch]
                xb = (x[at] - self.mean) / self.std
                xb *= rng.integers(0, 256, xb.shape, dtype=np.uint8) >= round(256 * INPUT_DROPOUT)
                for columns, share in blank:  # whole kinds of evidence go missing, so none is relied on alone
                    xb[np.ix_(rng.random(len(at)) < share, columns)] = 0
                hidden = np.maximum(xb @ self.w1 + self.b1, 0)
                mask = (rng.random(hidden.shape, dtype=np.float32) > HIDDEN_DROPOUT) / np.float32(
                    1 - HIDDEN_DROPOUT
                )
                hidden *= mask
                out = (hidden @ self.w2 + self.b2)[:, 0]
                grad = ((sigmoid(out) - y[at]) * w / w.sum()).astype(np.float32)[:, None]
                back = (grad @ self.w2.T) * (hidden > 0) * mask
                grads = [xb.T @ back, back.sum(0), hidden.T @ grad, grad.sum(0)]
                lr = rate * min(1, step / 50) * (0.5 + 0.5 * np.cos(np.pi * min(step / steps, 1)))
                for p, g, (m, v) in zip(self.params(), grads, moments):
                    m *= 0.9
                    m += 0.1 * g
                    v *= 0.999
                    v += 0.001 * g * g
                    p -= lr * ((m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-7) + decay * p)
        return self

    def folded(self):
        """Weights with the standardisation folded in."""
        w1 = self.w1 / self.std[:, None]
        return {"w1": w1, "b1": self.b1 - self.mean @ w1, "w2": self.w2, "b2": self.b2}

    def logits(self, x):
        f = self.folded()
        return (np.maximum(x @ f["w1"] + f["b1"], 0) @ f["w2"] + f["b2"])[:, 0]


def name_columns():
    """The columns of ``features`` that come from class names, which must help but never be relied on."""
    starts = dict(zip(COLUMNS, np.cumsum([0, *COLUMNS.values()])))
    return np.concatenate([np.arange(len(KINDS)) + starts[group] for group in ("own", "around")])


def around_of(table, guesses):
    """Return the second network's own columns, page by page."""
    bounds = np.flatnonzero(np.diff(table.owner, prepend=-1, append=-2))
    return np.concatenate(
        [
            neighbourhood(guesses[a:b], table.sizes[a:b], table.groups[a:b])
            for a, b in itertools.pairwise(bounds)
        ]
    )


def train(table, *, epochs, seed, teachers=TEACHERS):
    """Return the arrays of a ``BlockModel``: two students of what their teachers say about pages that those have not seen.

    The pages are dealt into parts.  First networks without a part say what the second ones see of it; second networks
    without a part say how doubtful its labels are; and half of that doubt goes into what the students learn.
    """
    rng = np.random.default_rng(seed)
    x, y = table.x, table.y.astype(np.float32)
    balance = np.array([BALANCE.get(p.folder.name, 1.0) for p in table.pages])
    weight = (table.weight * balance[table.owner]).astype(np.float32)
    part = rng.integers(0, PARTS, len(table.pages))[table.owner]

    def fitted(x, y, hidden, rows=slice(None)):
        net = Net(x.shape[1], hidden, rng)
        return net.fit(x[rows], y[rows], weight[rows], rng, epochs=epochs, blank=[(name_columns(), 0.25)])

    def unseen(x, hidden, count):
        guesses = np.zeros(len(y), np.float32)
        for k in range(PARTS):
            nets = [fitted(x, y, hidden, part != k) for _ in range(count)]
            guesses[part == k] = sigmoid(np.mean([net.logits(x[part == k]) for net in nets], axis=0))
        return guesses

    both = np.concatenate([x, around_of(table, unseen(x, FIRST, 1))], axis=1)
    softened = (1 - DOUBT) * y + DOUBT * unseen(both, SECOND, teachers)
    students = fitted(x, softened, FIRST), fitted(both, softened, SECOND)
    return {
        f"{k}.{n}": v.astype(np.float32) for n, net in enumerate(students, 1) for k, v in net.folded().items()
    }
