"""audio: seconds of recording measured per second."""

from __future__ import annotations

import numpy as np
from measured import import_seconds, per_second

from steward.science import audio

IMPORT_BUDGET_SECONDS = 0.3


def recordings() -> dict[str, object]:
    made = audio.conversation(np.random.default_rng(2026), seconds=300)
    seconds = import_seconds("steward.science.audio")
    return {
        "import": {"seconds": round(seconds, 3), "budget": IMPORT_BUDGET_SECONDS, "within_budget": seconds <= IMPORT_BUDGET_SECONDS},
        "recorded_seconds_per_second": round(per_second(lambda: audio.analyse(made.samples, made.rate), 300)),
    }


BENCHES = {"audio": recordings}
